"""Trials of closures: what the bureau tried, and who would move where."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from zhiqiao.apps.admissions.choices import RequestState
from zhiqiao.apps.admissions.models import Candidate, ClosureTrial, PlaceLine, Season
from zhiqiao.apps.admissions.rules import is_staff
from zhiqiao.core.access import Actor
from zhiqiao.core.choices import JobState
from zhiqiao.core.errors import MissingError
from zhiqiao.core.models import Job

CLOSURES = "admissions.closures"


@dataclass(frozen=True, slots=True)
class ClosedTold:
    """A class that would close: how many move then, and how many of them have no place."""

    number: int
    line: PlaceLine
    admitted: int
    minimum: int
    moved: int
    lost: int


@dataclass(frozen=True, slots=True)
class FlowTold:
    """How many go from one programme to another when a class closes; nothing is no place."""

    step: ClosedTold
    left: PlaceLine | None
    entered: PlaceLine | None
    number: int


def minimum_by_code(season: Season, default: int | None) -> dict[str, int]:
    """Return the smallest class of each approved programme: its own, or the one for all others."""
    rows = PlaceLine.objects.filter(season=season.source, state=RequestState.APPROVED)
    stated = {code: own or default for code, own in rows.values_list("code", "minimum")}
    return {code: least for code, least in stated.items() if least}


def closure_trials_visible_to(user: Actor, season: Season) -> QuerySet[ClosureTrial]:
    if not is_staff(user):
        return ClosureTrial.objects.none()
    rows = ClosureTrial.objects.filter(season=season).select_related("asked_by")
    return rows.defer("moves").order_by("-id")


def closure_trial_visible_to(user: Actor, uid: UUID) -> ClosureTrial:
    found = ClosureTrial.objects.select_related("season__rehearsal_of", "asked_by").filter(uid=uid)
    trial = found.first() if is_staff(user) else None
    if trial is None:
        raise MissingError("admissions.missing")
    return trial


def closures_under_way(user: Actor, season: Season) -> Job | None:
    """Return the last trial that was asked for while it is not over, or when it failed."""
    if not is_staff(user):
        return None
    job = Job.objects.filter(kind=CLOSURES, subject_uid=season.uid).order_by("-id").first()
    return None if job is None or job.state == JobState.SUCCEEDED else job


def closed_classes(trial: ClosureTrial) -> list[ClosedTold]:
    lines = _lines(trial)
    moved = Counter(step for step, *_move in trial.moves)
    lost = Counter(step for step, _candidate, _left, entered in trial.moves if entered is None)
    return [
        ClosedTold(number, lines[line], admitted, minimum, moved[number], lost[number])
        for number, (line, admitted, minimum) in enumerate(trial.steps, start=1)
    ]


def closure_flows(trial: ClosureTrial) -> list[FlowTold]:
    """Return where candidates would go, step by step, the most first."""
    lines = _lines(trial)
    steps = {step.number: step for step in closed_classes(trial)}
    flows = Counter((step, left, entered) for step, _candidate, left, entered in trial.moves)
    ordered = sorted(flows.items(), key=lambda flow: (flow[0][0], -flow[1], str(flow[0])))
    return [
        FlowTold(steps[step], lines.get(left), lines.get(entered), number)
        for (step, left, entered), number in ordered
    ]


def closure_moves(trial: ClosureTrial) -> Iterator[tuple[object, ...]]:
    """Yield step, class that closes, candidate, and both programmes with their schools."""
    lines = _lines(trial)
    keys = [candidate for _step, candidate, *_move in trial.moves]
    numbers = dict(Candidate.objects.filter(pk__in=keys).values_list("pk", "number"))
    for step, candidate, left, entered in trial.moves:
        closed = lines[trial.steps[step - 1][0]]
        yield (step, closed.code, numbers[candidate], *_named(lines.get(left)), *_named(lines.get(entered)))  # fmt: skip


def _named(line: PlaceLine | None) -> tuple[str, str, str]:
    return (line.code, line.school.name, line.major) if line else ("", "", "")


def _lines(trial: ClosureTrial) -> Mapping[int | None, PlaceLine]:
    keys = {line for line, *_figures in trial.steps}
    keys |= {line for _step, _candidate, *both in trial.moves for line in both if line}
    return dict(PlaceLine.objects.select_related("school").in_bulk(keys).items())
