"""Beginning an application: empty, or with what another one of the same applicant says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.moves import locked_application, record_move
from zhiqiao.apps.projects.models import Application, Call, Content, NamedBody, NamedPerson
from zhiqiao.apps.projects.queries import (
    budget_years,
    closes_at,
    recommenders_for,
    written_of,
)
from zhiqiao.apps.projects.queries.written import AMOUNTS, Written
from zhiqiao.apps.projects.rules import can_apply_for, can_write, is_open_at, is_published
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import spoken
from zhiqiao.core.search import searchable_fields
from zhiqiao.packs import ConditionKind, FieldKind, Lifecycle, Phase, Whose

OF_PERSON = (
    "field", "position", "name", "part", "employer_id", "employer_text", "identity_index",
    "identity_hint",
)  # fmt: skip
OF_BODY = ("field", "position", "text", "organisation_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is said when an application is begun; ``nevertheless`` is a second one, knowingly."""

    title: str
    recommender: int | None = None
    nevertheless: bool = False


@dataclass(frozen=True, slots=True)
class Copied:
    """A new draft with what another application said, and what found no place in it."""

    application: Application
    lost: tuple[str, ...] = field(default=())


@transaction.atomic
def begin_application(call: Call, applicant: int, given: Begun, *, actor: Actor) -> Application:
    """Begin a draft for a body in an open call; calls begin one at a time, so that none slips in twice."""
    require(can_apply_for(actor, applicant))
    call = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    body = organisations_visible_to(actor).filter(pk=applicant).first()
    if body is None:
        raise MissingError("projects.missing")
    _refuse_mixed(call, actor)
    obey(is_published(call))
    obey(is_open_at(call, closes_at=closes_at(call, applicant), now=timezone.now()))
    _refuse_kind(call.rules.lifecycle, body.kind, body.get_kind_display())
    _refuse_twice(call, body.pk, body.kind, given)
    flow, title = call.rules.flow, _titled(given.title)
    made = Application(
        call=call,
        applicant=body,
        recommender_id=_recommender(call, applicant, given.recommender, actor=actor),
        area=body.region,
        title=title,
        state=flow.start,
        phase=flow.states[flow.start].phase,
        entered_on=today(),
        begun_by_id=getattr(actor, "pk", None),
        begun_at=timezone.now(),
        **searchable_fields(name=title, other_names=[body.name]),
    )
    _save_once(made)
    Content.objects.create(application=made, saved_at=timezone.now())
    record_move(made, "begun", actor=actor, before=None)
    return made


@transaction.atomic
def copy_application(source: Application, call: Call, given: Begun, *, actor: Actor) -> Copied:
    """Begin a draft with what another application of the same applicant says.

    People and bodies come along, files and declarations do not: they are of their own year.
    """
    require(can_apply_for(actor, source.applicant_id))
    old = written_of(source)
    made = begin_application(call, source.applicant_id, given, actor=actor)
    made.copied_from = source
    made.save(update_fields=["copied_from"])
    lifecycle = call.rules.lifecycle
    content, lost = Content.objects.get(application=made), list[str]()
    content.answers = _kept_answers(old, lifecycle, lost)
    content.budget = _moved_budget(old, call, lost)
    for name, number in old.content.indicators.items():
        if name in lifecycle.indicators:
            content.indicators[name] = number
        elif number:
            lost.append(_old_title(old.lifecycle.indicators, name))
    content.save()
    _copy_rows(old, made, lost)
    return Copied(made, tuple(lost))


@transaction.atomic
def change_head(
    application: Application, given: Begun, *, actor: Actor, version: int
) -> Application:
    """Change title or recommending body of a draft."""
    require(can_write(actor, application))
    row = locked_application(application)
    refuse_closed(row)
    if row.version != version:
        raise RuleError("projects.part-changed")
    row.title = _titled(given.title)
    row.recommender_id = _recommender(row.call, row.applicant_id, given.recommender, actor=actor)
    row.version += 1
    for name, words in searchable_fields(name=row.title, other_names=[row.applicant.name]).items():
        setattr(row, name, words)
    _save_once(row)
    record_move(row, "head_changed", actor=actor, before={"title": application.title})
    return row


def refuse_closed(application: Application) -> None:
    """Refuse to change what was handed in."""
    if application.phase != Phase.DRAFTING:
        state = application.call.rules.flow.states[application.state].title
        raise RuleError("projects.not-a-draft", state=spoken(state))


def _titled(title: str) -> str:
    words = " ".join(title.split())
    if not words:
        raise InputError("projects.title-missing")
    return words


def _refuse_mixed(call: Call, actor: Actor) -> None:
    """Keep sample accounts and real calls apart, both ways."""
    is_sample = bool(getattr(actor, "is_demonstration", False))
    if actor is not None and is_sample != (call.provenance == Provenance.DEMONSTRATION):
        raise RuleError("projects.sample-apart")


def _refuse_kind(lifecycle: Lifecycle, kind: str, told: str) -> None:
    if lifecycle.applicants and kind not in lifecycle.applicants:
        raise RuleError("projects.kind-may-not-apply", kind=told)


def _refuse_twice(call: Call, applicant: int, kind: str, given: Begun) -> None:
    """Refuse the same title; a further application is begun only knowingly, and where no rule stops it."""
    rows = Application.objects.filter(call=call, applicant=applicant)
    titles = list(rows.exclude(phase=Phase.WITHDRAWN).values_list("title", flat=True))
    title = _titled(given.title)
    if title in titles:
        raise RuleError("projects.applied-already", title=title)
    for condition in call.rules.lifecycle.conditions_for(kind).values():
        is_most = condition.kind is ConditionKind.MOST_PER_APPLICANT
        most = int(condition.number or 0)
        if not is_most or condition.of is not Whose.APPLICANT or len(titles) < most:
            continue
        if condition.stops:
            raise RuleError("projects.enough-applied", number=len(titles), most=most)
        if not given.nevertheless:
            raise RuleError("projects.applied-once", number=len(titles), most=most)


def _recommender(call: Call, applicant: int, chosen: int | None, *, actor: Actor) -> int | None:
    """Take the one that follows from the lifecycle and the region, or the chosen one of the possible."""
    possible = [body.key for body in recommenders_for(actor, call, applicant)]
    if len(possible) == 1:
        return possible[0]
    return chosen if chosen in possible else None


def _save_once(row: Application) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise RuleError("projects.applied-already", title=row.title) from error


def _kept_answers(old: Written, lifecycle: Lifecycle, lost: list[str]) -> dict[str, str]:
    kept = {}
    for name, text in old.content.answers.items():
        before, now = old.lifecycle.fields.get(name), lifecycle.fields.get(name)
        is_same = before is not None and now is not None and now.kind is before.kind
        if is_same and now is not None and (not now.options or text in now.options):
            kept[name] = text
        elif text:
            lost.append(_old_title(old.lifecycle.fields, name))
    return kept


def _moved_budget(old: Written, call: Call, lost: list[str]) -> dict[str, object]:
    """Move the amounts to the years of the new call, the first year to the first."""
    wanted = call.rules.lifecycle.budget
    if wanted is None:
        lost += [side for side in AMOUNTS if old.content.budget.get(side)]
        return {}
    years = dict(zip(budget_years(old.application.call), budget_years(call), strict=False))
    moved: dict[str, object] = {}
    for side in AMOUNTS:
        rows = old.content.budget.get(side, {})
        known = getattr(wanted, side)
        before = getattr(old.lifecycle.budget, side, {})
        lost += [spoken(before[name]) for name in rows if name not in known and name in before]
        moved[side] = {name: _moved(row, years) for name, row in rows.items() if name in known}
    return moved


def _moved(row: Mapping[str, str], years: Mapping[str, str]) -> dict[str, str]:
    return {years[year]: amount for year, amount in row.items() if year in years}


def _old_title(entries: Mapping[str, object], name: str) -> str:
    found = entries.get(name)
    title = getattr(found, "title", None)
    return spoken(title) if title is not None else name


def _copy_rows(old: Written, made: Application, lost: list[str]) -> None:
    people = _rows_to_copy(old, made, FieldKind.PEOPLE, lost)
    NamedPerson.objects.bulk_create(
        NamedPerson(application=made, **{name: getattr(row, name) for name in OF_PERSON})
        for row in people
    )
    bodies = _rows_to_copy(old, made, FieldKind.BODIES, lost)
    NamedBody.objects.bulk_create(
        NamedBody(application=made, **{name: getattr(row, name) for name in OF_BODY})
        for row in bodies
    )


def _rows_to_copy(
    old: Written, made: Application, kind: FieldKind, lost: list[str]
) -> list[NamedPerson | NamedBody]:
    fields, found = made.call.rules.lifecycle.fields, list[NamedPerson | NamedBody]()
    named: Mapping[str, Sequence[NamedPerson | NamedBody]] = (
        old.people if kind is FieldKind.PEOPLE else old.bodies
    )
    for name, rows in named.items():
        if name in fields and fields[name].kind is kind:
            found += rows
        else:
            lost.append(_old_title(old.lifecycle.fields, name))
    return found
