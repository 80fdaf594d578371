"""Programs that use the database as Django does, each run as a process: django_program.py NAME."""

import os
import signal
import sys
import threading
import time

import django
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.runner import DiscoverRunner

from zhiqiao.config.embedded import database_settings
from zhiqiao.config.embedded.server import join_server, server_status, stop_server
from zhiqiao.config.env import read_environment

ENVIRONMENT = read_environment()
PATIENCE_SECONDS = 20


def configure(environment=ENVIRONMENT):
    settings.configure(
        DATABASES={"default": database_settings(environment)},
        INSTALLED_APPS=["zhiqiao.config.embedded", "django.contrib.contenttypes"],
        USE_TZ=True,
    )
    django.setup()


def ask(statement="SELECT 1"):
    """Run one request's worth of work: take a connection, use it, give it back."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    connection.close()
    return row[0]


def ask_together(count):
    """Leave several idle connections in the pool."""
    meeting = threading.Barrier(count)

    def hold():
        connection.ensure_connection()
        meeting.wait()
        connection.close()

    threads = [threading.Thread(target=hold) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def say(*values):
    sys.stdout.write(" ".join(str(value) for value in values) + "\n")
    sys.stdout.flush()


def first_use():
    configure()
    say(server_status(ENVIRONMENT.home).running)
    say(ask("SELECT current_user || '@' || current_database()"))
    say(server_status(ENVIRONMENT.home).running)


def killed_server():
    configure()
    ask()
    os.kill(server_status(ENVIRONMENT.home).pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    server = join_server(ENVIRONMENT.home)
    while server.is_running() and time.monotonic() < deadline:
        time.sleep(0.01)
    say(ask("SELECT 42"))


def killed_at_any_moment():
    """Ask without a pause while the server is killed five times; count the failed requests."""
    configure()
    ask()
    failed, kills, next_kill = 0, 0, 0.0
    while kills < 5 or time.monotonic() < next_kill:
        if kills < 5 and time.monotonic() > next_kill:
            os.kill(server_status(ENVIRONMENT.home).pid, signal.SIGKILL)
            kills, next_kill = kills + 1, time.monotonic() + 0.4
        try:
            ask()
        except OperationalError:
            connection.close()
            failed += 1
    say(failed <= kills)


def forked():
    configure()
    ask()
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    child = os.fork()
    if child == 0:
        say(ask("SELECT pg_backend_pid()") != backend)
        say(len(server_status(ENVIRONMENT.home).members))
        sys.exit(0)
    os.waitpid(child, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        say(cursor.fetchone()[0] == backend)


def test_database():
    configure()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    say(ask("SELECT current_database()"))
    runner.teardown_databases(made)
    call_command("migrate", verbosity=0)
    say(ask("SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE '%zhiqiao'"))


def first_use_of_given_server():
    """Nothing of the embedded server may start when an address is given."""
    configure()
    say(server_status(ENVIRONMENT.home).running)
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    say(ask("SELECT current_database()"))
    runner.teardown_databases(made)
    say(server_status(ENVIRONMENT.home).running)


def checked():
    configure()
    call_command("check", databases=["default"])
    for message in run_checks(databases=["default"]):
        say(message.id, message.msg)


def away_and_back():
    """Use a server by its address, let it go away for some seconds and count the failures."""
    join_server(ENVIRONMENT.home)
    where = join_server(ENVIRONMENT.home).connection_parameters()
    address = f"postgresql://{where['user']}@/{where['dbname']}?host={where['host']}"
    configure(read_environment({**os.environ, "DATABASE_URL": address}))
    ask_together(8)
    stop_server(ENVIRONMENT.home)
    join_server(ENVIRONMENT.home)
    say(ask("SELECT 41"))
    stop_server(ENVIRONMENT.home)
    try:
        ask()
    except OperationalError:
        say("away")
    time.sleep(3)
    join_server(ENVIRONMENT.home)
    say(ask("SELECT 42"), ask("SELECT 43"))


def shell():
    configure()
    sys.stdout.flush()
    call_command("dbshell", "--", "-Atc", "SELECT 'psql ' || current_user")


def unusable():
    configure()
    (ENVIRONMENT.home / "database" / "cluster" / "PG_VERSION").write_text("17\n")
    try:
        ask()
    except OperationalError as error:
        say(error)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
