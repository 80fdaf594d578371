"""Asking experts one by one, giving more time, ending reviews, and looking behind the letters."""

from collections.abc import Iterable, Iterator
from datetime import date
from string import ascii_uppercase

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.people.choices import ExpertState
from zhiqiao.apps.people.queries import ExpertFacts, expert_facts
from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.conflicts import AUDITED_REVIEW
from zhiqiao.apps.projects.actions.phases import on_leaving
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Application, Review, Step
from zhiqiao.apps.projects.queries.conflicts import conflict_between
from zhiqiao.apps.projects.queries.reviews import loads_in
from zhiqiao.apps.projects.rules import can_run_calls, is_under_review, reviews_wanted, stands_as
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import ExpertReview, Phase

ASKED = define_event("projects.review_asked")
LETTERS = (
    *ascii_uppercase,
    *(first + second for first in ascii_uppercase for second in ascii_uppercase),
)


@transaction.atomic
def ask_expert(application: Application, expert: int, *, actor: Actor) -> Review:
    """Ask one expert now; conflicts, load and state are judged here, whatever a page offered."""
    require(can_run_calls(actor))
    row = locked_application(application)
    obey(is_under_review(row))
    rule = review_rule(row)
    _has_time(row, allow_expert(row, expert, day=today()), rule)
    review = Review.objects.create(
        application=row,
        expert_id=expert,
        letter=next(free_letters(row)),
        is_third=is_extra(row, rule),
        reason={"by": "hand"},
        due_on=add_working_days(today(), rule.within).day,
        asked_at=timezone.now(),
    )
    record_review(review, "asked", actor=actor, before=None)
    emit(ASKED, subject=review, actor=actor)
    return review


@transaction.atomic
def take_out(review: Review, *, actor: Actor) -> None:
    """Take a proposed expert out again; nobody was told."""
    require(can_run_calls(actor))
    row = Review.objects.select_for_update().get(pk=review.pk)
    obey(stands_as(row, ReviewState.PROPOSED))
    before = audit.snapshot(row, AUDITED_REVIEW)
    verb = "projects.review.taken_out"
    audit.record(actor=actor, verb=verb, subject=row, before=before, after=None)
    row.delete()


@transaction.atomic
def put_off_review(review: Review, *, due_on: date, reason: str, actor: Actor) -> Review:
    require(can_run_calls(actor))
    row = Review.objects.select_for_update().get(pk=review.pk)
    obey(stands_as(row, ReviewState.ASKED, ReviewState.ACCEPTED))
    before = audit.snapshot(row, AUDITED_REVIEW)
    row.due_on = due_on
    row.save(update_fields=["due_on"])
    record_review(row, "put_off", actor=actor, before=before, reason=worded(reason))
    return row


@transaction.atomic
def end_review(review: Review, *, reason: str, actor: Actor) -> Review:
    """End a review that does not come; another expert can be asked in its place."""
    require(can_run_calls(actor))
    row = Review.objects.select_for_update().get(pk=review.pk)
    obey(stands_as(row, ReviewState.ASKED, ReviewState.ACCEPTED))
    before = audit.snapshot(row, AUDITED_REVIEW)
    row.state, row.version = ReviewState.ENDED, row.version + 1
    row.save(update_fields=["state", "version"])
    record_review(row, "ended", actor=actor, before=before, reason=worded(reason))
    return row


@transaction.atomic
def unmask_reviewers(application: Application, *, reason: str, actor: Actor) -> dict[str, str]:
    """Open who stands behind each letter, for a person of the bureau who says why."""
    require(can_run_calls(actor))
    words = worded(reason)
    rows = Review.objects.filter(application=application).order_by("letter")
    names = dict(rows.values_list("letter", "expert__person__name"))
    verb, after = "projects.review.unmasked", {"letters": sorted(names)}
    audit.record(
        actor=actor, verb=verb, subject=application, before=None, after=after, reason=words
    )
    return names


@transaction.atomic
def show_names(review: Review, *, reason: str, actor: Actor) -> Review:
    """Let a blind reviewer know who applies, from now on, with the reason."""
    require(can_run_calls(actor))
    row = Review.objects.select_for_update().get(pk=review.pk)
    obey(stands_as(row, ReviewState.ASKED, ReviewState.ACCEPTED))
    before = audit.snapshot(row, AUDITED_REVIEW)
    row.names_shown_at = timezone.now()
    row.save(update_fields=["names_shown_at"])
    record_review(row, "names_shown", actor=actor, before=before, reason=worded(reason))
    return row


@on_leaving(Phase.REVIEWING)
def end_what_is_open(application: Application, step: Step, actor: Actor) -> None:
    """End reviews that nobody waits for any more, and forget proposals."""
    rows = Review.objects.select_for_update().filter(application=application)
    rows.filter(state=ReviewState.PROPOSED).delete()
    for row in rows.filter(state__in=[ReviewState.ASKED, ReviewState.ACCEPTED]):
        before = audit.snapshot(row, AUDITED_REVIEW)
        row.state, row.version = ReviewState.ENDED, row.version + 1
        row.save(update_fields=["state", "version"])
        record_review(row, "ended", actor=actor, before=before, reason=step.reason, move=step.move)


def review_rule(application: Application) -> ExpertReview:
    rule = application.call.rules.lifecycle.review
    if rule is None:
        raise RuleError("projects.no-expert-review")
    return rule


def free_letters(application: Application) -> Iterator[str]:
    return free_letters_of([application.pk])[application.pk]


def free_letters_of(applications: Iterable[int]) -> dict[int, Iterator[str]]:
    """Return the letters that nobody bears yet, of each application in their order."""
    held: dict[int, set[str]] = {key: set() for key in applications}
    rows = Review.objects.filter(application__in=list(held)).order_by()
    for key, letter in rows.values_list("application", "letter"):
        held[key].add(letter)
    return {
        key: iter([letter for letter in LETTERS if letter not in taken])
        for key, taken in held.items()
    }


def record_review(
    review: Review,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
    move: str = "",
) -> None:
    after = audit.snapshot(review, AUDITED_REVIEW) | ({"move": move} if move else {})
    verb = f"projects.review.{verb}"
    audit.record(actor=actor, verb=verb, subject=review, before=before, after=after, reason=reason)


def allow_expert(application: Application, expert: int, *, day: date) -> ExpertFacts:
    """Refuse who is not active, was asked already or is in conflict; load is another question."""
    facts = expert_facts(provenance=application.call.provenance, keys=[expert])
    if not facts:
        raise MissingError("people.no-expert")
    if facts[0].state != ExpertState.ACTIVE:
        raise RuleError("projects.expert-not-active")
    if Review.objects.filter(application=application, expert=expert).exists():
        raise RuleError("projects.expert-asked-already")
    found = conflict_between(application, expert, day=day)
    if found is not None:
        raise RuleError("projects.expert-in-conflict", kind=found.kind.label)
    return facts[0]


def _has_time(application: Application, one: ExpertFacts, rule: ExpertReview) -> None:
    load = loads_in(application.call, [one.key]).get(one.key, 0)
    most = min(one.most_reviews, rule.most_per_expert)
    if load >= most:
        raise RuleError("projects.expert-full", load=load, most=most)


def is_extra(application: Application, rule: ExpertReview) -> bool:
    rows = Review.objects.filter(application=application, state=ReviewState.HANDED_IN)
    totals: Iterable[int | None] = rows.values_list("total", flat=True)
    return reviews_wanted(application, [total or 0 for total in totals]) > rule.reviews


def locked_application(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("call")
    return rows.get(pk=application.pk)
