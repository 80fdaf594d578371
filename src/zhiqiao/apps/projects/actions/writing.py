"""Saving what is written in a draft, part by part, without undoing what a co-author saved meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.beginning import refuse_closed
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.models import (
    Application,
    Content,
    NamedBody,
    NamedPerson,
    UnsuitableExpert,
)
from zhiqiao.apps.projects.queries import seal_of, written_of
from zhiqiao.apps.projects.queries.written import Written
from zhiqiao.apps.projects.rules import can_write, folded
from zhiqiao.apps.registry.queries import bodies_exactly_named, organisations_visible_to
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.blind_index import index_of
from zhiqiao.core.errors import RuleError
from zhiqiao.core.identifiers import mask_identity_number


@dataclass(frozen=True, slots=True)
class PersonGiven:
    """A person as typed; without a number the one that this row of the same name had is kept."""

    name: str
    part: str = ""
    employer: str = ""
    identity: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class BodyGiven:
    """A body as typed, and the one of the register that was chosen among those alike."""

    text: str
    chosen: UUID | None = None


@dataclass(frozen=True, slots=True)
class UnsuitableGiven:
    name: str
    reason: str
    employer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGiven:
    """What a part of the form holds; what is None belongs to other parts and stays."""

    answers: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, Sequence[PersonGiven]] = field(default_factory=dict)
    bodies: Mapping[str, Sequence[BodyGiven]] = field(default_factory=dict)
    budget: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None
    indicators: Mapping[str, str] | None = None
    declared: Mapping[str, bool] | None = None
    unsuitable: Sequence[UnsuitableGiven] | None = None


@transaction.atomic
def save_part(
    application: Application, part: str, given: PartGiven, *, seal: str, actor: Actor
) -> tuple[str, ...]:
    """Save one part over what its writer had in view; gaps are allowed, also when the window is closed.

    Returns the names of the people whose identity number went with their name and has to be typed
    again.
    """
    require(can_write(actor, application))
    row = locked_application(application)
    refuse_closed(row)
    content = Content.objects.select_for_update().get(application=row)
    written = written_of(row)
    if seal_of(written, part) != seal:
        raise RuleError("projects.part-changed")
    content.answers = {**content.answers, **given.answers}
    for name in ("budget", "indicators", "declared"):
        if (value := getattr(given, name)) is not None:
            setattr(content, name, value)
    forgotten = _replace_people(row, written, given.people)
    _replace_bodies(row, given.bodies, actor=actor)
    if given.unsuitable is not None:
        _replace_unsuitable(row, given.unsuitable)
    content.version, content.saved_at = content.version + 1, timezone.now()
    content.save()
    verb, after = "projects.application.saved", {"part": part, "content_version": content.version}
    audit.record(actor=actor, verb=verb, subject=row, before=None, after=after)
    return forgotten


def _replace_people(
    application: Application, written: Written, given: Mapping[str, Sequence[PersonGiven]]
) -> tuple[str, ...]:
    """Put the rows of the fields anew; of an identity number only its digest and its mask are kept."""
    employers = bodies_exactly_named({one.employer for rows in given.values() for one in rows})
    forgotten: list[str] = []
    for name, rows in given.items():
        NamedPerson.objects.filter(application=application, field=name).delete()
        known = {row.position: row for row in written.people.get(name, ())}
        made = [
            NamedPerson(
                application=application,
                field=name,
                position=place,
                name=one.name,
                part=one.part,
                employer_id=employers.get(one.employer),
                employer_text=one.employer,
                **_identity(one, known.get(one.row or 0), forgotten),
            )
            for place, one in enumerate(rows, start=1)
        ]
        NamedPerson.objects.bulk_create(made)
    return tuple(forgotten)


def _identity(
    given: PersonGiven, before: NamedPerson | None, forgotten: list[str]
) -> dict[str, str]:
    """Keep a number only for the same name: on another one's row it would find false conflicts."""
    if given.identity:
        return {
            "identity_index": index_of(given.identity),
            "identity_hint": mask_identity_number(given.identity),
        }
    if before is None or not before.identity_index:
        return {}
    if folded(before.name) != folded(given.name):
        forgotten.append(given.name)
        return {}
    return {"identity_index": before.identity_index, "identity_hint": before.identity_hint}


def _replace_bodies(
    application: Application, given: Mapping[str, Sequence[BodyGiven]], *, actor: Actor
) -> None:
    chosen = {one.chosen for rows in given.values() for one in rows if one.chosen}
    visible = organisations_visible_to(actor)
    by_uid = dict(visible.filter(uid__in=chosen).values_list("uid", "pk"))
    texts = {one.text for rows in given.values() for one in rows}
    by_name = bodies_exactly_named(texts) | _sample_bodies(texts, actor=actor)
    for name, rows in given.items():
        NamedBody.objects.filter(application=application, field=name).delete()
        NamedBody.objects.bulk_create(
            NamedBody(
                application=application,
                field=name,
                position=place,
                text=one.text,
                organisation_id=by_uid.get(one.chosen) if one.chosen else by_name.get(one.text),
            )
            for place, one in enumerate(rows, start=1)
        )


def _sample_bodies(texts: Iterable[str], *, actor: Actor) -> dict[str, int]:
    """Match invented bodies for sample accounts, which the register leaves out otherwise."""
    if not getattr(actor, "is_demonstration", False):
        return {}
    rows = organisations_visible_to(actor).filter(name__in=list(texts))
    return dict(rows.values_list("name", "pk"))


def _replace_unsuitable(application: Application, given: Sequence[UnsuitableGiven]) -> None:
    UnsuitableExpert.objects.filter(application=application).delete()
    UnsuitableExpert.objects.bulk_create(
        UnsuitableExpert(
            application=application,
            position=place,
            name=one.name,
            employer_text=one.employer,
            reason=one.reason,
        )
        for place, one in enumerate(given, start=1)
    )
