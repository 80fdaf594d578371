import random
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from zhiqiao.core import citations, events
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.events import outbox
from zhiqiao.core.jobs import run_worker
from zhiqiao.core.models import AuditEntry, Citation, Delivery, Event

PROCESS = Path(__file__).with_name("delivery_process.py")
PATIENCE = 60
KILLS = 20
EVENTS = 800


@pytest.fixture
def told(monkeypatch):
    """A receiver that writes down what it hears; it fails while ``failing`` is above zero."""
    monkeypatch.setattr(outbox, "_EVENTS", {"test.counted": frozenset({"number"})})
    monkeypatch.setattr(outbox, "_RECEIVERS", {})
    heard = []
    heard_failing = {"number": 0}

    @events.receiver("test.counted", key="test.hears")
    def hears(event):
        citations.cite(f"heard {event.data['number']}")
        if heard_failing["number"]:
            heard_failing["number"] -= 1
            raise ValueError(event.data["number"])
        heard.append(event)

    heard_failing["heard"] = heard
    return heard_failing


def subject(title="about"):
    return citations.cite(title)


def emit(number, *, about=None):
    with transaction.atomic():
        return events.emit("test.counted", subject=about or subject(), actor=None, number=number)


def due_now():
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def numbers(told):
    return [event.data["number"] for event in told["heard"]]


@pytest.mark.django_db(transaction=True)
def test_event_is_written_only_if_its_change_is(told):
    about = subject()
    with transaction.atomic():
        events.emit("test.counted", subject=about, actor=None, number=1)
        transaction.set_rollback(True)
    emit(2, about=about)

    events.deliver_waiting()

    assert numbers(told) == [2]
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_event_outside_of_a_transaction_is_refused(told):
    about = subject()
    with pytest.raises(transaction.TransactionManagementError):
        events.emit("test.counted", subject=about, actor=None, number=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "data"), [("test.unknown", {}), ("test.counted", {"name": "李四"})]
)
def test_event_that_was_not_declared_is_refused(told, name, data):
    with pytest.raises(LookupError):
        events.emit(name, subject=subject(), actor=None, **data)
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_event_is_told_once_to_each_receiver(told):
    emit(1)

    assert (events.deliver_waiting(), events.deliver_waiting()) == (1, 0)
    assert numbers(told) == [1]
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_failed_receiver_leaves_nothing_and_works_at_last(told):
    told["number"] = 3
    emit(1)
    for attempt in range(1, 4):
        events.deliver_waiting()
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts, delivery.error) == (
            "waiting",
            attempt,
            "ValueError",
        )
        assert not Citation.objects.filter(title="heard 1").exists()
        due_now()

    events.deliver_waiting()

    assert numbers(told) == [1]
    assert Citation.objects.filter(title="heard 1").count() == 1


@pytest.mark.django_db
def test_pauses_between_attempts_grow(told):
    told["number"] = 2
    emit(1)
    pauses = []
    for _ in range(2):
        events.deliver_waiting()
        pauses.append(Delivery.objects.get().next_attempt_at - timezone.now())
        due_now()

    assert timedelta(seconds=4) < pauses[0] < timedelta(seconds=6)
    assert timedelta(seconds=14) < pauses[1] < timedelta(seconds=16)


@pytest.mark.django_db
def test_failing_delivery_holds_back_its_own_record_alone(told):
    first, other = subject("first"), subject("other")
    told["number"] = 1
    emit(1, about=first)
    emit(2, about=first)
    emit(3, about=other)

    events.deliver_waiting()
    assert numbers(told) == [3]
    due_now()
    events.deliver_waiting()

    assert numbers(told) == [3, 1, 2]


@pytest.mark.django_db
def test_delivery_that_was_given_up_is_seen_and_retried_by_a_person(told):
    told["number"] = 8
    emit(1)
    for _ in range(8):
        due_now()
        events.deliver_waiting()
    delivery = Delivery.objects.get()
    assert (delivery.state, events.deliver_waiting()) == ("failed", 0)

    events.retry_delivery(delivery, actor=None, reason="mended")
    events.deliver_waiting()

    assert numbers(told) == [1]
    assert AuditEntry.objects.get(verb="core.delivery.retried").reason == "mended"
    with pytest.raises(RuleError) as refused:
        events.retry_delivery(delivery, actor=None, reason="again")
    assert refused.value.code == "core.delivery_not_failed"


@pytest.mark.django_db
def test_replay_tells_the_events_again_also_after_they_were_pruned(told):
    began = timezone.now()
    for number in range(3):
        emit(number)
    events.deliver_waiting()
    Delivery.objects.update(done_at=timezone.now() - timedelta(days=91))
    assert events.prune_deliveries() == 3
    told["heard"].clear()

    again = events.replay(
        "test.hears", since=began, until=timezone.now(), actor=None, reason="lost"
    )
    events.deliver_waiting()

    assert (again, numbers(told)) == (3, [0, 1, 2])
    assert AuditEntry.objects.get(verb="core.events.replayed").after["events"] == 3


@pytest.mark.django_db
def test_replay_by_command_reaches_a_new_receiver(told):
    emit(7)
    late = []
    events.receiver("test.counted", key="test.late")(late.append)

    call_command("replay_events", "test.late", since="2020-01-01", reason="new receiver")
    events.deliver_waiting()

    assert [event.data["number"] for event in late] == [7]


@pytest.mark.django_db
def test_replay_to_nobody_is_refused(told):
    now = timezone.now()
    with pytest.raises(MissingError) as refused:
        events.replay("test.nobody", since=now, until=now, actor=None, reason="x")
    assert refused.value.parameters["known"] == "test.hears"


@pytest.mark.django_db
def test_events_are_never_changed(told):
    event = emit(1)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(name="test.other")


@pytest.mark.django_db(transaction=True)
def test_worker_delivers_soon_after_the_commit(told):
    emit(1)

    run_worker(wait=False, install_signal_handlers=False)

    assert numbers(told) == [1]


@pytest.mark.django_db(transaction=True)
def test_late_transaction_with_an_earlier_number_is_not_lost(told):
    """The first to take a number commits last, after the second was delivered."""
    about, other = subject("first"), subject("other")
    taken, free = threading.Event(), threading.Event()

    def write_late():
        with transaction.atomic():
            events.emit("test.counted", subject=about, actor=None, number=1)
            taken.set()
            free.wait(PATIENCE)
        connection.close()

    late = threading.Thread(target=write_late)
    late.start()
    taken.wait(PATIENCE)
    emit(2, about=other)
    events.deliver_waiting()
    assert numbers(told) == [2]
    free.set()
    late.join(PATIENCE)

    events.deliver_waiting()

    assert numbers(told) == [2, 1]


@pytest.fixture
def start():
    processes = []

    def started():
        command = [sys.executable, str(PROCESS), connection.settings_dict["NAME"]]
        processes.append(subprocess.Popen(command))  # noqa: S603 - our own file
        return processes[-1]

    yield started
    for process in processes:
        process.kill()
        process.wait()


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def written_so_far():
    """Count both halves of what a delivery writes in one look; a worker goes on meanwhile."""
    counts = Citation.objects.aggregate(
        first=Count("pk", filter=Q(title__startswith="first")),
        second=Count("pk", filter=Q(title__startswith="second")),
    )
    return counts["first"], counts["second"]


def done():
    return Delivery.objects.filter(state="done").count()


@pytest.mark.django_db(transaction=True)
def test_twenty_kills_lose_nothing_and_double_nothing(monkeypatch, start):
    """Two workers at once; again and again one of them is killed in the middle of its work."""
    monkeypatch.setattr(outbox, "_EVENTS", {"test.counted": frozenset({"number"})})
    monkeypatch.setattr(outbox, "_RECEIVERS", {})
    events.receiver("test.counted", key="test.cites")(print)
    abouts = [subject(f"about {number}") for number in range(50)]
    with transaction.atomic():
        for number in range(EVENTS):
            about = abouts[number % len(abouts)]
            events.emit("test.counted", subject=about, actor=None, number=number)
    moments = random.Random(2026)  # noqa: S311 - moments, no secret
    running = [start(), start()]
    for kill in range(KILLS):
        reached = done()
        wait_until(lambda reached=reached: done() > reached or done() == EVENTS)
        time.sleep(moments.uniform(0, 0.05))
        victim = running.pop(0)
        victim.kill()
        victim.wait()
        first, second = written_so_far()
        assert first == second, f"kill {kill}"
        running.append(start())

    wait_until(lambda: done() == EVENTS)

    for which in ("first", "second"):
        titles = Citation.objects.filter(title__startswith=which).values_list("title", flat=True)
        assert sorted(titles) == [f"{which} {number:04}" for number in range(EVENTS)]
    assert Delivery.objects.exclude(attempts=1).count() == 0
