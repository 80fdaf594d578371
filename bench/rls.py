"""What row-level security costs on indexed lists: the same query with the policy and without it.

    just bench rls

300,000 notices of 3,000 people and 300,000 reports of 3,000 parts; the page of one person, the count of
unread notices, and one body's reports. Interleaved, the least of many runs: as the owner, whom policies do not bind, and as the program.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

PEOPLE, ROWS, ROUNDS, REPEATS = 3_000, 300_000, 15, 20
PART = {
    "task_id": "1000000 + n",
    "organisation_id": "1000000 + n",
    "role": "'lead'",
    "side": "'city'",
}
REPORT = {
    "part_id": f"1000000 + n % {PEOPLE}",
    "state": "'draft'",
    "period_to": "date '2100-01-01' + n",
    "period_from": "date '2000-01-01'",
}
TABLES = ("portal_notice", "plan_task", "plan_taskpart", "plan_progressreport")
QUERIES = {
    "page of 20 notices of a person": (
        "SELECT * FROM portal_notice WHERE recipient_id = {person} ORDER BY id DESC LIMIT 20"
    ),
    "unread notices of a person": (
        "SELECT count(*) FROM portal_notice WHERE recipient_id = {person} AND read_at IS NULL"
    ),
    "reports of one body": (
        "SELECT r.* FROM plan_progressreport r JOIN plan_taskpart p ON p.id = r.part_id"
        " WHERE p.organisation_id = {body} ORDER BY r.id DESC LIMIT 50"
    ),
}


def main():
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        fill()
        report()
        transaction.set_rollback(True)


def fill():
    """Fill the tables inside a transaction that is rolled back: keys are checked at its end only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_notice (uid, recipient_id, kind, key, code, address, created_at)"
            " SELECT gen_random_uuid(), 1000000 + n %% %s, 'part-assigned', gen_random_uuid(), 'K', '/', now()"
            " FROM generate_series(1, %s) n",
            [PEOPLE, ROWS],
        )
        columns("plan_taskpart", cursor, PEOPLE, PART)
        columns("plan_progressreport", cursor, ROWS, REPORT)
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")


def columns(table, cursor, rows, given):
    """Insert rows with plain values in every column that must have one."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND column_name <> 'id'",
        [table],
    )
    values = {
        "uuid": "gen_random_uuid()", "bigint": "1", "integer": "1", "boolean": "false", "date": "current_date - (n / 3000)",
        "timestamp with time zone": "now()", "jsonb": "'{}'", "ARRAY": "'{}'",
    }  # fmt: skip
    words = {name: given.get(name, values.get(kind, "'x'")) for name, kind in cursor.fetchall()}
    keys = ", ".join(["id", *words])
    values = ", ".join(words.values())
    rows_of = f"SELECT 1000000 + n, {values} FROM generate_series(0, {rows - 1}) n"  # noqa: S608 - our own
    cursor.execute(f"INSERT INTO {table} ({keys}) {rows_of}")


def report():
    print(
        f"{ROWS:,} rows, {PEOPLE:,} people; least of {ROUNDS} rounds of {REPEATS}, microseconds\n"
    )
    print(f"{'query':34} {'without':>9} {'with':>9} {'ratio':>6}")
    for name, query in QUERIES.items():
        times = {"off": [], "on": []}
        for _ in range(ROUNDS):
            for state, spent in times.items():
                spent.append(measured(query, state))
        off, on = min(times["off"]), min(times["on"])
        print(f"{name:34} {off * 1e6:9.0f} {on * 1e6:9.0f} {on / off:6.2f}")
    print(f"\ntelling PostgreSQL for whom it is asked: {told() * 1e6:.0f} microseconds a request")


def measured(query, state):
    raw = connection.connection
    # Policies do not bind the owner of the tables.
    raw.execute("RESET ROLE" if state == "off" else "SET LOCAL ROLE zhiqiao_app")
    raw.execute(
        "SELECT set_config('zhiqiao.everything', '', true), set_config('zhiqiao.person', '1000007', true),"
        " set_config('zhiqiao.bodies', '1000007', true), set_config('zhiqiao.roles', ',body-clerk,', true)"
    )
    text = query.format(person=1_000_007, body=1_000_007)
    raw.execute(text).fetchall()
    start = time.perf_counter()
    for _ in range(REPEATS):
        raw.execute(text).fetchall()
    spent = (time.perf_counter() - start) / REPEATS
    raw.execute("RESET ROLE")
    return spent


def told():
    raw, spent = connection.connection, []
    for _ in range(200):
        start = time.perf_counter()
        raw.execute(
            "SELECT set_config('zhiqiao.person', '1', true), set_config('zhiqiao.bodies', '1,2', true)"
        )
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
