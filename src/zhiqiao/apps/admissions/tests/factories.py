"""A small season with fictitious schools, played through the actions."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import bureau, make_member
from zhiqiao.apps.admissions.actions import (
    Marked,
    NewCandidate,
    Wanted,
    activate,
    approve_requests,
    ask_step,
    enter_candidates,
    enter_scores,
    issue_code,
    lock_choices,
    open_season,
    save_choices,
    save_request,
    seal_scores,
    set_window,
    sign_step,
    submit_request,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Candidate, ChoiceList, PlaceLine, Season
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.jobs import run_queued_jobs

SCHEME = "he-classified"
PASSWORD = "correct-horse-battery-staple"
CHOICE_CODE = "abc123"


@dataclass(frozen=True)
class SeasonWorld:
    season: Season
    clerk: User
    lead: User
    origin: Organisation
    colleges: dict[str, Organisation]
    clerks: dict[str, User]
    lines: dict[str, PlaceLine]

    def again(self) -> Season:
        return Season.objects.get(pk=self.season.pk)

    def step(self, arrow, *, reason="按计划"):
        """Take a step with both persons, and its run where it is one."""
        season = self.again()
        actor = self.lead if arrow == Arrow.CONFIRM else self.clerk
        asked = ask_step(season, arrow, actor=actor, reason=reason)
        asked.refresh_from_db()
        if asked.ended_at is None and asked.signed_by_id is None and _needs_two(arrow):
            sign_step(season, actor=self.lead)
        run_queued_jobs()
        return self.again()

    def candidate(self, number) -> Candidate:
        return Candidate.objects.select_related("season", "person").get(
            season=self.season, number=number
        )

    def sign_in(self, number) -> User:
        """Open the account of a candidate with a fresh code."""
        issued = issue_code(self.candidate(number), actor=self.clerk)
        return activate(number, issued.code, password=PASSWORD, choice_code=CHOICE_CODE)

    def choose(self, number, *codes, lock=True):
        user = self.sign_in(number)
        keys = [self.lines[code].pk for code in codes]
        held = ChoiceList.objects.filter(candidate__number=number).first()
        version = held.version if held else 0
        saved = save_choices(
            self.candidate(number), keys, version=version, choice_code=CHOICE_CODE, actor=user
        )
        if lock:
            lock_choices(
                self.candidate(number),
                version=saved.version,
                choice_code=CHOICE_CODE,
                actor=user,
            )
        return user


def told_on(response) -> str:
    """Return what a page tells in its main part, without the identifiers in its addresses."""
    _before, _tag, rest = response.content.decode().partition("<main")
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", rest.partition("</main>")[0])


def _needs_two(arrow):
    return arrow in {
        Arrow.FREEZE_PLACES,
        Arrow.FREEZE_CHOICES,
        Arrow.PUBLISH,
        Arrow.CORRECT,
        Arrow.OPEN_SUPPLEMENTARY,
        Arrow.CLOSE,
    }


PROGRAMMES = {
    "A1": ("职业大学", "bachelor", 1),
    "B1": ("甲学院", "college", 2),
    "C1": ("乙学院", "college", 1),
}
MARKS = {
    "2601": (280, 180, 230),
    "2602": (270, 170, 220),
    "2603": (260, 160, 210),
    "2604": (250, 150, 200),
    "2605": (100, 40, 50),
}


def make_season_world(*, year=2026) -> SeasonWorld:
    """Open a season with three programmes and five candidates in computing, all still in draft."""
    clerk = make_member(Role.BUREAU_CLERK, login="clerk", organisation=bureau())
    lead = make_member(Role.BUREAU_LEAD, login="lead", organisation=bureau())
    kinds = {
        "职业大学": "bachelor-vocational",
        "甲学院": "higher-vocational",
        "乙学院": "higher-vocational",
    }
    colleges = {name: make_organisation(f"云岭{name}", kind=kind) for name, kind in kinds.items()}
    clerks = {
        name: make_member(Role.SCHOOL_CLERK, login=f"school{number}", organisation=college)
        for number, (name, college) in enumerate(colleges.items())
    }
    origin = make_organisation("云岭职教中心", kind="secondary-vocational")
    season = open_season(SCHEME, year, actor=clerk)
    lines = {}
    for code, (college, batch, places) in PROGRAMMES.items():
        wanted = Wanted(
            school=colleges[college].pk, code=code, major="计算机应用技术", batch=batch,
            exam_type="secondary", category="computer", requested=places,
        )  # fmt: skip
        line = save_request(season, wanted, actor=clerks[college])
        lines[code] = submit_request(line, actor=clerks[college])
    rows = [
        NewCandidate(
            number=number, name=f"云{number}", identity_number=identity_number(int(number) % 1000),
            exam_type="secondary", category="computer", school=origin.pk,
        )
        for number in MARKS
    ]  # fmt: skip
    enter_candidates(season, rows, actor=clerk)
    return SeasonWorld(season, clerk, lead, origin, colleges, clerks, lines)


def approve_all(world: SeasonWorld) -> None:
    places = {line.pk: line.requested for line in world.lines.values()}
    approve_requests(world.season, places, approval="渝教计〔2026〕1号", actor=world.clerk)


def mark_all(world: SeasonWorld, *, seal=True) -> None:
    rows = [
        Marked(number, dict(zip(("culture_paper", "theory", "practice"), map(Decimal, marks), strict=True)))
        for number, marks in MARKS.items()
    ]  # fmt: skip
    for entry in ("first", "second"):
        enter_scores(
            world.season, rows, entry=entry, actor=world.lead if entry == "second" else world.clerk
        )
    if seal:
        seal_scores(world.season, actor=world.clerk)


def open_choosing(world: SeasonWorld) -> None:
    approve_all(world)
    world.step(Arrow.FREEZE_PLACES)
    now = timezone.now()
    set_window(
        world.again(), choices_from=now - timedelta(hours=1),
        choices_until=now + timedelta(hours=1), actor=world.clerk,
    )  # fmt: skip
    world.step(Arrow.OPEN_CHOICES)


def end_window(world: SeasonWorld) -> None:
    now = timezone.now()
    Season.objects.filter(pk=world.season.pk).update(
        choices_from=now - timedelta(hours=2), choices_until=now - timedelta(seconds=1)
    )


CHOICES = {
    "2601": ("A1", "B1"),
    "2602": ("A1", "B1", "C1"),
    "2603": ("C1", "B1"),
    "2604": ("C1",),
    "2605": ("B1",),
}


def play_until(world: SeasonWorld, arrow: str, **choices: tuple[str, ...]) -> SeasonWorld:
    """Play the season up to and with a step, everybody choosing as in ``CHOICES``.

    Who is named by ``c2602=...`` chooses otherwise.
    """
    mark_all(world)
    open_choosing(world)
    wanted = CHOICES | {name[1:]: codes for name, codes in choices.items()}
    for number, codes in wanted.items():
        world.choose(number, *codes)
    end_window(world)
    for step in (
        Arrow.FREEZE_CHOICES,
        Arrow.RUN_TRIAL,
        Arrow.OPEN_REVIEW,
        Arrow.RUN_FINAL,
        Arrow.CONFIRM,
        Arrow.PUBLISH,
    ):
        world.step(step)
        if step == arrow:
            break
    return world
