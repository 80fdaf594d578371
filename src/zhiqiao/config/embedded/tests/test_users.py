# ruff: noqa: S603  the programs that are run are our own
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from zhiqiao.config.embedded.tests.clients import NOBODY, OtherUser, is_running

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


@pytest.fixture(scope="module")
def nobody():
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        user = OtherUser(NOBODY, python)
        if user.can_run():
            return user
    return pytest.skip("this checkout or its Python is closed to other users of the machine")


def owner_of_process(pid):
    return Path(f"/proc/{pid}").stat().st_uid


@as_root
def test_server_of_root_runs_as_another_user_below_closed_folders(start, place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    answer = start(closed / "home", "SELECT 1", stay=True).answer()

    assert answer["rows"] == [[[1]]]
    assert owner_of_process(answer["pid"]) != 0
    assert not stat.S_IMODE(closed.stat().st_mode) & stat.S_IRWXO


@as_root
def test_folder_that_was_closed_again_is_no_hindrance(ask, place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    ask(closed / "home")
    closed.chmod(0o700)

    assert ask(closed / "home", "SELECT 1")["rows"] == [[[1]]]


@as_root
def test_way_through_a_closed_folder_is_open_to_no_other_user(start, place, nobody):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    start(closed / "home", stay=True).answer()
    (closed / "home").chmod(0o755)

    result = subprocess.run(
        ["/bin/ls", str(closed / "home")],
        check=False,
        capture_output=True,
        user=nobody.uid,
        cwd="/",
    )

    assert result.returncode != 0


@as_root
def test_ordinary_user_runs_the_server_himself(start, place, nobody):
    os.chown(place, nobody.uid, nobody.uid)

    answer = start(place / "home", "SELECT 1", stay=True, user=nobody).answer()

    assert answer["rows"] == [[[1]]]
    assert owner_of_process(answer["pid"]) == nobody.uid
    assert (place / "home").stat().st_uid == nobody.uid


@as_root
def test_root_joins_the_folder_of_an_ordinary_user_as_that_user(ask, start, place, nobody):
    os.chown(place, nobody.uid, nobody.uid)
    home = place / "home"
    ask(home, "CREATE TABLE kept AS SELECT 42 AS answer", user=nobody)

    answer = start(home, stay=True).answer()

    assert owner_of_process(answer["pid"]) == nobody.uid
    assert ask(home, "SELECT answer FROM kept", user=nobody)["pid"] == answer["pid"]


@as_root
def test_root_makes_the_database_of_a_users_folder_for_that_user(ask, place, nobody):
    os.chown(place, nobody.uid, nobody.uid)

    ask(place)

    assert ask(place, "SELECT 1", user=nobody)["rows"] == [[[1]]]
    assert not is_running(place)


@as_root
def test_root_and_a_user_do_not_meet_below_a_shared_parent(start, place, nobody):
    place.chmod(0o1777)

    first = start(place / "of-root", stay=True).answer()
    second = start(place / "of-user", stay=True, user=nobody).answer()

    assert owner_of_process(first["pid"]) not in {0, nobody.uid}
    assert owner_of_process(second["pid"]) == nobody.uid
    assert first["host"] != second["host"]


@as_root
def test_folder_of_another_user_is_refused(ask, place, nobody):
    ask(place / "home")
    (place / "home").chmod(0o755)

    answer = ask(place / "home", user=nobody)

    assert answer["error"] == "FolderOwnerError"
    assert "belongs to the user root, and this process runs as nobody" in answer["text"]
    assert "Name a folder of your own in ZHIQIAO_HOME" in answer["text"]
    assert "DATABASE_URL=postgresql://" in answer["text"]


@as_root
def test_another_user_cannot_reach_the_socket(start, place, nobody):
    host = start(place / "home", stay=True).answer()["host"]
    program = f"import psycopg; psycopg.connect(host={host!r}, user='zhiqiao', dbname='zhiqiao')"

    command = [nobody.python, "-c", program]
    options = nobody.options()
    result = subprocess.run(command, check=False, capture_output=True, text=True, **options)

    assert "Permission denied" in result.stderr


def test_folder_without_the_right_to_write_is_told(ask, place, request):
    user = request.getfixturevalue("nobody") if os.geteuid() == 0 else None
    place.chmod(0o555)

    answer = ask(place / "home", user=user)

    place.chmod(0o755)
    assert answer["error"] == "FolderError"
    assert f"The data folder {place}/home cannot be used" in answer["text"]
    assert "Make it writable, or name another one in ZHIQIAO_HOME." in answer["text"]


@as_root
def test_full_disk_while_the_database_is_made_is_told(ask, place):
    mount = [shutil.which("mount"), "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        place.chmod(0o755)
        answer = ask(place / "home")
        left = sorted(path.name for path in (place / "home" / "database").iterdir())
    finally:
        subprocess.run([shutil.which("umount"), "-l", str(place)], check=True)

    assert answer["error"] == "DiskFullError"
    assert "is full. Free some space" in answer["text"]
    assert left == ["gate.lock", "members", "server.log"]


def test_file_in_the_place_of_the_folder_is_told(ask, place):
    (place / "home").touch()

    answer = ask(place / "home")

    assert answer["error"] == "FolderError"
