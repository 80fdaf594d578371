"""Opening tasks, giving bodies their parts, and closing what is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.accounts.queries import works_in
from zhiqiao.apps.plan.choices import PartRole, Rhythm, Side, TaskKind, TaskState
from zhiqiao.apps.plan.models import SideView, Task, TaskPart
from zhiqiao.apps.plan.queries.tasks import parts_of_person
from zhiqiao.apps.plan.rules import (
    can_coordinate,
    can_decide_tasks,
    can_write_for,
    has_sides,
    is_in_force,
    is_open,
)
from zhiqiao.core import audit
from zhiqiao.core.access import ALLOWED, Actor, Verdict, obey, refused, require
from zhiqiao.core.errors import InputError, RefusedError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack
from zhiqiao.core.revisions import bump
from zhiqiao.packs import TaskDefinition

RECORDED = (
    "code",
    "kind",
    "title_zh",
    "title_en",
    "article",
    "due",
    "every",
    "targets",
    "duties",
    "mechanisms",
    "state",
)
# Raised first, so that two who take up the tasks at the same moment come one after the other.
TAKE_UP = "plan.tasks-taken-up"
PART_ASSIGNED = define_event("plan.part_assigned")
PART_RECORDED = ("organisation", "role", "side", "person", "starts_on", "ended_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What the bureau says of a matter that it opens."""

    kind: str
    title_zh: str
    title_en: str
    article: str
    due: date | None = None
    every: str = Rhythm.QUARTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who takes part, how, on which side, who is in charge and from when the body reports."""

    organisation: int
    role: str
    side: str = Side.CITY
    person: int | None = None
    starts_on: date


def provenance_for(actor: Actor) -> str:
    """Sample accounts work on demonstration tasks, everybody else on real ones."""
    is_sample = bool(getattr(actor, "is_demonstration", False))
    return Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED


@transaction.atomic
def take_up_tasks(*, actor: Actor, demonstration: bool = False) -> Mapping[str, int]:
    """Open the pack's tasks that are not there yet, and follow its words where they changed.

    Bodies, reports and states stay as they are: the pack says what is to be done, not how far it is.
    """
    require(can_coordinate(actor))
    bump(TAKE_UP)
    provenance = Provenance.DEMONSTRATION if demonstration else Provenance.PUBLIC_SOURCE
    known = {
        task.code: task
        for task in Task.objects.select_for_update().filter(
            is_from_pack=True, provenance=provenance
        )
    }
    counts = {"opened": 0, "changed": 0, "unchanged": 0}
    for definition in current_pack().tasks.values():
        task = known.get(definition.id)
        if task is None:
            task = Task(
                code=definition.id,
                is_from_pack=True,
                provenance=provenance,
                opened_at=timezone.now(),
                opened_by_id=_key(actor),
            )
        counts[_follow(task, definition, actor)] += 1
    return counts


def _follow(task: Task, definition: TaskDefinition, actor: Actor) -> str:
    before = audit.snapshot(task, RECORDED) if task.pk else None
    task.kind = definition.kind.value
    task.title_zh, task.title_en = definition.title.zh, definition.title.en
    task.article, task.due, task.every = definition.article, definition.due, definition.every.value
    task.targets, task.duties = list(definition.targets), list(definition.duties)
    task.mechanisms = list(definition.mechanisms)
    if before == audit.snapshot(task, RECORDED):
        return "unchanged"
    return _saved(task, actor, before)


def _saved(task: Task, actor: Actor, before: Mapping[str, object] | None) -> str:
    task.version += 1 if before else 0
    task.save()
    verb = "plan.task.changed" if before else "plan.task.opened"
    after = audit.snapshot(task, RECORDED)
    audit.record(actor=actor, verb=verb, subject=task, before=before, after=after)
    return "changed" if before else "opened"


@transaction.atomic
def open_matter(matter: Matter, *, actor: Actor) -> Task:
    """Open a matter that the pack does not name; its number counts within the year."""
    require(can_coordinate(actor))
    if matter.article not in current_pack().articles:
        raise InputError("plan.unknown-article", id=matter.article)
    now = timezone.now()
    provenance = provenance_for(actor)
    task = Task(
        code=_next_code(now.year, provenance),
        provenance=provenance,
        kind=matter.kind,
        title_zh=matter.title_zh.strip(),
        title_en=matter.title_en.strip() or matter.title_zh.strip(),
        article=matter.article,
        due=matter.due,
        every=matter.every,
        opened_at=now,
        opened_by_id=_key(actor),
    )
    _saved(task, actor, None)
    return task


def _next_code(year: int, provenance: str) -> str:
    """Count matters of the year; the counter orders two that are opened at the same moment."""
    sort = "sample" if provenance == Provenance.DEMONSTRATION else "real"
    return f"M{year}-{bump(f'plan.matters.{sort}.{year}'):04}"


@transaction.atomic
def assign_part(task: Task, given: Assignment, *, actor: Actor) -> TaskPart:
    """Give a body its part; from ``starts_on`` it has reports to write."""
    require(can_coordinate(actor))
    task = Task.objects.select_for_update().get(pk=task.pk)
    obey(is_open(task))
    part = TaskPart(
        task=task,
        organisation_id=given.organisation,
        role=given.role,
        side=given.side,
        person_id=given.person,
        assigned_by_id=_key(actor),
        assigned_at=timezone.now(),
        starts_on=given.starts_on,
    )
    obey(_fits(part))
    part.save()
    _record_part(part, "plan.part.assigned", actor=actor, before=None)
    emit(PART_ASSIGNED, subject=part, actor=actor)
    return part


def _fits(part: TaskPart) -> Verdict:
    if part.task.kind == TaskKind.CITY and part.side != Side.CITY:
        return refused("plan.side-of-a-matter")
    if _is_sample(part.organisation.provenance) != _is_sample(part.task.provenance):
        return refused("plan.body-of-other-data", body=part.organisation.name)
    others = part.task.parts.filter(ended_at=None).select_related("organisation")
    clashes = (verdict for other in others if not (verdict := _beside(part, other)))
    clash = next(clashes, None)
    return _person_fits(part) if clash is None else clash


def _beside(part: TaskPart, other: TaskPart) -> Verdict:
    if other.organisation_id == part.organisation_id:
        return refused("plan.body-has-part", body=other.organisation.name)
    if other.side == part.side and other.role == part.role == PartRole.LEAD:
        return refused("plan.side-has-lead", body=other.organisation.name)
    return ALLOWED


def _is_sample(provenance: str) -> bool:
    return provenance == Provenance.DEMONSTRATION


def _person_fits(part: TaskPart) -> Verdict:
    if part.person is None or works_in(part.person, part.organisation_id):
        return ALLOWED
    return refused(
        "plan.person-of-another-body", person=part.person.name, body=part.organisation.name
    )


@transaction.atomic
def put_in_charge(part: TaskPart, *, person: int | None, actor: Actor) -> TaskPart:
    require(can_coordinate(actor))
    part = locked(part)
    obey(is_in_force(part))
    before = audit.snapshot(part, PART_RECORDED)
    part.person_id = person
    obey(_person_fits(part))
    part.save(update_fields=["person"])
    _record_part(part, "plan.part.person_changed", actor=actor, before=before)
    return part


@transaction.atomic
def pass_parts_on(
    person: AbstractBaseUser, successors: Mapping[int, AbstractBaseUser], *, actor: Actor
) -> None:
    """Put the successor of each body in charge of what the person leaves; reports stay as they are.

    Who may close the account has judged; the bodies are told as of any assignment.
    """
    for part in parts_of_person(person):
        held = locked(part)
        before = audit.snapshot(held, PART_RECORDED)
        held.person_id = successors[held.organisation_id].pk
        obey(_person_fits(held))
        held.save(update_fields=["person"])
        _record_part(held, "plan.part.person_changed", actor=actor, before=before)
        emit(PART_ASSIGNED, subject=held, actor=actor)


@transaction.atomic
def end_part(part: TaskPart, *, actor: Actor, reason: str) -> TaskPart:
    """End a body's part; its reports stay, drafts too, and what was handed in is still reviewed."""
    require(can_coordinate(actor))
    part = locked(part)
    obey(is_in_force(part))
    before = audit.snapshot(part, PART_RECORDED)
    part.ended_at = timezone.now()
    part.save(update_fields=["ended_at"])
    _record_part(part, "plan.part.ended", actor=actor, before=before, reason=written(reason))
    return part


@transaction.atomic
def close_task(task: Task, *, done: bool, actor: Actor, reason: str) -> Task:
    """Close a task as done or dropped; nothing of it is deleted."""
    require(can_decide_tasks(actor))
    task = Task.objects.select_for_update().get(pk=task.pk)
    obey(is_open(task))
    before = audit.snapshot(task, RECORDED)
    task.state = TaskState.DONE if done else TaskState.DROPPED
    task.closed_at = timezone.now()
    task.version += 1
    task.save(update_fields=["state", "closed_at", "version"])
    audit.record(
        actor=actor,
        verb="plan.task.closed",
        subject=task,
        before=before,
        after=audit.snapshot(task, RECORDED),
        reason=written(reason),
    )
    return task


@transaction.atomic
def write_view(part: TaskPart, *, text: str, actor: Actor) -> SideView:
    """Write how the body's side sees a matter; earlier views stay beside it."""
    require(can_write_for(actor, part))
    if not isinstance(actor, AbstractBaseUser):
        raise RefusedError("plan.part-not-yours", body=part.organisation.name)
    part = locked(part)
    obey(is_in_force(part))
    obey(has_sides(part.task))
    view = SideView.objects.create(
        task=part.task,
        side=part.side,
        text=written(text),
        written_by_id=actor.pk,
        organisation_id=part.organisation_id,
        written_at=timezone.now(),
    )
    after = {"side": view.side, "text": view.text}
    audit.record(actor=actor, verb="plan.view.written", subject=part.task, before=None, after=after)
    return view


def locked(part: TaskPart) -> TaskPart:
    """Read a part again and hold it and its task until the transaction ends."""
    rows = TaskPart.objects.select_related("task", "organisation").select_for_update(
        of=("self", "task")
    )
    return rows.get(pk=part.pk)


def written(text: str) -> str:
    """Refuse an empty text; who reads the record later needs the words."""
    words = text.strip()
    if not words:
        raise InputError("plan.text-needed")
    return words


def _key(actor: Actor) -> int | None:
    return int(actor.pk) if isinstance(actor, AbstractBaseUser) else None


def _record_part(
    part: TaskPart,
    verb: str,
    *,
    actor: Actor,
    before: Mapping[str, object] | None,
    reason: str = "",
) -> None:
    after = {**audit.snapshot(part, PART_RECORDED), "body": part.organisation.name}
    audit.record(
        actor=actor, verb=verb, subject=part.task, before=before, after=after, reason=reason
    )
