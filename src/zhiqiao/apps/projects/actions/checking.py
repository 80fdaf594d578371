"""The check of form: what the bureau finds on each question, kept as it was found."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.models import Application, CheckAnswer
from zhiqiao.apps.projects.queries import latest_checks
from zhiqiao.apps.projects.rules import can_run_calls, state_words
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Phase


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on one question; a no says why."""

    passed: bool
    note: str = ""


@transaction.atomic
def answer_checks(
    application: Application, answers: Mapping[str, Found], *, actor: Actor
) -> list[CheckAnswer]:
    """Keep the answers that differ from the last ones since the handing in; none is ever changed."""
    require(can_run_calls(actor))
    row = locked_application(application)
    if row.phase != Phase.CHECKING:
        raise RuleError("projects.wrong-state", state=state_words(row, is_of_bureau=True))
    last, now = latest_checks(row), timezone.now()
    made = [
        CheckAnswer(
            application=row,
            check_id=name,
            passed=found.passed,
            note=_worded(row, name, found),
            answered_by_id=getattr(actor, "pk", None),
            answered_at=now,
        )
        for name, found in answers.items()
        if name not in last or (last[name].passed, last[name].note) != _kept(found)
    ]
    CheckAnswer.objects.bulk_create(made)
    after = {one.check_id: [one.passed, one.note] for one in made}
    verb = "projects.application.checked"
    if made:
        audit.record(actor=actor, verb=verb, subject=row, before=None, after=after)
    return made


def _kept(found: Found) -> tuple[bool, str]:
    return found.passed, found.note.strip()


def _worded(application: Application, name: str, found: Found) -> str:
    questions = application.call.rules.lifecycle.checks
    if name not in questions:
        raise InputError("projects.check-unknown", question=name)
    if not found.passed and not found.note.strip():
        raise InputError("projects.check-needs-words", question=spoken(questions[name]))
    return found.note.strip()
