"""Codes for signing in by text message: to the telephone in the file, without any power over choices."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.admissions.actions import activate, ask_code, issue_code, save_choices
from zhiqiao.apps.admissions.actions.messages import MOST_A_DAY
from zhiqiao.apps.admissions.models import Candidate, Season
from zhiqiao.apps.admissions.tests.factories import CHOICE_CODE, PASSWORD, open_choosing
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.core.errors import InputError, RefusedError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.models import AuditEntry, Job
from zhiqiao.core.sealing import seal

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
PHONE = "13900001234"
END = identity_number(601)[-4:]
OTHER = "another-password-of-mine"


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((body, self.headers["X-Zhiqiao-Signature"]))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_args):
        """Stay silent."""


@pytest.fixture
def gateway(world, settings):
    """Give candidate 2601 a telephone, and the site a gateway."""
    cache.clear()
    Person.objects.filter(pk=world.candidate("2601").person_id).update(
        phone_sealed=seal(PHONE), phone_hint="139****1234"
    )
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    server.taken, server.answer = [], 204
    settings.ZHIQIAO_SMS_URL = f"http://127.0.0.1:{server.server_port}/codes"
    settings.ZHIQIAO_SMS_KEY = "s" * 32
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield server
    server.shutdown()
    server.server_close()


def sent_code(gateway):
    run_queued_jobs()
    return json.loads(gateway.taken[-1][0])["code"]


def later(minutes):
    shift = timedelta(minutes=minutes)
    for one in Candidate.objects.exclude(message_until=None):
        Candidate.objects.filter(pk=one.pk).update(message_until=one.message_until - shift)


def test_code_goes_signed_to_the_telephone_in_the_file(client, gateway):
    client.cookies["zhiqiao_language"] = "en"
    form = {"number": "2601", "identity_end": END}
    answer = client.post(reverse("admissions:ask_code"), form, follow=True)
    assert "a code is on its way" in answer.content.decode()

    run_queued_jobs()

    ((body, signature),) = gateway.taken
    assert signature == f"sha256={hmac.new(b's' * 32, body, hashlib.sha256).hexdigest()}"
    content = json.loads(body)
    assert (content["telephone"], content["minutes"]) == (PHONE, 30)
    assert content["code"] in content["text"]
    assert END not in body.decode()
    stored = str(list(Job.objects.values())) + str(list(AuditEntry.objects.values()))
    assert (content["code"] in stored, PHONE in stored) == (False, False)


def test_code_by_message_resets_the_password_and_touches_no_choice_code(world, gateway):
    user = world.sign_in("2601")
    open_choosing(world)
    held = world.candidate("2601").choice_code
    ask_code("2601", identity_end=END)

    again = activate("2601", sent_code(gateway), password=OTHER, choice_code="mine99")

    assert (again, User.objects.get(pk=user.pk).check_password(OTHER)) == (user, True)
    assert world.candidate("2601").choice_code == held
    with pytest.raises(RefusedError) as refused:
        save_choices(world.candidate("2601"), [], version=0, choice_code="mine99", actor=again)
    assert refused.value.code == "admissions.choice-code-wrong"
    saved = save_choices(
        world.candidate("2601"), [], version=0, choice_code=CHOICE_CODE, actor=again
    )
    assert saved.version == 1


def test_account_opened_by_message_has_no_choice_code_before_the_paper_came(world, gateway):
    ask_code("2601", identity_end=END)
    user = activate("2601", sent_code(gateway), password=PASSWORD, choice_code="mine99")
    open_choosing(world)

    with pytest.raises(RefusedError):
        save_choices(world.candidate("2601"), [], version=0, choice_code="mine99", actor=user)
    with pytest.raises(RefusedError):
        save_choices(world.candidate("2601"), [], version=0, choice_code="", actor=user)
    issued = issue_code(world.candidate("2601"), actor=world.clerk)
    activate("2601", issued.code, password=PASSWORD, choice_code=CHOICE_CODE)
    assert save_choices(
        world.candidate("2601"), [], version=0, choice_code=CHOICE_CODE, actor=user
    ).version == 1  # fmt: skip


def test_code_on_paper_stays_good_beside_the_one_by_message(world, gateway):
    issued = issue_code(world.candidate("2601"), actor=world.clerk)
    ask_code("2601", identity_end=END)

    assert activate("2601", issued.code, password=PASSWORD, choice_code=CHOICE_CODE).pk


def test_code_by_message_is_good_once_and_for_half_an_hour(world, gateway):
    world.sign_in("2601")
    ask_code("2601", identity_end=END)
    code = sent_code(gateway)
    later(31)
    with pytest.raises(InputError):
        activate("2601", code, password=OTHER)

    ask_code("2601", identity_end=END)
    code = sent_code(gateway)
    activate("2601", code, password=OTHER)
    with pytest.raises(InputError):
        activate("2601", code, password=PASSWORD)


@pytest.mark.parametrize(
    ("number", "end"), [("2601", "0000"), ("9999", END), ("2602", identity_number(602)[-4:])]
)
def test_who_does_not_fit_or_has_no_telephone_is_answered_alike_and_nothing_is_sent(
    client, gateway, number, end
):
    form = {"number": number, "identity_end": end}
    answer = client.post(reverse("admissions:ask_code"), form)

    run_queued_jobs()

    assert (answer.status_code, answer["Location"]) == (302, reverse("admissions:activate"))
    assert (gateway.taken, Job.objects.count()) == ([], 0)


def test_codes_are_sent_neither_soon_again_nor_often_in_a_day(world, gateway):
    for _time in range(3):
        ask_code("2601", identity_end=END)
    run_queued_jobs()
    assert len(gateway.taken) == 1

    for _time in range(MOST_A_DAY + 2):
        later(3)
        ask_code("2601", identity_end=END)
    run_queued_jobs()
    assert len(gateway.taken) == MOST_A_DAY


def test_candidate_of_a_demonstration_is_sent_nothing(world, gateway):
    Season.objects.update(provenance=Provenance.DEMONSTRATION)
    ask_code("2601", identity_end=END)
    run_queued_jobs()
    assert gateway.taken == []


def test_gateway_that_refuses_fails_the_job_in_words_without_the_code(gateway):
    gateway.answer = 503
    ask_code("2601", identity_end=END)

    code = sent_code(gateway)

    job = Job.objects.latest("id")
    assert (job.state, job.error_code) == ("failed", "admissions.message-not-taken")
    assert code not in str(job.error_parameters)


def test_page_is_there_only_where_a_gateway_is_named(client, gateway, settings):
    address = reverse("admissions:ask_code")
    first = reverse("admissions:activate")
    assert client.get(address).status_code == 200
    assert address in client.get(first).content.decode()
    assert client.post(address, {"number": "2601", "identity_end": "12"}).status_code == 422

    settings.ZHIQIAO_SMS_URL = ""

    assert client.get(address).status_code == 404
    assert address not in client.get(first).content.decode()


def test_asking_too_often_from_one_address_is_slowed(client, gateway):
    until = timezone.now() + timedelta(seconds=20)
    statuses = []
    while timezone.now() < until and 429 not in statuses:
        form = {"number": "2601", "identity_end": "0000"}
        statuses.append(client.post(reverse("admissions:ask_code"), form).status_code)
    assert statuses[-1] == 429
    assert statuses.count(302) <= 20
