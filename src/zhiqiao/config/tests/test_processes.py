import os
from dataclasses import replace
from pathlib import Path

import pytest

from zhiqiao.config import processes
from zhiqiao.core.metrics.folder import VARIABLE


@pytest.fixture
def started(monkeypatch):
    commands = []
    monkeypatch.setattr(os, "execv", lambda _program, command: commands.append(command))
    return commands


def test_worker_alone_starts_anew_under_the_lesser_role(started, settings, monkeypatch):
    settings.ZHIQIAO_EMBEDDED = True
    monkeypatch.setenv("ZHIQIAO_DATABASE_ROLE", "")

    processes.take_lesser_role(["zhiqiao", "worker"])
    processes.take_lesser_role(["zhiqiao", "worker"])

    assert started == [["zhiqiao", "worker"]]
    assert os.environ["ZHIQIAO_DATABASE_ROLE"] == "zhiqiao_app"


def test_role_on_a_server_of_somebody_else_is_theirs_to_name(started, settings, monkeypatch):
    settings.ZHIQIAO_EMBEDDED = False
    monkeypatch.delenv("ZHIQIAO_DATABASE_ROLE", raising=False)

    processes.take_lesser_role(["zhiqiao", "worker"])

    assert started == []


def test_web_processes_begin_to_count_in_an_empty_folder_of_their_port(settings, tmp_path):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    first = Path(processes.counting_together(8000)[VARIABLE])
    (first / "counter_1.db").touch()
    other = Path(processes.counting_together(8001)[VARIABLE])
    (other / "counter_2.db").touch()
    again = Path(processes.counting_together(8000)[VARIABLE])

    assert (again, list(again.iterdir())) == (first, [])
    assert [path.name for path in other.iterdir()] == ["counter_2.db"]


def test_web_server_adds_up_what_ended_processes_counted():
    assert "--config=python:zhiqiao.config.web_hooks" in processes.web_command(8000, processes=2)
