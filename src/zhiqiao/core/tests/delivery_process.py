"""A process that delivers events without end: ``python delivery_process.py DATABASE``.

Its receiver writes two citations with a pause between them, so that a kill finds it half way.
"""

import sys
import time

import django


def declare():
    from zhiqiao.core import citations  # noqa: PLC0415 - needs loaded apps
    from zhiqiao.core.events import define_event, receiver  # noqa: PLC0415 - the same

    define_event("test.counted", ["number"])

    @receiver("test.counted", key="test.cites")
    def cites(event):
        citations.cite(f"first {event.data['number']:04}")
        time.sleep(0.005)
        citations.cite(f"second {event.data['number']:04}")


def main():
    from django.conf import settings  # noqa: PLC0415 - needs loaded apps

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    declare()
    from zhiqiao.core.events import deliver_waiting  # noqa: PLC0415 - needs loaded apps

    while True:
        if not deliver_waiting():
            time.sleep(0.02)


if __name__ == "__main__":
    main()
