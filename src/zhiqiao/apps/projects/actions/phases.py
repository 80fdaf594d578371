"""What happens when an application leaves or enters a phase, and what a move sets off.

Each module that owns a phase declares its part here by a decorator, so that the taking of moves knows
no lifecycle and no phase by name.
"""

from collections.abc import Callable

from zhiqiao.apps.projects.models import Application, Step
from zhiqiao.core.access import Actor
from zhiqiao.packs import Effect, Phase

Work = Callable[[Application, Step, Actor], None]
_LEAVING: dict[Phase, list[Work]] = {}
_ENTERING: dict[Phase, list[Work]] = {}
_EFFECTS: dict[Effect, Work] = {}


def on_leaving(*phases: Phase) -> Callable[[Work], Work]:
    """Declare what happens when an application leaves one of the phases for another."""
    return _declared(_LEAVING, phases)


def on_entering(*phases: Phase) -> Callable[[Work], Work]:
    """Declare what happens when an application enters one of the phases from another."""
    return _declared(_ENTERING, phases)


def sets_off(effect: Effect) -> Callable[[Work], Work]:
    """Declare what a move with this effect does to the register."""

    def declared(work: Work) -> Work:
        _EFFECTS[effect] = work
        return work

    return declared


def effect_of(effect: Effect) -> Work:
    return _EFFECTS[effect]


def leave_phase(application: Application, step: Step, *, actor: Actor) -> None:
    if _phase_of(application, step.from_state) != _phase_of(application, step.to_state):
        for work in _LEAVING.get(_phase_of(application, step.from_state), ()):
            work(application, step, actor)


def enter_phase(application: Application, step: Step, *, actor: Actor) -> None:
    if _phase_of(application, step.from_state) != _phase_of(application, step.to_state):
        for work in _ENTERING.get(_phase_of(application, step.to_state), ()):
            work(application, step, actor)


def _phase_of(application: Application, state: str) -> Phase:
    return application.call.rules.flow.states[state].phase


def _declared(table: dict[Phase, list[Work]], phases: tuple[Phase, ...]) -> Callable[[Work], Work]:
    def declared(work: Work) -> Work:
        for phase in phases:
            table.setdefault(phase, []).append(work)
        return work

    return declared
