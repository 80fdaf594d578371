"""The queue of decisions, derived from the pack's predicates and the rows; nothing is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _

from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.projects.queries.predicates import Question, questions, waiting_for
from zhiqiao.apps.projects.queries.recognitions import real_recognitions_in
from zhiqiao.apps.projects.rules import can_keep_register
from zhiqiao.core.access import Actor
from zhiqiao.core.policy import current_pack, spoken
from zhiqiao.packs import RecognitionKind, Target, Text


@dataclass(frozen=True, slots=True)
class PendingDecision:
    """One row, one missing answer and the targets that the answer may move."""

    recognition: Recognition
    kind: RecognitionKind
    property: str
    question: Text | None
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class PendingFilter:
    """What a clerk looks for in the queue; an empty word does not restrict."""

    property: str = ""
    target: str = ""
    kind: str = ""


EVERYTHING = PendingFilter()


def recognitions_waiting(
    user: Actor, *, wanted: PendingFilter = EVERYTHING
) -> QuerySet[Recognition]:
    """Return the rows of the plan's area that wait, each marked with the properties it waits for.

    A person who may not decide sees an empty queue.
    """
    return rows_that_wait(wanted) if can_keep_register(user) else Recognition.objects.none()


def rows_that_wait(wanted: PendingFilter = EVERYTHING) -> QuerySet[Recognition]:
    """Return what waits, to be counted: how much waits is public, like the figures it holds up."""
    asked = _questions_wanted(wanted)
    rows = real_recognitions_in(current_pack().area)
    condition = Q(pk__in=())
    marks: dict[str, ExpressionWrapper[Q]] = {}
    for place, question in enumerate(asked):
        waiting = waiting_for(question)
        condition |= waiting
        marks[f"waits_{place}"] = ExpressionWrapper(waiting, output_field=BooleanField())
    if wanted.kind:
        condition &= Q(kind=wanted.kind)
    return rows.filter(condition).annotate(**marks).order_by("kind", "name_key", "id")


def decisions_of(
    rows: Iterable[Recognition], *, wanted: PendingFilter = EVERYTHING
) -> list[PendingDecision]:
    """Spread rows of `recognitions_waiting` into one decision for each missing answer."""
    asked = _questions_wanted(wanted)
    kinds = current_pack().kinds
    return [
        PendingDecision(
            recognition=row,
            kind=kinds[row.kind],
            property=question.name,
            question=question.text,
            targets=question.targets_moved_by(row.kind),
        )
        for row in rows
        for place, question in enumerate(asked)
        if getattr(row, f"waits_{place}")
    ]


def pending_table(
    rows: QuerySet[Recognition], wanted: PendingFilter
) -> tuple[list[str], Iterator[tuple[object, ...]]]:
    """Return the queue as a file holds it, a line for each missing answer."""
    columns = [_("Kind of item"), _("Item"), _("Holder"), _("What is asked"), _("May move")]
    return columns, (
        (
            spoken(one.kind.title),
            one.recognition.shown_name,
            one.recognition.holder_text,
            spoken(one.question) if one.question else _("Level not stated"),
            " ".join(target.id for target in one.targets),
        )
        for row in rows.iterator(chunk_size=2_000)
        for one in decisions_of([row], wanted=wanted)
    )


def pending_decisions_visible_to(
    user: Actor, *, wanted: PendingFilter = EVERYTHING
) -> list[PendingDecision]:
    rows = recognitions_waiting(user, wanted=wanted).select_related("holder", "area")
    return decisions_of(rows, wanted=wanted)


def pending_count_visible_to(user: Actor) -> int:
    """Return how many rows wait; a row that waits for two answers counts once."""
    return recognitions_waiting(user).count()


def pending_decisions_about(recognition: Recognition, user: Actor) -> list[PendingDecision]:
    return decisions_of(recognitions_waiting(user).filter(pk=recognition.pk))


def _questions_wanted(wanted: PendingFilter) -> tuple[Question, ...]:
    narrowed = (
        question.narrowed(target=wanted.target, kind=wanted.kind)
        for question in questions().values()
        if wanted.property in ("", question.name)
    )
    return tuple(question for question in narrowed if question.measures)
