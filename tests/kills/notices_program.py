"""Tell people and send mail without a pause while the database server is killed again and again.

Run as a process of its own on a data folder of its own; what came of it is printed as JSON.
"""

import json
import os
import random
import re
import signal
import socketserver
import sys
import threading
import time
from collections import Counter
from datetime import time as clock
from datetime import timedelta
from uuid import uuid4

PEOPLE, CAUSES, KILLS, BETWEEN = 30, 20, 20, 25
received: Counter[str] = Counter()


class Mailbox(socketserver.StreamRequestHandler):
    """The other side of a mail server: takes every message and notes its identity."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 mailbox")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                received[re.search(r"^Message-ID: <(.+)@", text, re.MULTILINE)[1]] += 1
            self.say("221 bye" if verb == b"QUIT" else "250 ok")


class Mailboxes(socketserver.ThreadingTCPServer):
    daemon_threads = True


def insist(work) -> None:
    """Do the work until it is done, as a worker does that goes on after a failure."""
    while True:
        try:
            return work()
        except DatabaseError:
            connection.close()
            time.sleep(0.01)


def tell(people, keys) -> None:
    for key in keys:
        told = Told(0, is_sample=False, code="K02", address="/tasks/", day=None)
        insist(lambda key=key, told=told: notify(people, NoticeKind.PART_ASSIGNED, told, key=key))


def send(total) -> None:
    while insist(lambda: Dispatch.objects.filter(state="sent").count()) < total:
        insist(send_due)
        time.sleep(0.01)


def kill(home) -> None:
    moments = random.Random(2026)  # noqa: S311 - moments, no secret
    for number in range(1, KILLS + 1):
        while len(received) < number * BETWEEN:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.03))
        os.kill(server_status(home).pid, signal.SIGKILL)
        insist(User.objects.count)


def run() -> dict[str, object]:
    call_command("migrate", verbosity=0)
    now = timezone.now()
    people = [
        User.objects.create(
            login=f"p{n}", name=f"P {n}", email=f"p{n}@example.org", date_joined=now
        )
        for n in range(PEOPLE)
    ]
    # Nobody is quiet at any hour, so that the test does not depend on the clock.
    NoticeHours.objects.bulk_create(
        NoticeHours(user=person, quiet_from=clock(0), quiet_to=clock(0), digest_at=clock(8))
        for person in people
    )
    keys = [uuid4() for _number in range(CAUSES)]
    total = PEOPLE * CAUSES
    threads = [
        threading.Thread(target=tell, args=(people, keys)),
        threading.Thread(target=send, args=(total,)),
        threading.Thread(target=send, args=(total,)),
    ]
    for thread in threads:
        thread.start()
    kill(settings.ZHIQIAO_HOME)
    for thread in threads:
        thread.join()
    told = Counter(insist(lambda: list(Notice.objects.values_list("recipient", "key"))))
    batches = Counter(str(batch) for batch in Dispatch.objects.values_list("batch", flat=True))
    return {
        "notices": len(told),
        "told_twice": sum(count > 1 for count in told.values()),
        "states": dict(Counter(Dispatch.objects.values_list("state", flat=True))),
        "messages": len(batches),
        "shared_identities": sum(count > 1 for count in batches.values()),
        "never_received": len(set(batches) - set(received)),
        "received_of_nobody": len(set(received) - set(batches)),
        "sent_again": sum(count > 1 for count in received.values()),
    }


if __name__ == "__main__":
    server = Mailboxes(("127.0.0.1", 0), Mailbox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["ZHIQIAO_MAIL_URL"] = f"smtp://127.0.0.1:{server.server_address[1]}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhiqiao.config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.utils import timezone

    from zhiqiao.apps.accounts.models import User
    from zhiqiao.apps.plan.queries import Told
    from zhiqiao.apps.portal.actions import notify, send_due, sending
    from zhiqiao.apps.portal.choices import NoticeKind
    from zhiqiao.apps.portal.models import Dispatch, Notice, NoticeHours
    from zhiqiao.config.embedded.server import server_status

    sending.LEFT_BEHIND = timedelta(seconds=2)
    sys.stdout.write(json.dumps(run()) + "\n")
