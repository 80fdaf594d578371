"""A code for signing in by text message, for candidates who have no e-mail address.

It opens or resets the account and has no power over choices: the choice code is neither set nor
replaced with it. Whoever asks is told nothing, so nobody learns who is a candidate.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.actions.candidates import hash_of, new_code, record
from zhiqiao.apps.admissions.models import Candidate
from zhiqiao.apps.people.queries import telephone_of
from zhiqiao.core import audit
from zhiqiao.core.errors import RuleError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.hooks import NotTakenError, post_signed
from zhiqiao.core.jobs import start_job
from zhiqiao.core.sealing import seal, unseal

SEND_CODE = "admissions.send_code"
SENT = "admissions.candidate.code_sent"
LIVES = timedelta(minutes=30)
PAUSE = timedelta(minutes=2)
MOST_A_DAY = 5


@transaction.atomic
def ask_code(number: str, *, identity_end: str) -> None:
    """Send a code to the telephone in the file of whom number and end of the identity number fit.

    Too soon after the last one, or too often in a day, nothing is sent. Demonstration never is.
    """
    candidate = _found(number, identity_end)
    if candidate is None or not candidate.person.phone_sealed or _is_too_often(candidate):
        return
    code = new_code()
    candidate.message_hash = hash_of(candidate.number, code)
    candidate.message_until = timezone.now() + LIVES
    candidate.save(update_fields=["message_hash", "message_until"])
    record(candidate, SENT, actor=None, before=None)
    arguments = {"candidate": candidate.pk, "sealed": seal(code)}
    start_job(SEND_CODE, actor=None, arguments=arguments, subject_uid=candidate.uid)


def _found(number: str, identity_end: str) -> Candidate | None:
    rows = Candidate.objects.select_for_update(of=("self",)).select_related("person", "season")
    rows = rows.exclude(season__provenance=Provenance.DEMONSTRATION)
    fitting = rows.filter(number=number.strip(), person__identity_hint__iendswith=identity_end)
    return fitting.order_by("-season__year", "-pk").first()


def _is_too_often(candidate: Candidate) -> bool:
    now, until = timezone.now(), candidate.message_until
    if until is not None and until - LIVES + PAUSE > now:
        return True
    sent = audit.history_of(candidate).filter(verb=SENT, at__gt=now - timedelta(days=1))
    return sent.count() >= MOST_A_DAY


def send_code(*, candidate: int, sealed: str) -> None:
    """Post a code to the gateway, as the worker does.

    Raises
    ------
    RuleError
        ``admissions.message-not-taken`` where the gateway is away or refuses; the candidate asks again.
    """
    found = Candidate.objects.get(pk=candidate)
    code, minutes = unseal(sealed), int(LIVES.total_seconds() // 60)
    with translation.override(settings.LANGUAGE_CODE):
        words = _("Zhiqiao: your code for signing in is %(code)s, for %(minutes)d minutes.")
    content = {
        "message": hash_of(found.number, code)[:32],
        "telephone": telephone_of(found.person_id),
        "code": code,
        "minutes": minutes,
        "text": words % {"code": code, "minutes": minutes},
    }
    try:
        post_signed(settings.ZHIQIAO_SMS_URL, content, key=settings.ZHIQIAO_SMS_KEY)
    except NotTakenError as error:
        raise RuleError("admissions.message-not-taken", why=str(error)) from error
