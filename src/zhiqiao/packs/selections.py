"""Rules of lifecycles: each kind is ruled once, the flow has what it needs, nothing recalled stops anybody.

What is said to be stated by a source was seen there; only then may anybody be said to have checked it.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from zhiqiao.packs.flows import Flow, Phase
from zhiqiao.packs.lifecycles import Lifecycle
from zhiqiao.packs.origins import ReportStart
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.references import Scope

_Place = tuple[str | int, ...]

if TYPE_CHECKING:
    from zhiqiao.packs.schemas import Source

# What a lifecycle must say when its flow has the phase.
_NEEDED = (
    (Phase.RECOMMENDING, "recommender"),
    (Phase.CHECKING, "checks"),
    (Phase.REVIEWING, "review"),
    (Phase.PANEL, "panel"),
    (Phase.BUILDING, "building"),
)


def find_selection_problems(scope: Scope) -> Iterator[Problem]:
    """Yield what lifecycles and their flows say against each other."""
    own = cast("Mapping[str, Lifecycle]", scope.own("lifecycles"))
    flows = cast("Mapping[str, Flow]", scope.merged["flows"])
    for lifecycle in own.values():
        flow = flows.get(lifecycle.flow)
        if flow is not None:
            yield from _parts(scope, lifecycle, flow)
            yield from _open_to(scope, lifecycle, flow)
            yield from _reports(scope, lifecycle, flow)
        yield from _ruled_once(scope, lifecycle)
        yield from _sources(scope, lifecycle)


def _parts(scope: Scope, lifecycle: Lifecycle, flow: Flow) -> Iterator[Problem]:
    for phase, field in _NEEDED:
        if flow.has_phase(phase) and not getattr(lifecycle, field):
            yield scope.draft.problem(
                ("lifecycles", lifecycle.id, "flow"), "lifecycle-part-missing",
                message=f"its flow {flow.id} has a phase “{phase}”, but the lifecycle says no {field}.",
                remedy=f"Write {field}, or name a flow without this phase.",
            )  # fmt: skip


def _ruled_once(scope: Scope, lifecycle: Lifecycle) -> Iterator[Problem]:
    """Yield a rule of the same kinds twice over, at the later of the two."""
    merged = list(cast("Mapping[str, Lifecycle]", scope.merged["lifecycles"]).values())
    earlier = merged[: merged.index(lifecycle)]
    if not lifecycle.kinds and any(not other.kinds for other in earlier):
        yield scope.draft.problem(
            ("lifecycles", lifecycle.id), "lifecycle-second-standard",
            message="another lifecycle has no kinds and rules all others already.",
            remedy="Name the kinds that this one rules.",
        )  # fmt: skip
    for kind in lifecycle.kinds:
        named = [other.id for other in earlier if kind in other.kinds]
        if named:
            yield scope.draft.problem(
                ("lifecycles", lifecycle.id, "kinds"), "lifecycle-kind-twice",
                message=f"the kind {kind} is ruled by {', '.join(named)}, too.",
                remedy="Leave the kind to one of them.",
            )  # fmt: skip


def _open_to(scope: Scope, lifecycle: Lifecycle, flow: Flow) -> Iterator[Problem]:
    for kind in lifecycle.applicants:
        if not flow.can_recognise(kind):
            yield scope.draft.problem(
                ("lifecycles", lifecycle.id, "applicants"), "flow-closed-to-applicant",
                message=f"no way through the flow {flow.id} recognises an applicant of kind {kind}.",
                remedy="Add the kind to applicants of the moves it takes, or take it out here.",
            )  # fmt: skip


def _reports(scope: Scope, lifecycle: Lifecycle, flow: Flow) -> Iterator[Problem]:
    for name, report in lifecycle.building.reports.items() if lifecycle.building else ():
        if report.since is ReportStart.ACCEPTANCE and not flow.has_phase(Phase.ACCEPTING):
            yield scope.draft.problem(
                ("lifecycles", lifecycle.id, "building", "reports", name), "report-without-acceptance",
                message=f"it is counted from acceptance, which the flow {flow.id} does not have.",
                remedy="Count it from recognition, or name a flow with acceptance.",
            )  # fmt: skip


def _sources(scope: Scope, lifecycle: Lifecycle) -> Iterator[Problem]:
    place: _Place = ("lifecycles", lifecycle.id)
    yield from _checked(scope, place, lifecycle.source, by=lifecycle.checked_by)
    for name, condition in lifecycle.conditions.items():
        at = (*place, "conditions", name)
        if condition.source not in scope.merged["sources"]:
            yield _unknown(scope, (*at, "source"), condition.source)
        elif condition.stops and not _is_seen(scope, condition.source):
            yield scope.draft.problem(
                (*at, "stops"), "recalled-rule-stops",
                message=f"the source {condition.source} was never seen, so the condition may stop nobody.",
                remedy="Remove stops, or name a source that somebody read.",
            )  # fmt: skip
        yield from _checked(scope, at, condition.source, by=condition.checked_by)
    for at, name in _stated(lifecycle):
        if name not in scope.merged["sources"]:
            yield _unknown(scope, (*place, *at), name)
        elif not _is_seen(scope, name):
            yield scope.draft.problem(
                (*place, *at), "stated-unseen",
                message=f"the source {name} was never seen, so it cannot be said to state this.",
                remedy="Leave the source out, so that the pages call this our design, or name one that was read.",
            )  # fmt: skip


def _stated(lifecycle: Lifecycle) -> Iterator[tuple[_Place, str]]:
    """Yield the place and the name of every source that is said to state a part or the sheet."""
    for part, name in lifecycle.stated.items():
        yield ("stated", part), name
    for field in ("source", "weights_source", "eliminating_source"):
        source = getattr(lifecycle.sheet, field, None)
        if source is not None:
            yield ("sheet", field), source


def _checked(scope: Scope, place: _Place, source: str, *, by: str | None) -> Iterator[Problem]:
    if by and source in scope.merged["sources"] and not _is_seen(scope, source):
        yield scope.draft.problem(
            (*place, "checked_by"), "checked-unseen",
            message=f"“{by}” checked this, but the source {source} was never seen.",
            remedy="Name the source that was read, or write checked_by: null.",
        )  # fmt: skip


def _is_seen(scope: Scope, name: str) -> bool:
    return cast("Mapping[str, Source]", scope.merged["sources"])[name].seen


def _unknown(scope: Scope, place: _Place, name: str) -> Problem:
    return scope.draft.problem(
        place, "unknown-source",
        message=f"there is no source “{name}”.",
        remedy="Correct the name, or add the source.",
    )  # fmt: skip
