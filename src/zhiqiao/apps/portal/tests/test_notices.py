"""Notices from the event to the mail server, real ones that hang included."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from zhiqiao.apps.accounts import actions as accounts
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.plan import actions as plan
from zhiqiao.apps.plan.queries import Told
from zhiqiao.apps.plan.tests.task_world import make_world
from zhiqiao.apps.portal import actions
from zhiqiao.apps.portal.actions import Hours
from zhiqiao.apps.portal.actions.notices import due_at
from zhiqiao.apps.portal.choices import NoticeKind, Sending
from zhiqiao.apps.portal.models import Dispatch, Notice
from zhiqiao.core import events
from zhiqiao.core.errors import RefusedError
from zhiqiao.core.models import AuditEntry, Delivery

pytestmark = pytest.mark.django_db

NOON = "2026-11-26T04:00:00Z"
TOLD = Told(1, False, "K02", "/tasks/1/", date(2026, 12, 3))
QUARTER = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def mails(settings):
    settings.EMAIL_HOST = "mail.example"
    settings.ZHIQIAO_SITE_URL = "https://zhiqiao.example"
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def person():
    user = make_member(Role.BODY_CLERK, login="wang")
    user.email = "wang@example.org"
    user.save()
    return user


def tell(person, kind=NoticeKind.PART_ASSIGNED, told=TOLD, key=None):
    return actions.notify([person], kind, told, key=key or uuid4())


def wish(person, sending, hours=None):
    wishes = dict.fromkeys(NoticeKind.values, sending)
    actions.choose_notices(wishes, hours or Hours(), actor=person)


def test_every_step_of_a_task_tells_the_people_whom_it_concerns():
    world = make_world()
    words = plan.Words(progress="已完成一半")
    report = plan.save_report(world.part, QUARTER, words, actor=world.department)
    report = plan.submit_report(report, actor=world.department)
    plan.return_report(report, actor=world.clerk, note="请补充")
    asked = plan.take_step(world.part, "reminder", text="请报送", actor=world.clerk)
    plan.answer_supervision(asked, text="好", actor=world.department)
    events.deliver_waiting()

    told = {
        user.login: sorted(notice.kind for notice in user.notices.all())
        for user in (world.department, world.district, world.clerk, world.lead)
    }
    assert told == {
        "department": ["part-assigned", "report-returned", "supervision-issued"],
        "district": [],
        "clerk": ["report-handed-in", "supervision-answered"],
        "lead": ["report-handed-in", "supervision-answered"],
    }


def test_same_cause_is_told_once(person):
    key = uuid4()
    tell(person, key=key)

    assert tell(person, key=key) == []
    assert Notice.objects.count() == Dispatch.objects.count() == 1


def test_mail_leaves_at_once_with_the_address_and_nothing_personal(person):
    tell(person)

    assert actions.send_due() == 1
    sent = mail.outbox[0]
    assert sent.subject == "职桥：贵单位承担了一项任务（K02）"
    assert "https://zhiqiao.example/tasks/1/" in sent.body
    assert "wang" not in sent.subject + sent.body
    assert Dispatch.objects.get().state == "sent"
    assert actions.send_due() == 0


def test_mail_is_written_in_the_language_of_its_reader(person):
    person.language = "en"
    person.save()
    tell(person)

    actions.send_due()

    assert mail.outbox[0].subject == "Zhiqiao: Your body has a part in a task (K02)"


def test_digest_joins_a_day_into_one_mail(person, mails):
    wish(person, Sending.DIGEST)
    for _ in range(3):
        tell(person)
    assert actions.send_due() == 0

    mails.move_to(datetime(2026, 11, 27, 0, 1, tzinfo=UTC))
    assert actions.send_due() == 1

    assert [sent.subject for sent in mail.outbox] == ["职桥：3 条通知"]
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"sent"}


def test_what_is_not_wanted_stays_on_the_site(person):
    wish(person, Sending.OFF)
    tell(person)

    assert actions.send_due() == 0
    assert Notice.objects.count() == 1
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(
    ("now", "hours", "digest", "expected"),
    [
        ("2026-11-26 21:59", Hours(), False, "2026-11-26 21:59"),
        ("2026-11-26 22:00", Hours(), False, "2026-11-27 07:00"),
        ("2026-11-27 06:59", Hours(), False, "2026-11-27 07:00"),
        ("2026-11-27 07:00", Hours(), False, "2026-11-27 07:00"),
        ("2026-11-26 12:30", Hours(time(12), time(13)), False, "2026-11-26 13:00"),
        ("2026-11-26 12:30", Hours(time(9), time(9)), False, "2026-11-26 12:30"),
        ("2026-11-26 09:00", Hours(), True, "2026-11-27 08:00"),
        ("2026-11-26 05:00", Hours(time(22), time(9), time(8)), True, "2026-11-26 09:00"),
    ],
)
def test_nothing_leaves_in_quiet_hours(now, hours, digest, expected):
    """The times are those of the region, eight hours before UTC."""
    instant = datetime.strptime(now, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) - timedelta(hours=8)

    found = due_at(instant, hours, digest=digest)

    assert f"{found:%Y-%m-%d %H:%M}" == expected


def test_sample_account_gets_no_mail(person):
    person.is_demonstration = True
    person.save()
    tell(person)

    assert actions.send_due() == 0
    assert not Dispatch.objects.exists()


def test_deadlines_are_told_before_and_after_once(mails):
    world = make_world()
    for day, expected in (
        ("2026-10-14T04:00:00Z", 0),
        ("2026-10-15T04:00:00Z", 1),
        ("2026-10-20T04:00:00Z", 0),
        ("2026-10-21T04:00:00Z", 1),
        ("2026-10-22T04:00:00Z", 0),
    ):
        mails.move_to(day)
        before = Notice.objects.filter(day=date(2026, 10, 20)).count()
        actions.remind_of_deadlines()
        assert Notice.objects.filter(day=date(2026, 10, 20)).count() - before == expected, day

    kinds = world.department.notices.filter(day=date(2026, 10, 20)).order_by("id")
    assert [notice.kind for notice in kinds] == ["deadline-near", "deadline-passed"]


@pytest.mark.enable_socket
def test_mail_server_that_hangs_loses_nothing(person, mails, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.3
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        tell(person)
        assert actions.send_due() == 1
        dispatch = Dispatch.objects.get()
        assert (dispatch.state, dispatch.attempts) == ("waiting", 1)
        assert dispatch.error
        assert actions.send_due() == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mails.move_to(timezone.now() + timedelta(minutes=2))
    assert actions.send_due() == 1
    assert Dispatch.objects.get().state == "sent"
    assert len(mail.outbox) == 1


@pytest.mark.enable_socket
def test_message_that_failed_waits_for_the_end_of_the_quiet_hours(person, mails, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mails.move_to("2026-10-15T13:59:30Z")
    tell(person)

    assert actions.send_due() == 1

    assert Dispatch.objects.get().due_at.isoformat() == "2026-10-15T23:00:00+00:00"


@pytest.mark.enable_socket
def test_way_out_that_fails_is_left_alone_until_the_next_minute(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for _ in range(3):
        tell(person)

    assert actions.send_due() == 1
    assert sorted(Dispatch.objects.values_list("attempts", flat=True)) == [0, 0, 1]


@pytest.mark.enable_socket
def test_message_that_was_given_up_is_seen_and_sent_again_by_the_system_administrator(
    person, mails, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tell(person)
    for _ in range(6):
        actions.send_due()
        mails.move_to(timezone.now() + timedelta(hours=12))
    dispatch = Dispatch.objects.get()
    assert dispatch.state == "failed"
    administrator = Client()
    administrator.force_login(make_member(Role.SYSTEM_ADMIN, login="sys"))
    page = administrator.get("/notices/messages/").content.decode()
    assert "ConnectionRefusedError" in page
    assert "wang" not in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    administrator.post(f"/notices/messages/{dispatch.uid}/retry/")
    actions.send_due()

    assert len(mail.outbox) == 1
    assert AuditEntry.objects.filter(verb="portal.dispatch.retried").count() == 1


def test_message_that_a_killed_worker_left_keeps_its_identity(person, mails):
    tell(person)
    batch = uuid4()
    Dispatch.objects.update(state="sending", batch=batch, attempts=1)
    assert actions.send_due() == 0

    mails.move_to(timezone.now() + timedelta(minutes=11))
    assert actions.send_due() == 1

    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{batch}@")


class Hook(BaseHTTPRequestHandler):
    taken = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((body, self.headers["X-Zhiqiao-Signature"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args):
        """Stay silent."""


@pytest.mark.enable_socket
def test_hook_gets_a_signed_message(person, settings):
    settings.EMAIL_HOST = ""
    settings.ZHIQIAO_HOOK_KEY = "k" * 32
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        settings.ZHIQIAO_HOOK_URL = f"http://127.0.0.1:{server.server_port}/in"
        tell(person)
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        assert actions.send_due() == 1
        serving.join(10)

    body, signature = Hook.taken[-1]
    assert signature == f"sha256={hmac.new(b'k' * 32, body, hashlib.sha256).hexdigest()}"
    content = json.loads(body)
    assert content["recipient"] == str(person.uid)
    assert "wang" not in body.decode()


def test_everybody_reads_their_own_notices_alone(person):
    other = make_member(Role.BODY_CLERK, login="li")
    tell(person)
    client, stranger = Client(), Client()
    client.force_login(person)
    stranger.force_login(other)

    assert "K02" in client.get("/notices/").content.decode()
    assert "K02" not in stranger.get("/notices/").content.decode()
    stranger.post("/notices/read/")
    assert Notice.objects.get().read_at is None
    client.post("/notices/read/")
    assert Notice.objects.get().read_at is not None


def test_choices_are_kept_through_the_page(person):
    client = Client()
    client.force_login(person)
    given = dict.fromkeys(NoticeKind.values, "digest")
    given |= {"quiet_from": "20:00", "quiet_to": "06:00", "digest_at": "09:30"}

    client.post("/notices/wishes/", given)

    page = client.get("/notices/wishes/").content.decode()
    assert page.count('<option value="digest" selected>') == len(NoticeKind)
    assert 'value="09:30"' in page


def test_nobody_else_sends_again(person):
    tell(person)
    Dispatch.objects.update(state="failed")

    with pytest.raises(RefusedError):
        actions.retry_dispatch(Dispatch.objects.get(), actor=person)


@pytest.mark.parametrize("number", [1, 3])
def test_notices_take_a_constant_number_of_queries(person, number, django_assert_num_queries):
    for _ in range(number):
        tell(person)
    client = Client()
    client.force_login(person)
    client.get("/notices/")

    with django_assert_num_queries(7):
        client.get("/notices/")


def test_event_that_could_not_be_told_is_seen_and_told_again_by_the_system_administrator():
    world = make_world()
    Delivery.objects.filter(receiver="portal.part-assigned").update(
        state="failed", attempts=8, error="ValueError"
    )
    events.deliver_waiting()
    assert not world.department.notices.exists()
    administrator = Client()
    administrator.force_login(make_member(Role.SYSTEM_ADMIN, login="sys"))
    assert "portal.part-assigned" in administrator.get("/notices/messages/").content.decode()

    failed = Delivery.objects.get(state="failed")
    administrator.post(f"/deliveries/{failed.uid}/retry/")
    events.deliver_waiting()

    assert [notice.kind for notice in world.department.notices.all()] == ["part-assigned"]


def test_a_successor_is_told_of_what_was_handed_over():
    world = make_world()
    organisation = world.part.organisation
    successor = make_member(Role.BODY_CLERK, login="successor", organisation=organisation)
    system = make_member(Role.SYSTEM_ADMIN, login="system")
    plan.put_in_charge(world.part, person=world.department.pk, actor=world.clerk)
    events.deliver_waiting()
    Notice.objects.all().delete()
    accounts.hand_over(world.department, {organisation.pk: successor}, actor=system, reason="退休")
    events.deliver_waiting()
    (notice,) = successor.notices.all()
    assert (notice.kind, notice.address) == (
        NoticeKind.PART_ASSIGNED,
        world.part.task.get_absolute_url(),
    )
    assert not world.department.notices.exists()
