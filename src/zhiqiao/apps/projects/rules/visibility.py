"""What of an application each viewer may see in each phase: one table, and nothing outside it.

A viewer is somebody's relation to the application, not a role; who stands in several relations sees
what any of them may. The table is tested phase by phase against the pages, the API and the exports.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from zhiqiao.apps.projects.choices import PHASES, PUBLIC_PHASES
from zhiqiao.packs import Phase

P = Phase
EVERY = frozenset(Phase)
# Nobody but the bureau is told what goes on between the check and the result.
HIDDEN = frozenset({P.REVIEWING, P.PANEL, P.VISITING, P.DECIDING})
RESULT = PUBLIC_PHASES | {P.RESERVE, P.REFUSED}
BUILT = frozenset({P.BUILDING, P.ACCEPTING, P.IN_FORCE, P.ENDED})
HANDED_IN = EVERY - {P.DRAFTING}


class Viewer(StrEnum):
    """Who looks: anybody, the applicant's people, the recommending body, a reviewer, the bureau."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    RECOMMENDER = "recommender"
    REVIEWER = "reviewer"
    BUREAU = "bureau"


class Part(StrEnum):
    """A part of an application that is shown or not shown as a whole."""

    HEAD = "head"
    CONTENT = "content"
    NAMES = "names"
    STEPS = "steps"
    CHECKS = "checks"
    REVIEWERS = "reviewers"
    SCORES = "scores"
    FEEDBACK = "feedback"
    PROPOSAL = "proposal"
    OBJECTORS = "objectors"
    ANSWERS = "answers"
    BUILDING = "building"
    FIGURES = "figures"


_BUREAU: Mapping[Part, frozenset[Phase]] = {
    part: EVERY if part is Part.HEAD else HANDED_IN for part in Part if part is not Part.FEEDBACK
}
TABLE: Mapping[Viewer, Mapping[Part, frozenset[Phase]]] = {
    # The head is title, applicant, call and result; the figures are those promised and reached.
    Viewer.PUBLIC: {Part.HEAD: PUBLIC_PHASES, Part.ANSWERS: PUBLIC_PHASES, Part.FIGURES: BUILT},
    Viewer.APPLICANT: {
        Part.HEAD: EVERY,
        Part.CONTENT: EVERY,
        Part.NAMES: EVERY,
        Part.STEPS: EVERY - HIDDEN,
        Part.FEEDBACK: RESULT,
        Part.ANSWERS: PUBLIC_PHASES,
        Part.BUILDING: BUILT,
        Part.FIGURES: BUILT,
    },
    Viewer.RECOMMENDER: {
        Part.HEAD: HANDED_IN,
        Part.CONTENT: HANDED_IN,
        Part.NAMES: HANDED_IN,
        Part.ANSWERS: PUBLIC_PHASES,
        Part.FIGURES: BUILT,
    },
    # Names only where the review is open; that is judged beside this table.
    Viewer.REVIEWER: {
        Part.HEAD: frozenset({P.REVIEWING, P.PANEL}),
        Part.CONTENT: frozenset({P.REVIEWING, P.PANEL}),
        Part.NAMES: frozenset({P.REVIEWING, P.PANEL}),
    },
    # What was never handed in is the applicant's alone.
    Viewer.BUREAU: _BUREAU,
}


def may_see(viewers: Iterable[Viewer], part: Part, *, phase: str) -> bool:
    """Say whether any of the viewers may see the part in this phase."""
    return any(Phase(phase) in TABLE[viewer].get(part, frozenset()) for viewer in viewers)


def phase_told(viewers: Iterable[Viewer], phase: str) -> Phase:
    """Return the phase that these viewers are told: between check and result it is one."""
    found = Phase(phase)
    return Phase.REVIEWING if found in HIDDEN and Viewer.BUREAU not in set(viewers) else found


def told_phase(viewers: Iterable[Viewer], phase: str) -> str:
    """Return the phase as these viewers are told it, in words."""
    return str(PHASES[phase_told(viewers, phase)])


def is_internal(before: str, after: str) -> bool:
    """Say whether a step went on where nobody but the bureau is told of it."""
    return Phase(before) in HIDDEN and Phase(after) in HIDDEN
