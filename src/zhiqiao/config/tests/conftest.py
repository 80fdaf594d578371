"""Folders for the commands on plain files; a module names its ``EXAMPLE`` and its ``run``."""

import shutil

import pytest


@pytest.fixture
def folder(request, tmp_path):
    shutil.copytree(request.module.EXAMPLE, tmp_path / "in")
    return tmp_path / "in"


@pytest.fixture
def solved(request, folder, tmp_path):
    result = request.module.run("solve", folder, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    return tmp_path / "out"
