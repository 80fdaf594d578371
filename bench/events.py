"""Events written and delivered per second against a bare insert of the same rows.

Run by `just bench events` on a throw-away data folder: 5,000 events, each written in a transaction of
its own, as changes are, and delivered one after another, each in one transaction. The bare run
inserts rows of the same width into a plain table, one transaction each; it is the limit of this
database on this machine. The receiver writes one row.
"""

import sys
import time

from data_folder import prepared_folder

EVENTS = 5_000
GOAL = 10


def main() -> int:
    with prepared_folder():
        from django.db import connection, transaction  # noqa: PLC0415 - needs the prepared folder

        from zhiqiao.core import events  # noqa: PLC0415 - needs loaded apps
        from zhiqiao.core.citations import cite  # noqa: PLC0415 - the same

        about = cite("about")
        events.define_event("bench.counted", ["number"])

        def sink(cursor, text):
            cursor.execute("INSERT INTO bench_sink (text, data) VALUES (%s, '{}')", [text])

        @events.receiver("bench.counted", key="bench.sink")
        def write(event):
            with connection.cursor() as cursor:
                sink(cursor, str(event.key))

        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_sink (id bigserial PRIMARY KEY, text text, data jsonb)"
            )

        def bare():
            for number in range(EVENTS):
                with transaction.atomic(), connection.cursor() as cursor:
                    sink(cursor, f"{number:036}")

        def emit():
            for number in range(EVENTS):
                with transaction.atomic():
                    events.emit("bench.counted", subject=about, actor=None, number=number)

        rates = {name: EVENTS / timed(run) for name, run in (
            ("bare insert", bare), ("written", emit), ("delivered", events.deliver_waiting),
        )}  # fmt: skip
    limit = rates.pop("bare insert")
    print(f"{EVENTS:,} events; bare insert {limit:,.0f} a second")
    for name, rate in rates.items():
        print(f"{name} {rate:,.0f} a second, {limit / rate:.1f} times the bare time (goal {GOAL})")
    return 0 if all(limit <= GOAL * rate for rate in rates.values()) else 1


def timed(run) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
