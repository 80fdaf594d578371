"""Corrections of single rows: each is one transaction with its audit entry."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from zhiqiao.apps.projects.actions.keeping import (
    Change,
    announce,
    close_change,
    key_of,
    opened,
    recorded,
)
from zhiqiao.apps.projects.choices import RecognitionState
from zhiqiao.apps.projects.models import Evidence, Recognition, RecognitionPartner
from zhiqiao.apps.projects.queries.endings import ends_in_the_register
from zhiqiao.apps.projects.rules import can_be_announced, can_be_valid, can_change, can_hold
from zhiqiao.apps.registry.queries import organisations_named, organisations_visible_to
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, refused
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.models import Citation, StoredFile
from zhiqiao.core.values import PartialDate

if TYPE_CHECKING:
    from zhiqiao.apps.registry.models import Organisation

CORRECTABLE = (
    "kind",
    "name",
    "name_filed",
    "level",
    "batch",
    "document",
    "announced",
    "area_id",
    "holder_id",
    "holder_text",
    "valid_from",
    "valid_to",
    "remark",
)
PARTNERS = "partners"


@transaction.atomic
def correct_recognition(
    recognition: Recognition,
    *,
    actor: Actor,
    changes: Mapping[str, object],
    reason: str,
    version: int | None = None,
) -> Recognition:
    """Replace any of the correctable fields, and `partners` as a sequence of printed names.

    A version that is no longer the row's own is refused, so that two people who correct the same
    row do not undo each other unseen.
    """
    change = Change(actor, reason, version)
    row = opened(recognition, change)
    obey(can_change(row))
    before = recorded(row)
    for field, value in changes.items():
        if field not in (*CORRECTABLE, PARTNERS):
            obey(refused("projects.field-unknown", field=field))
        if field != PARTNERS:
            setattr(row, field, value)
    _date(row)
    if PARTNERS in changes:
        replace_partners(row, _texts(changes[PARTNERS]))
    refuse_unfit(row)
    if recorded(row) == before:
        obey(refused("projects.nothing-changed"))
    announce(row, close_change(row, change, verb="corrected", before=before))
    return row


@transaction.atomic
def revoke_recognition(
    recognition: Recognition,
    *,
    actor: Actor,
    ended_on: date,
    reason: str,
    version: int | None = None,
) -> Recognition:
    """End a recognition on a day; figures of earlier days go on counting it.

    What an application led to ends by the application's move, which does all that follows from it.
    """
    change = Change(actor, reason, version)
    row = opened(recognition, change)
    obey(can_change(row))
    obey(ends_in_the_register(row))
    if ended_on > today():
        obey(
            refused(
                "projects.revoked-in-future",
                day=ended_on.isoformat(),
                today=today().isoformat(),
            )
        )
    return _revoked(row, change, ended_on=ended_on)


def revoke_by_move(recognition: Recognition, *, actor: Actor, reason: str) -> Recognition:
    """End a recognition from today on because a move of its application says so."""
    change = Change(actor, reason)
    row = opened(recognition, change)
    obey(can_change(row))
    return _revoked(row, change, ended_on=today())


def _revoked(row: Recognition, change: Change, *, ended_on: date) -> Recognition:
    before = recorded(row)
    row.state, row.ended_on = RecognitionState.REVOKED, ended_on
    announce(row, close_change(row, change, verb="revoked", before=before))
    return row


@transaction.atomic
def withdraw_recognition(
    recognition: Recognition, *, actor: Actor, reason: str, version: int | None = None
) -> Recognition:
    """Take a row out that should never have been entered; no day's figure counts it any more."""
    change = Change(actor, reason, version)
    row = opened(recognition, change)
    obey(can_change(row))
    obey(ends_in_the_register(row))
    before = recorded(row)
    row.state = RecognitionState.WITHDRAWN
    announce(row, close_change(row, change, verb="withdrawn", before=before))
    return row


@transaction.atomic
def match_holder(
    recognition: Recognition,
    *,
    organisation: int,
    actor: Actor,
    reason: str,
    version: int | None = None,
) -> Recognition:
    """Say which organisation holds the item; a printed name stays, a missing one is filled."""
    change = Change(actor, reason, version)
    row = opened(recognition, change)
    obey(can_change(row))
    if row.holder_id == organisation:
        obey(refused("projects.nothing-changed"))
    before = recorded(row)
    row.holder = _organisation(organisation, actor)
    row.holder_text = row.holder_text or row.holder.name
    refuse_unfit(row)
    announce(row, close_change(row, change, verb="holder_matched", before=before))
    return row


@transaction.atomic
def attach_file(
    recognition: Recognition, *, file: StoredFile, actor: Actor, reason: str
) -> Evidence:
    row = opened(recognition, Change(actor, reason))
    if row.evidence.filter(file=file).exists():
        raise RuleError("projects.evidence-listed")
    return _attached(Evidence(recognition=row, file=file, note=reason.strip()[:300]), actor, file)


@transaction.atomic
def attach_citation(
    recognition: Recognition, *, citation: Citation, actor: Actor, reason: str
) -> Evidence:
    row = opened(recognition, Change(actor, reason))
    if row.evidence.filter(citation=citation).exists():
        raise RuleError("projects.evidence-listed")
    evidence = Evidence(recognition=row, citation=citation, note=reason.strip()[:300])
    return _attached(evidence, actor, citation)


def replace_partners(recognition: Recognition, texts: Iterable[str]) -> None:
    """Write the partners anew, matching names that the registry knows for certain."""
    given = [text.strip() for text in texts if text.strip()]
    matches = organisations_named(given)
    recognition.partners.all().delete()
    RecognitionPartner.objects.bulk_create(
        RecognitionPartner(
            recognition=recognition,
            position=position,
            text=text,
            organisation_id=matches[text].organisation_id,
        )
        for position, text in enumerate(given, start=1)
    )


def _attached(evidence: Evidence, actor: Actor, source: StoredFile | Citation) -> Evidence:
    evidence.save()
    entry = audit.record(
        actor=actor,
        verb="projects.recognition.evidence_attached",
        subject=evidence.recognition,
        before=None,
        after={"evidence": str(source)},
        reason=evidence.note,
    )
    announce(evidence.recognition, entry)
    return evidence


def _date(row: Recognition) -> None:
    """Keep the two bounds of the day of announcement in step with its text."""
    if not row.announced:
        row.announced_from = row.announced_to = None
        return
    day = PartialDate.parse(row.announced)
    obey(can_be_announced(row.announced, earliest=day.earliest, today=today()))
    row.announced_from, row.announced_to = day.earliest, day.latest


def refuse_unfit(row: Recognition) -> None:
    obey(can_hold(kind=row.kind, name=row.name, level=row.level))
    obey(can_be_valid(row.valid_from, row.valid_to))
    same = Recognition.objects.filter(
        natural_key=key_of(row), provenance=row.provenance, state=RecognitionState.RECOGNISED
    )
    if same.exclude(pk=row.pk).exists():
        obey(refused("projects.already-listed", name=row.name))


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list | tuple) else []


def _organisation(key: int, actor: Actor) -> "Organisation":
    found = organisations_visible_to(actor).filter(pk=key).first()
    if found is None:
        raise InputError("projects.organisation-missing")
    return found
