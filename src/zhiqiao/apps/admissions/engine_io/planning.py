"""Places as a problem of the planning engine: shares under each reading, and the least change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.choices import Checkpoint, RequestState
from zhiqiao.apps.admissions.models import PlaceLine, Season
from zhiqiao.apps.admissions.queries import (
    admitted_by_line,
    granted_places,
    lines_visible_to,
)
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import RuleError
from zhiqiao.engines.planning import (
    PlanningError,
    Problem,
    Share,
    broken_rules,
    cost_of_share,
    share_of,
    solve,
)
from zhiqiao.packs import (
    AdmissionScheme,
    BachelorCounted,
    Denominator,
    IntakeLevel,
    ShareReading,
)

BACHELOR_VOCATIONAL = "bachelor-vocational"
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class ReadShare:
    """The share of bachelor places under one reading; ``value`` is nothing where none are below."""

    reading: str
    title: object
    above: int
    below: int
    value: Fraction | None
    least: Fraction
    is_met: bool | None


@dataclass(frozen=True)
class Proposal:
    """The plan of least change: places of each line, what changed, and what the share costs."""

    lines: tuple[PlaceLine, ...]
    places: tuple[int, ...]
    changed: int
    cost: int
    moved: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the bureau asks of a plan: the total, the least of each category, and a reading."""

    total: int
    floors: tuple[tuple[str, int], ...] = ()
    reading: str = ""


def shares_of(
    scheme: AdmissionScheme, lines: Sequence[PlaceLine], places: Sequence[int]
) -> list[ReadShare]:
    """Return the share of bachelor places under every reading of the scheme."""
    if scheme.least_bachelor_share is None:
        return []
    return [
        _read(scheme, name, reading, lines, places) for name, reading in scheme.readings.items()
    ]


def shares_at_points(user: Actor, season: Season) -> list[tuple[str, list[ReadShare]]]:
    """Return the share of bachelor places under each reading, at each of the four points.

    A point that is not reached yet is left out; nothing stands for it.
    """
    lines = list(lines_visible_to(user, season).exclude(state=RequestState.REFUSED))
    scheme = season.rules
    if not lines or scheme.least_bachelor_share is None:
        return []
    points = [(Checkpoint.DRAFT, [line.requested for line in lines])]
    if any(line.state == RequestState.APPROVED for line in lines):
        granted = granted_places(season)
        points.append((Checkpoint.APPROVED, [granted.get(line.pk, 0) for line in lines]))
        points.append((Checkpoint.ADJUSTED, [line.places for line in lines]))
    admitted = admitted_by_line(season)
    if admitted:
        points.append((Checkpoint.REGISTERED, [admitted.get(line.pk, 0) for line in lines]))
    return [(str(point.label), shares_of(scheme, lines, places)) for point, places in points]


def _read(
    scheme: AdmissionScheme,
    name: str,
    reading: ShareReading,
    lines: Sequence[PlaceLine],
    places: Sequence[int],
) -> ReadShare:
    share = _share(scheme, name, reading, lines)
    numbers = np.array(places, np.int64)
    above = int(numbers[share.counted].sum())
    below = int(numbers[share.among].sum())
    if reading.among is Denominator.COLLEGE:
        below -= above
    reached = share_of(share, numbers)
    least = Fraction(scheme.least_bachelor_share or 0)
    return ReadShare(
        reading=name,
        title=reading.title,
        above=above,
        below=below,
        value=Fraction(above, below) if below else None,
        least=least,
        is_met=None if reached is None else reached >= share.least,
    )


def _share(
    scheme: AdmissionScheme, name: str, reading: ShareReading, lines: Sequence[PlaceLine]
) -> Share:
    """Say a reading as the engine does, with what is counted inside of what it is held against.

    Against college places alone, at least p of them is at least p ÷ (1 + p) of both together.
    """
    levels = [scheme.batch(line.batch).level for line in lines]
    is_bachelor = np.array([level is IntakeLevel.BACHELOR for level in levels], np.bool_)
    is_college = np.array([level is IntakeLevel.COLLEGE for level in levels], np.bool_)
    if reading.counted is BachelorCounted.VOCATIONAL_SCHOOLS:
        kinds = np.array([line.school.kind == BACHELOR_VOCATIONAL for line in lines], np.bool_)
        is_bachelor = is_bachelor & kinds
    least = Fraction(scheme.least_bachelor_share or 0)
    if reading.among is Denominator.COLLEGE:
        least = least / (1 + least)
    return Share(name=name, counted=is_bachelor, among=is_bachelor | is_college, least=least)


def propose_places(season: Season, lines: Iterable[PlaceLine], bounds: Bounds) -> Proposal:
    """Find the least change of the requests that meets total, floors and share, verified.

    Raises
    ------
    RuleError
        ``admissions.no-plan`` with the fewest rules that contradict each other.
    """
    asked = tuple(lines)
    categories = list(season.rules.categories)
    titles = category_titles(season.rules)
    problem = _problem(season.rules, asked, categories, bounds)
    try:
        if bounds.reading:
            cost = cost_of_share(problem, bounds.reading, seconds=SECONDS)
            plan, changed = cost.with_rule, cost.changed
            moved = tuple(
                (titles[category], int(number))
                for category, number in zip(categories, cost.moved, strict=True)
                if number
            )
        else:
            plan, changed, moved = solve(problem, seconds=SECONDS), 0, ()
    except PlanningError as error:
        if error.reason == "too-long":
            raise RuleError("admissions.plan-too-long", seconds=SECONDS) from error
        raise RuleError(
            "admissions.no-plan", rules=_told(season.rules, categories, error)
        ) from error
    broken = broken_rules(problem, plan)
    if broken:
        raise RuleError("admissions.run-unsound", why="; ".join(broken))
    places = tuple(int(number) for number in plan)
    total = sum(abs(new - line.requested) for new, line in zip(places, asked, strict=True))
    return Proposal(asked, places, total, changed, moved)


def _told(scheme: AdmissionScheme, categories: Sequence[str], error: PlanningError) -> str:
    """Name the rules that contradict each other in the reader's language."""
    if error.reason != "no-plan":
        return str(error)
    language = get_language() or "zh-hans"
    told = []
    for rule in error.values["rules"]:  # type: ignore[attr-defined]  # the names that the engine gives
        kind, _space, name = rule.partition(" ")
        if kind == "floor":
            title = scheme.categories[categories[int(name)]].title.in_language(language)
            told.append(_("the floor of %(category)s") % {"category": title})
        elif kind == "share":
            told.append(scheme.readings[name].title.in_language(language))
        else:
            told.append(_("the total of places"))
    return "; ".join(told)


def category_titles(scheme: AdmissionScheme) -> dict[str, str]:
    language = get_language() or "zh-hans"
    return {name: one.title.in_language(language) for name, one in scheme.categories.items()}


def _problem(
    scheme: AdmissionScheme, lines: Sequence[PlaceLine], categories: list[str], bounds: Bounds
) -> Problem:
    floors = dict(bounds.floors)
    requested = np.array([line.requested for line in lines], np.int64)
    shares: tuple[Share, ...] = ()
    if bounds.reading:
        reading = scheme.readings[bounds.reading]
        shares = (_share(scheme, bounds.reading, reading, lines),)
    return Problem(
        requested=requested,
        least=np.zeros(requested.size, np.int64),
        most=np.maximum(requested * 2, requested + 50),
        total_least=bounds.total,
        total_most=bounds.total,
        category=np.array([categories.index(line.category) for line in lines], np.int64),
        floors=np.array([floors.get(name, 0) for name in categories], np.int64),
        shares=shares,
        weight=np.ones(requested.size, np.int64),
    )
