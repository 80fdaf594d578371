"""Rules of lifecycles: each kind is ruled once, the flow has what it needs, nothing recalled stops anybody."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from zhiqiao.packs.flows import Flow, Phase
from zhiqiao.packs.lifecycles import Lifecycle
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.references import Scope

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
    merged = cast("Mapping[str, Lifecycle]", scope.merged["lifecycles"])
    others = [other for other in merged.values() if other.id != lifecycle.id]
    if not lifecycle.kinds and any(not other.kinds for other in others):
        yield scope.draft.problem(
            ("lifecycles", lifecycle.id), "lifecycle-second-standard",
            message="another lifecycle has no kinds and rules all others already.",
            remedy="Name the kinds that this one rules.",
        )  # fmt: skip
    for kind in lifecycle.kinds:
        named = [other.id for other in others if kind in other.kinds]
        if named:
            yield scope.draft.problem(
                ("lifecycles", lifecycle.id, "kinds"), "lifecycle-kind-twice",
                message=f"the kind {kind} is ruled by {', '.join(named)}, too.",
                remedy="Leave the kind to one of them.",
            )  # fmt: skip


def _sources(scope: Scope, lifecycle: Lifecycle) -> Iterator[Problem]:
    known = cast("Mapping[str, Source]", scope.merged["sources"])
    for name, condition in lifecycle.conditions.items():
        place = ("lifecycles", lifecycle.id, "conditions", name)
        source = known.get(condition.source)
        if source is None:
            yield scope.draft.problem(
                (*place, "source"), "unknown-source",
                message=f"there is no source “{condition.source}”.",
                remedy="Correct the name, or add the source.",
            )  # fmt: skip
        elif condition.stops and not source.seen:
            yield scope.draft.problem(
                (*place, "stops"), "recalled-rule-stops",
                message=f"the source {source.id} was never seen, so the condition may stop nobody.",
                remedy="Remove stops, or name a source that somebody read.",
            )  # fmt: skip
