"""The demonstration season: invented schools and people, taken through every state by the same verbs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from zhiqiao.apps.accounts.actions import open_sample_account
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.admissions.actions.candidates import (
    NewCandidate,
    activate,
    enter_candidates,
    issue_code,
)
from zhiqiao.apps.admissions.actions.choosing import receipt_text
from zhiqiao.apps.admissions.actions.places import Wanted, add_requests, approve_requests
from zhiqiao.apps.admissions.actions.runs import ask_strike_out, decide_strike_out, make_run
from zhiqiao.apps.admissions.actions.sample_pathways import agree_pathways
from zhiqiao.apps.admissions.actions.scores import (
    Marked,
    enter_scores,
    seal_scores,
    set_control_lines,
)
from zhiqiao.apps.admissions.actions.seasons import ask_step, open_season, set_window, sign_step
from zhiqiao.apps.admissions.choices import Arrow, Made
from zhiqiao.apps.admissions.engine_io import samples
from zhiqiao.apps.admissions.models import (
    Candidate,
    ChoiceList,
    PathwayContract,
    PlaceLine,
    Result,
    ScoreSheet,
    Season,
    SentFile,
)
from zhiqiao.apps.admissions.rules import STEPS
from zhiqiao.apps.registry.actions import NewOrganisation, create_organisation
from zhiqiao.apps.registry.queries import districts_of, region_by_name
from zhiqiao.core.access import obey, refused
from zhiqiao.core.copying import copy_in, refresh_statistics
from zhiqiao.core.fields import Provenance
from zhiqiao.core.jobs import Progress
from zhiqiao.core.policy import current_pack

SCHEME, YEAR = "he-classified", 2026
CHOICE_CODE = "bridge2026"
ORIGIN_LOGIN = "origin"
COLLEGES = (("bachelor-vocational", 2), ("university", 4), ("higher-vocational", 33))
ORIGINS = 40
CHUNK = 10_000
STRIKE_OUTS = 3
LISTS = (
    "uid", "candidate_id", "round", "lines", "version", "made", "changed_at", "locked_at", "receipt",
)  # fmt: skip
CHANGES = ("candidate_id", "round", "lines", "version", "made", "at", "is_lock", "form")
STAGES = 12
# Shares of the full marks.
LINES = {"bachelor": Decimal("0.45"), "college": Decimal("0.2")}


@dataclass(frozen=True)
class Players:
    """Who acts in the demonstration: clerk and lead of the sample bureau, and the sample school."""

    clerk: AbstractBaseUser
    lead: AbstractBaseUser
    school: int


@dataclass(frozen=True)
class Guests:
    """Whose accounts a season leaves open: a candidate, and the clerk of a school of origin."""

    candidate: Candidate | None
    origin: AbstractBaseUser


@dataclass(frozen=True)
class Cast:
    """Everybody and everything that a season is filled with."""

    lines: Sequence[samples.SampleLine]
    people: Sequence[samples.SampleCandidate]
    colleges: Sequence[int]
    origins: Sequence[int]
    districts: Sequence[int]
    contracts: Mapping[str, PathwayContract]

    def district_of(self, one: samples.SampleCandidate) -> int | None:
        """Put the candidates of one school into one district; none is known in an empty registry."""
        return self.districts[one.origin % len(self.districts)] if self.districts else None


def play_sample_season(
    size: int, *, players: Players, data: Path, password: str, progress: Progress
) -> Guests | None:
    """Make the demonstration season unless it is there, and leave it published.

    Returns whose accounts are open, to sign in with; nothing when the season was there.
    """
    if Season.objects.filter(
        scheme=SCHEME, year=YEAR, provenance=Provenance.DEMONSTRATION, rehearsal_of=None
    ).exists():  # fmt: skip
        return None
    progress.begin(STAGES)
    with transaction.atomic():
        season = open_season(SCHEME, YEAR, actor=players.clerk, demonstration=True)
        cast = _fill(season, size, players, data, progress)
        for arrow in (Arrow.RUN_TRIAL, Arrow.OPEN_REVIEW):
            _step(season, arrow, players, progress)
        _strike_some_out(season, players)
        for arrow in (Arrow.RUN_FINAL, Arrow.CONFIRM, Arrow.PUBLISH):
            _step(season, arrow, players, progress)
        origin = open_sample_account(
            ORIGIN_LOGIN, Role.SCHOOL_CLERK, cast.origins[0], password=password
        )
        return Guests(_guest(season, players, password), origin)


def _fill(season: Season, size: int, players: Players, data: Path, progress: Progress) -> Cast:
    """Bring in places, candidates, scores and choices, and freeze them."""
    cast = _cast(season, size, players, data)
    _ask_for_places(season, cast, players)
    _step(season, Arrow.FREEZE_PLACES, players, progress)
    progress.advance()
    for part in _chunks(cast.people):
        _enter(season, part, cast, players)
    refresh_statistics(Candidate)
    progress.advance()
    _mark(season, cast.people, players)
    progress.advance()
    now = timezone.now()
    set_window(season, choices_from=now - timedelta(days=5), choices_until=now - timedelta(days=1),
               actor=players.clerk)  # fmt: skip
    _step(season, Arrow.OPEN_CHOICES, players, progress)
    for part in _chunks(cast.people):
        enter_sample_choices(season, {one.number: one.choices for one in part})
    refresh_statistics(ChoiceList, ScoreSheet)
    _step(season, Arrow.FREEZE_CHOICES, players, progress)
    return cast


def _cast(season: Season, size: int, players: Players, data: Path) -> Cast:
    """Invent schools, programmes and people; the pathways are agreed on as a bureau does it."""
    scheme, ranks = season.rules, data / "score_ranks.csv"
    colleges = [players.school, *_schools(COLLEGES)]
    origins = _schools((("secondary-vocational", ORIGINS),))
    groups = samples.groups_of(scheme, size)
    majors = samples.majors_by_class(data / "vet_majors.csv")
    lines = samples.sample_lines(groups, majors, len(colleges))
    people = list(samples.sample_candidates(scheme, groups, lines, ranks, origins=len(origins)))
    pathways = samples.sample_pathways(
        scheme, size, majors, ranks, first=len(people), lines=len(lines)
    )
    contracts = agree_pathways(
        season, pathways, colleges=colleges, origins=origins, clerk=players.clerk
    )
    return Cast(
        lines=[*lines, *(pathway.line for pathway in pathways)],
        people=[*people, *(one for pathway in pathways for one in pathway.members)],
        colleges=colleges,
        origins=origins,
        districts=list(districts_of(current_pack().area).values_list("pk", flat=True)),
        contracts=contracts,
    )


def _schools(kinds: Iterable[tuple[str, int]]) -> list[int]:
    found, area = [], region_by_name(current_pack().area)
    for kind, number in kinds:
        for name in samples.school_names(kind, number):
            new = NewOrganisation(
                name=name, kind=kind, region=area, provenance=Provenance.DEMONSTRATION
            )
            found.append(create_organisation(new, actor=None).pk)
    return found


def _ask_for_places(season: Season, cast: Cast, players: Players) -> None:
    contracts = {one.receiving_id: one for one in cast.contracts.values()}
    wanted = []
    for line in cast.lines:
        school = cast.colleges[line.college]
        contract = contracts[school] if line.exam_type == samples.ON_A_PATHWAY else None
        wanted.append(
            Wanted(
                school=school, code=line.code, major=line.major, major_code=line.major_code,
                batch=line.batch, exam_type=line.exam_type, category=line.category,
                requested=line.places, contract=contract.pk if contract else None,
                pathway=contract.kind if contract else "direct",
            )
        )  # fmt: skip
    add_requests(season, wanted, actor=players.clerk)
    asked = dict(PlaceLine.objects.filter(season=season).values_list("pk", "requested"))
    approve_requests(season, asked, approval="—", actor=players.clerk)


def _enter(
    season: Season, part: Sequence[samples.SampleCandidate], cast: Cast, players: Players
) -> None:
    keys = {kind: contract.pk for kind, contract in cast.contracts.items()}
    rows = [
        NewCandidate(
            number=one.number, name=one.name, identity_number=one.identity_number,
            exam_type=one.exam_type, category=one.category, school=cast.origins[one.origin],
            region=cast.district_of(one), contract=keys.get(one.pathway),
        )
        for one in part
    ]  # fmt: skip
    enter_candidates(season, rows, actor=players.clerk)


def _mark(season: Season, people: Sequence[samples.SampleCandidate], players: Players) -> None:
    """Enter the marks twice, as two rooms would, draw control lines and seal."""
    for part in _chunks(people):
        rows = [
            Marked(one.number, {name: Decimal(mark) for name, mark in one.marks.items()})
            for one in part
        ]
        for entry, actor in (("first", players.clerk), ("second", players.lead)):
            enter_scores(season, rows, entry=entry, actor=actor)
    scheme = season.rules
    lines = {}
    for exam_type, category in sorted({(one.exam_type, one.category) for one in people}):
        kind = scheme.exam_types[exam_type]
        for batch in scheme.batches:
            for name, total in kind.sums.items():
                if total.is_line and exam_type in batch.exam_types:
                    most = sum(kind.items[item].most for item in total.of)
                    lines[batch.id, exam_type, category, name] = round(most * LINES[batch.id])
    set_control_lines(season, {key: Decimal(least) for key, least in lines.items()},
                      actor=players.clerk)  # fmt: skip
    seal_scores(season, actor=players.clerk)


@transaction.atomic
def enter_sample_choices(season: Season, lists: dict[str, tuple[str, ...]]) -> int:
    """Write locked lists of invented candidates; refused for a season of real people."""
    if season.provenance != Provenance.DEMONSTRATION:
        obey(refused("admissions.choices-not-yours"))
    keys = dict(PlaceLine.objects.filter(season=season).values_list("code", "pk"))
    codes = {key: code for code, key in keys.items()}
    people = dict(
        Candidate.objects.filter(season=season, number__in=list(lists)).values_list("number", "pk")
    )
    now = timezone.now()
    held, changes = [], []
    for number, chosen in lists.items():
        if not chosen:
            continue
        lines = [keys[code] for code in chosen]
        one = ChoiceList(round=season.round, lines=lines, version=1)
        receipt = sha256(receipt_text(season, one, number, codes).encode()).hexdigest()
        same = (people[number], season.round, lines, 1, Made.OWN.value, now)
        held.append((uuid4(), *same, now, receipt))
        changes.append((*same, True, ""))
    copy_in("admissions_choicelist", LISTS, held)
    copy_in("admissions_choicechange", CHANGES, changes)
    listed = ChoiceList.objects.filter(candidate=OuterRef("pk"), round=season.round)
    people_of = Candidate.objects.filter(Exists(listed), season=season).exclude(
        locked_round=season.round
    )
    people_of.update(locked_round=season.round)
    return len(held)


def _step(season: Season, arrow: str, players: Players, progress: Progress) -> None:
    """Take a step with its two persons; a run is made here and now."""
    step = STEPS[arrow]
    actor = players.lead if step.by_lead else players.clerk
    season.refresh_from_db()
    asked = ask_step(season, arrow, actor=actor)
    if step.two_persons:
        asked = sign_step(season, actor=players.lead)
    if step.is_run:
        make_run(season, asked, actor=actor, progress=Progress())
    season.refresh_from_db()
    progress.advance()


def _strike_some_out(season: Season, players: Players) -> None:
    files = SentFile.objects.filter(candidate__season=season, school=players.school)
    for file in files.select_related("candidate", "line__season")[:STRIKE_OUTS]:
        asked = ask_strike_out(
            file.candidate, file.line, ground="health", note="—", actor=players.clerk
        )
        decide_strike_out(asked, approved=True, reason="—", actor=players.lead)


def _guest(season: Season, players: Players, password: str) -> Candidate | None:
    """Open the account of one candidate who was admitted after a choice that was not met."""
    run = season.runs.order_by("-number").first()
    found = Result.objects.filter(run=run, rank__gte=2).select_related("candidate").first()
    if found is None:
        return None
    issued = issue_code(found.candidate, actor=players.clerk)
    activate(found.candidate.number, issued.code, password=password, choice_code=CHOICE_CODE)
    return Candidate.objects.select_related("account").get(pk=found.candidate_id)


def _chunks(
    people: Sequence[samples.SampleCandidate],
) -> Iterable[Sequence[samples.SampleCandidate]]:
    for begin in range(0, len(people), CHUNK):
        yield people[begin : begin + CHUNK]
