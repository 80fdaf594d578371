"""The built package: what a person gets who installs it without the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_package_brings_packs_data_and_translations_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert "zhiqiao/shipped/packs/cq-2023-22/pack.yaml" in names
    assert "zhiqiao/shipped/packs/cq-2023-22/tests/thresholds.yaml" in names
    assert "zhiqiao/shipped/data/recognitions.csv" in names
    for name in ("leaf.html", "leaf.js", "leaf.css", "zhiqiao_verify.py"):
        assert f"zhiqiao/shipped/verifier/{name}" in names
    assert "zhiqiao/locale/zh_Hans/LC_MESSAGES/django.mo" in names
    assert not [name for name in names if "/tests/" in name and "/shipped/" not in name]


def test_package_shows_the_board_without_the_repository(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "site"),
        "ZHIQIAO_HOME": str(tmp_path / "home"),
        "DATABASE_URL": "",
    }
    command = [sys.executable, "-m", "zhiqiao", "demo", "--no-serve"]
    command += ["--candidates", "200", "--applications", "20"]

    shown = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "T17" in shown.stdout
