import os

import pytest

from zhiqiao.config import processes


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
