"""Objections: filed by anybody while the notice runs, and answered by the bureau."""

import secrets

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.models import Application, ProjectObjection
from zhiqiao.apps.projects.rules import can_run_calls, takes_objections
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.sealing import seal

OBJECTED = define_event("projects.objected")
ANSWERED = define_event("projects.objection_answered")
MOST_WAITING = 50
"""So many unanswered objections to one application at a time; more come from a machine."""
# As many bytes of chance as a key has; nobody finds a receipt by trying.
CODE_BYTES = 24


@transaction.atomic
def object_to(
    application: Application, *, text: str, name: str, contact: str, actor: Actor
) -> ProjectObjection:
    """File an objection; its code is the receipt.

    The audit names the objection and not the application, whose history the applicant may read.
    """
    row = locked_application(application)
    obey(takes_objections(row, today=today()))
    words = worded(text)
    waiting = row.objections.filter(answered_at=None)
    if waiting.filter(text=words, name=name.strip()).exists():
        raise RuleError("projects.objection-known")
    if (number := waiting.count()) >= MOST_WAITING:
        raise RuleError("projects.too-many-objections", number=number)
    objection = ProjectObjection.objects.create(
        application=row,
        text=words,
        name=worded(name)[:100],
        contact_sealed=seal(worded(contact)),
        code=secrets.token_urlsafe(CODE_BYTES),
        filed_by_id=getattr(actor, "pk", None),
        filed_at=timezone.now(),
    )
    audit.record(
        actor=None,
        verb="projects.objection.filed",
        subject=objection,
        before=None,
        after={"application": str(row.uid)},
    )
    emit(OBJECTED, subject=objection, actor=None)
    return objection


@transaction.atomic
def answer_objection(
    objection: ProjectObjection, *, is_upheld: bool, answer: str, actor: Actor
) -> ProjectObjection:
    """Answer once; everybody reads the answer, so it names nobody."""
    require(can_run_calls(actor))
    row = ProjectObjection.objects.select_for_update().get(pk=objection.pk)
    if row.answered_at is not None:
        raise RuleError("projects.objection-answered")
    row.answer, row.is_upheld = worded(answer), is_upheld
    row.answered_by_id, row.answered_at = getattr(actor, "pk", None), timezone.now()
    row.save(update_fields=["answer", "is_upheld", "answered_by", "answered_at"])
    audit.record(
        actor=actor,
        verb="projects.objection.answered",
        subject=row,
        before=None,
        after={"is_upheld": is_upheld},
        reason=row.answer,
    )
    emit(ANSWERED, subject=row, actor=actor)
    return row
