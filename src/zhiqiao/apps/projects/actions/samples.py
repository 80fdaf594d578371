"""The demonstration call: online courses of invented schools, taken from the announcement to service.

What people write is stored at once (``sample_rows``), and only where the call is a demonstration;
everything that decides (assignment, scores, proposals, moves, objections) goes the way of the same
verbs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhiqiao.apps.people.actions import ExpertGiven, register_expert
from zhiqiao.apps.projects.actions.accepting import issue_warning
from zhiqiao.apps.projects.actions.calls import CallGiven, prepare_call, publish_call, set_quotas
from zhiqiao.apps.projects.actions.draws import confirm_draw, fill_draw, start_draw
from zhiqiao.apps.projects.actions.moves import move_many, sign_many, sign_move, take_move
from zhiqiao.apps.projects.actions.objections import answer_objection, object_to
from zhiqiao.apps.projects.actions.proposing import propose_by_rank
from zhiqiao.apps.projects.actions.reviewing import refuse_review
from zhiqiao.apps.projects.actions.sample_rows import (
    account_of_expert,
    end_sample_notices,
    enter_sample_applications,
    enter_sample_reviews,
    new_person,
    pass_sample_checks,
)
from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.choices import Advice, ReviewState
from zhiqiao.apps.projects.engine_io import samples
from zhiqiao.apps.projects.models import Application, Call, Review
from zhiqiao.apps.projects.queries.reviews import reviews_missing
from zhiqiao.apps.registry.actions import NewOrganisation, create_organisation
from zhiqiao.apps.registry.queries import region_by_name
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.jobs import Progress
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import Phase

KIND, LEVEL, YEAR, EXPERTS, SCHOOLS = "online-course", "national", 2026, 150, 39
RECOGNISED_SHARE, FAILED, RETURNED, ON_NOTICE, REFUSING = 4, 5, 2, 3, 4
STAGES = 10
ROUNDS = 4


@dataclass(frozen=True)
class CallPlayers:
    """Who acts: clerk and lead of the sample bureau, the sample school and the sample district."""

    clerk: AbstractBaseUser
    lead: AbstractBaseUser
    school: int
    district: int


def play_sample_call(
    size: int, *, players: CallPlayers, data: Path, password: str, progress: Progress
) -> AbstractBaseUser | None:
    """Make the demonstration call unless it is there.

    Returns the account of an expert who still has something to read; nothing when the call was there.
    """
    if Call.objects.filter(kind=KIND, provenance=Provenance.DEMONSTRATION).exists():
        return None
    progress.begin(STAGES)
    with transaction.atomic():
        return _Play(size, players, data, progress).through(password)


class _Play:
    """One performance; its parts come in the order of the lifecycle."""

    def __init__(self, size: int, players: CallPlayers, data: Path, progress: Progress) -> None:
        self.size, self.players, self.progress = size, players, progress
        self.majors = samples.majors_of(data / "vet_majors.csv")
        self.rng = np.random.default_rng(samples.SEED + 2)

    def through(self, password: str) -> AbstractBaseUser:
        schools = self._schools()
        experts = self._experts([name for _key, name in schools])
        self.call = self._call()
        self._write(schools, experts)
        self._check()
        reader = self._review(password)
        self._decide()
        self._object()
        self._recognise()
        return reader

    def _schools(self) -> list[tuple[int, str]]:
        found, area = [], region_by_name(current_pack().area)
        for name in samples.body_names("higher-vocational", SCHOOLS):
            new = NewOrganisation(
                name=name,
                kind="higher-vocational",
                region=area,
                provenance=Provenance.DEMONSTRATION,
            )
            found.append((create_organisation(new, actor=None).pk, name))
        self.progress.advance()
        return found

    def _experts(self, names: list[str]) -> list[samples.SampleExpert]:
        classes = sorted({code[:4] for code, _name in self.majors})
        drawn = samples.sample_experts(min(EXPERTS, 12 + self.size), names, classes)
        for one in drawn:
            given = ExpertGiven(
                category=one.category, employer_text=one.employer, fields=one.fields
            )
            register_expert(new_person(one.person), given, actor=self.players.clerk)
        self.progress.advance()
        return drawn

    def _call(self) -> Call:
        now = timezone.now()
        given = CallGiven(
            kind=KIND, level=LEVEL, year=YEAR, batch="1",
            title_zh=samples.words("call")[0][0], title_en=samples.words("call")[0][1],
            text_zh=samples.words("call-text")[0][0], text_en=samples.words("call-text")[0][1],
            opens_at=now - timedelta(days=75), closes_at=now - timedelta(days=45),
            places=max(2, self.size // RECOGNISED_SHARE),
        )  # fmt: skip
        call = prepare_call(given, actor=self.players.clerk, demonstration=True)
        set_quotas(call, {self.players.district: self.size}, actor=self.players.clerk)
        call = publish_call(call, actor=self.players.clerk)
        self.progress.advance()
        return call

    def _write(self, schools: list[tuple[int, str]], experts: list[samples.SampleExpert]) -> None:
        keys = [self.players.school, *(key for key, _name in schools)]
        drawn = list(samples.sample_applications(self.size, len(keys), self.majors, experts))
        self.quality = enter_sample_applications(self.call, drawn, keys)
        self.progress.advance()

    def _check(self) -> None:
        """Answer the check of form; some fail, some go back, the rest is read by experts."""
        clerk, lead = self.players.clerk, self.players.lead
        rows = list(self._at(Phase.CHECKING))
        failing, returned, fit = _parted(rows, self.size)
        pass_sample_checks(self.call, fit, by=clerk)
        self._move("pass-check", fit)
        for row in failing:
            take_move(row, "fail-check", actor=clerk, reason=samples.said("check-failed"))
            sign_move(row, actor=lead)
        for row in returned:
            take_move(row, "return", actor=clerk, reason=samples.said("returned"))
        self.progress.advance()

    def _review(self, password: str) -> AbstractBaseUser:
        """Assign, let some refuse, assign again, and hand in what was read.

        Where the marks lie far apart one more is asked; one review is left to be written.
        """
        self._assign()
        for review in list(self._reviews(ReviewState.ASKED)[:REFUSING]):
            refuse_review(
                review,
                reason=samples.said("review-refused"),
                actor=account_of_expert(review, password),
            )
        left = self._reviews(ReviewState.ASKED).last()
        if left is None:
            raise AssertionError(self.size)
        for _round in range(ROUNDS):
            if reviews_missing(self.call):
                self._assign()
            enter_sample_reviews(self.call, self.quality, self.rng, leaving=left)
        self.left = left
        self.progress.advance()
        return account_of_expert(left, password)

    def _assign(self) -> None:
        draw = start_draw(self.call, actor=self.players.clerk)
        fill_draw(draw.pk, progress=Progress())
        confirm_draw(draw, actor=self.players.clerk)

    def _decide(self) -> None:
        clerk = self.players.clerk
        compute_scores(self.call, actor=clerk)
        read = self._at(Phase.REVIEWING).exclude(pk=self.left.application_id)
        self._move("close-reviews", read)
        first = self.call.places or 0
        propose_by_rank(
            self.call, first=first, reserve=0, grounds=samples.said("grounds"), actor=clerk
        )
        proposed = self._at(Phase.DECIDING)
        self._signed("announce", proposed.filter(standing__proposal=Advice.RECOGNISE))
        refused_rows = self._at(Phase.DECIDING).filter(standing__proposal=Advice.REFUSE)
        self._move("refuse", refused_rows, actor=self.players.lead, reason=samples.said("grounds"))
        self.progress.advance()

    def _object(self) -> None:
        """Object to two: one objection is found right and the application refused."""
        rows = list(self._at(Phase.PUBLICITY)[:2])
        for row, is_upheld in zip(rows, (True, False), strict=False):
            objection = object_to(
                row,
                text=samples.said("objection"),
                name=samples.said("objector"),
                contact=samples.said("contact"),
                actor=None,
            )
            answer_objection(
                objection,
                is_upheld=is_upheld,
                answer=samples.said("upheld" if is_upheld else "not-upheld"),
                actor=self.players.clerk,
            )
        if rows:
            take_move(
                rows[0],
                "refuse-after-objection",
                actor=self.players.clerk,
                reason=samples.said("after-objection"),
            )
            sign_move(rows[0], actor=self.players.lead)
        self.progress.advance()

    def _recognise(self) -> None:
        """End the notice of all but a few, recognise them, warn one and revoke one."""
        rows = list(self._at(Phase.PUBLICITY))
        over = rows[: max(1, len(rows) - ON_NOTICE)]
        end_sample_notices(self.call, over)
        self._signed("recognise", over)
        built = list(self._at(Phase.BUILDING)[:2])
        if len(built) == 2:
            until = today() + timedelta(days=30)
            issue_warning(
                built[0], reason=samples.said("warned"), until=until, actor=self.players.clerk
            )
            take_move(built[1], "revoke", actor=self.players.clerk, reason=samples.said("revoked"))
            sign_move(built[1], actor=self.players.lead)
        self.progress.advance()

    def _at(self, phase: Phase) -> QuerySet[Application]:
        rows = Application.objects.filter(call=self.call, phase=phase)
        return rows.select_related("call", "applicant").order_by("number")

    def _reviews(self, state: str) -> QuerySet[Review]:
        rows = Review.objects.filter(application__call=self.call, state=state)
        return rows.select_related("application__call", "expert__person").order_by("id")

    def _move(
        self,
        move: str,
        rows: Iterable[Application],
        *,
        actor: AbstractBaseUser | None = None,
        reason: str = "",
    ) -> None:
        uids = [str(row.uid) for row in rows]
        moved = move_many(self.call, move, uids, actor=actor or self.players.clerk, reason=reason)
        if moved.refused:
            raise AssertionError(moved.refused)

    def _signed(self, move: str, rows: Iterable[Application]) -> None:
        uids = [str(row.uid) for row in rows]
        self._move(move, Application.objects.filter(uid__in=uids))
        signed = sign_many(self.call, uids, actor=self.players.lead)
        if signed.refused:
            raise AssertionError(signed.refused)


def _parted(
    rows: Sequence[Application], size: int
) -> tuple[Sequence[Application], Sequence[Application], Sequence[Application]]:
    """Part off those that fail the check and those that go back; a small call has few of them."""
    failed, returned = min(FAILED, size // 10), min(RETURNED, size // 10)
    return rows[:failed], rows[failed : failed + returned], rows[failed + returned :]
