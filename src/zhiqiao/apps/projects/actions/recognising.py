"""From an application to a recognised item: entered into the register, renewed and ended, with its paper."""

import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.keeping import announce, key_of, recorded, search_words
from zhiqiao.apps.projects.actions.phases import on_entering, sets_off
from zhiqiao.apps.projects.actions.recognitions import (
    correct_recognition,
    refuse_unfit,
    revoke_by_move,
)
from zhiqiao.apps.projects.choices import RecognitionState
from zhiqiao.apps.projects.models import (
    Application,
    Certificate,
    Evidence,
    Recognition,
    RecognitionPartner,
    Step,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.policy import spoken
from zhiqiao.core.values import PartialDate
from zhiqiao.packs import Effect, FieldKind, Paper, Phase

CONFIRMED = define_event("projects.recognition_confirmed", ["kind", "level", "valid_to"])
ENDED = define_event("projects.recognition_ended", ["kind", "reason"])
# As many bytes of chance as a key has; nobody finds a certificate by trying.
CODE_BYTES = 24


@sets_off(Effect.ENTER_RECOGNITION)
def enter_recognition(application: Application, step: Step, actor: Actor) -> None:
    """Put the item into the register; one that is there already refuses the whole move."""
    row = _recognition_of(application)
    row.natural_key = key_of(row)
    bodies = _partners_of(application)
    for name, value in search_words(
        row.name, row.holder_text, [text for text, _key in bodies]
    ).items():
        setattr(row, name, value)
    refuse_unfit(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RuleError("projects.already-listed", name=row.name) from error
    RecognitionPartner.objects.bulk_create(
        RecognitionPartner(recognition=row, position=place, text=text, organisation_id=key)
        for place, (text, key) in enumerate(bodies, start=1)
    )
    _attach_call(application, row)
    application.recognition = row
    entry = audit.record(
        actor=actor,
        verb="projects.recognition.entered",
        subject=row,
        before=None,
        after=recorded(row),
        reason=_reason(application, step),
    )
    announce(row, entry)
    _confirm(row, actor)


@sets_off(Effect.RENEW_RECOGNITION)
def renew_recognition(application: Application, step: Step, actor: Actor) -> None:
    """Extend from the day on which the recognition would have ended, or from today if that is later."""
    row = application.recognition
    if row is None:
        return
    start = max(today(), row.valid_to) if row.valid_to else today()
    until = application.call.rules.lifecycle.valid_until(start)
    if until is not None and until != row.valid_to:
        reason = _reason(application, step)
        row = correct_recognition(row, actor=actor, changes={"valid_to": until}, reason=reason)
        application.recognition = row
    _confirm(row, actor)
    give_certificate(application, step, actor)


@sets_off(Effect.END_RECOGNITION)
def end_recognition(application: Application, step: Step, actor: Actor) -> None:
    """Revoke the item from today on; one that the register ended already stays as it is."""
    row = application.recognition
    if row is None or row.state != RecognitionState.RECOGNISED:
        return
    reason = _reason(application, step)
    application.recognition = revoke_by_move(row, actor=actor, reason=reason)
    emit(ENDED, subject=row, actor=actor, kind=row.kind, reason=reason)


@on_entering(Phase.BUILDING, Phase.IN_FORCE)
def give_certificate(application: Application, step: Step, actor: Actor) -> None:
    """Issue the paper where the move gives one; the one before stays checkable and is replaced."""
    row, move = application.recognition, application.call.rules.flow.moves[step.move]
    if row is None or move.gives is not Paper.CERTIFICATE:
        return
    now, papers = timezone.now(), Certificate.objects.filter(application=application)
    papers.filter(replaced_at=None).update(replaced_at=now)
    kind, place = row.kind, papers.count() + 1
    made = Certificate.objects.create(
        application=application,
        recognition=row,
        number=f"{application.call.year}-{kind}-{row.pk:06d}-{place}",
        code=secrets.token_urlsafe(CODE_BYTES),
        valid_to=row.valid_to,
        issued_at=now,
        issued_by_id=getattr(actor, "pk", None),
    )
    audit.record(
        actor=actor,
        verb="projects.application.certificate_issued",
        subject=application,
        before=None,
        after={"certificate": made.number},
    )


def _recognition_of(application: Application) -> Recognition:
    call, day = application.call, today()
    announced = PartialDate.parse(day.isoformat())
    return Recognition(
        kind=call.kind,
        name=application.title,
        level=call.level,
        batch=f"{call.year} {call.batch}".strip(),
        document=call.document,
        announced=str(announced),
        announced_from=announced.earliest,
        announced_to=announced.latest,
        area_id=application.area_id or call.area_id,
        holder=application.applicant,
        holder_text=application.applicant.name,
        valid_from=day,
        valid_to=call.rules.lifecycle.valid_until(day),
        provenance=call.provenance,
    )


def _partners_of(application: Application) -> list[tuple[str, int | None]]:
    """Return the bodies of all fields that ask for bodies, in the order of the form, each once."""
    fields = application.call.rules.lifecycle.fields
    asked = [name for name, wanted in fields.items() if wanted.kind is FieldKind.BODIES]
    rows = application.bodies.filter(field__in=asked)
    found: dict[str, int | None] = {}
    for row in sorted(rows, key=lambda row: (asked.index(row.field), row.position)):
        found.setdefault(row.text, row.organisation_id)
    return list(found.items())


def _attach_call(application: Application, row: Recognition) -> None:
    """Let the files of the call bear the item out; the applicant's own files stay where they are."""
    files = application.call.files.order_by("id")
    Evidence.objects.bulk_create(
        Evidence(recognition=row, file_id=file.file_id, note=file.title[:300]) for file in files
    )


def _confirm(row: Recognition, actor: Actor) -> None:
    emit(CONFIRMED, subject=row, actor=actor, kind=row.kind, level=row.level, valid_to=row.valid_to)


def _reason(application: Application, step: Step) -> str:
    title = spoken(application.call.rules.flow.moves[step.move].title)
    return f"{title} {application.number} {step.reason}".strip()
