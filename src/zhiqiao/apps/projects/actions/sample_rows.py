"""What invented people wrote, stored at once; refused for a call of real applicants."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import numpy as np
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.accounts.actions import Person, open_own_account
from zhiqiao.apps.people.actions import NewPerson, connect_account
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.engine_io import samples
from zhiqiao.apps.projects.models import (
    Application,
    Call,
    CheckAnswer,
    Content,
    NamedPerson,
    Review,
    Standing,
    Step,
)
from zhiqiao.apps.projects.queries import digest_of, written_of
from zhiqiao.apps.projects.rules.reviews import total_of
from zhiqiao.core.access import obey, refused
from zhiqiao.core.blind_index import index_of
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.identifiers import mask_identity_number
from zhiqiao.core.search import searchable_fields
from zhiqiao.packs import ConditionKind, Party, Phase

HANDED_IN = timedelta(days=46)
SECONDS = 1_500


@transaction.atomic
def enter_sample_applications(
    call: Call, drawn: Sequence[samples.SampleApplication], schools: Sequence[int]
) -> dict[int, float]:
    """Store invented applications as handed in; returns how good each is meant to be."""
    _require_sample(call)
    at = timezone.now() - HANDED_IN
    made = [
        Application(
            call=call, applicant_id=schools[one.school], title=one.title, state="checking",
            phase=Phase.CHECKING, entered_on=today(), begun_at=at, handed_in_at=at,
            number=f"{call.year}-{place:05d}", **searchable_fields(name=one.title),
        )
        for place, one in enumerate(drawn, start=1)
    ]  # fmt: skip
    Application.objects.bulk_create(made)
    pairs = list(zip(made, drawn, strict=True))
    conditions = call.rules.lifecycle.conditions.items()
    declared = {name: True for name, one in conditions if one.kind is ConditionKind.DECLARED}
    Content.objects.bulk_create(
        Content(application=row, answers=one.answers, declared=declared, saved_at=at)
        for row, one in pairs
    )
    NamedPerson.objects.bulk_create(
        _named(row, place, person) for row, one in pairs for place, person in enumerate(one.people)
    )
    Standing.objects.bulk_create(Standing(application=row) for row in made)
    Step.objects.bulk_create(_sealed(row) for row in made)
    return {row.pk: one.quality for row, one in pairs}


@transaction.atomic
def pass_sample_checks(call: Call, rows: Iterable[Application], *, by: AbstractBaseUser) -> None:
    _require_sample(call)
    now = timezone.now()
    CheckAnswer.objects.bulk_create(
        CheckAnswer(
            application=row, check_id=name, passed=True, answered_by_id=by.pk, answered_at=now
        )
        for row in rows
        for name in call.rules.lifecycle.checks
    )


@transaction.atomic
def enter_sample_reviews(
    call: Call, quality: Mapping[int, float], rng: np.random.Generator, *, leaving: Review
) -> int:
    """Hand in every review but one that was asked for, with marks around what the work is worth."""
    _require_sample(call)
    sheet = call.rules.lifecycle.sheet
    if sheet is None:
        return 0
    asked = Review.objects.filter(application__call=call, state=ReviewState.ASKED)
    rows = list(asked.exclude(pk=leaving.pk))
    there = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN).count()
    now = timezone.now()
    for place, row in enumerate(rows, start=there):
        worth = quality[row.application_id] + samples.severity_of(row.expert_id)
        marks = samples.sample_marks(list(sheet.criteria), worth, rng)
        row.marks = {name: str(mark) for name, mark in marks.items()}
        row.eliminated = dict.fromkeys(sheet.eliminating, False)
        row.words = samples.opinion(place)
        row.total = total_of(sheet, {name: Decimal(mark) for name, mark in marks.items()})
        row.state = ReviewState.HANDED_IN
        row.accepted_at = row.opened_at = row.handed_in_at = now
        row.seconds_read = int(rng.integers(SECONDS // 5, SECONDS))
    return Review.objects.bulk_update(
        rows,
        [
            "marks", "eliminated", "words", "total", "state", "accepted_at", "opened_at",
            "handed_in_at", "seconds_read",
        ],
        batch_size=500,
    )  # fmt: skip


@transaction.atomic
def end_sample_notices(call: Call, rows: Iterable[Application]) -> None:
    """Let the days of the public notice pass."""
    _require_sample(call)
    keys = [row.pk for row in rows]
    ended = today() - timedelta(days=1)
    Application.objects.filter(pk__in=keys).update(publicity_until=ended)


def account_of_expert(review: Review, password: str) -> AbstractBaseUser:
    """Open an account for the invented expert of a review."""
    _require_sample(review.application.call)
    person = review.expert.person
    if person.account is not None:
        return person.account
    wanted = Person(login=f"expert-{review.expert_id}", name=person.name)
    account = open_own_account(wanted, password=password, demonstration=True)
    connect_account(person, account.pk, actor=None)
    return account


def new_person(person: samples.SamplePerson) -> NewPerson:
    return NewPerson(
        name=person.name,
        identity_number=person.identity_number,
        provenance=Provenance.DEMONSTRATION,
    )


def _named(row: Application, place: int, person: samples.SamplePerson) -> NamedPerson:
    """Name the first person as the leader of the course and the others as its members."""
    return NamedPerson(
        application=row,
        field="members" if place else "leader",
        position=max(place, 1),
        name=person.name,
        employer_id=row.applicant_id,
        identity_index=index_of(person.identity_number),
        identity_hint=mask_identity_number(person.identity_number),
    )


def _sealed(row: Application) -> Step:
    digest = digest_of(written_of(row))
    Content.objects.filter(application=row).update(digest=digest)
    return Step(
        application=row,
        move="hand-in-directly",
        from_state="draft",
        to_state="checking",
        party=Party.APPLICANT,
        digest=digest,
        asked_at=row.begun_at,
        ended_at=row.handed_in_at,
        is_taken=True,
    )


def _require_sample(call: Call) -> None:
    if call.provenance != Provenance.DEMONSTRATION:
        obey(refused("projects.not-a-sample"))
