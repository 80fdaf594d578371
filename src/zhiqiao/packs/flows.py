"""What a pack says of the way of an application: its states and the moves between them.

A flow is a state machine as data. What a state lets people do follows from its phase, what a move
asks for and sets off from two closed lists; everything else about it is free.
"""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from zhiqiao.packs.scalars import Flag, Slug, Tally
from zhiqiao.packs.schemas import Entry, Text


class Phase(StrEnum):
    """What is going on with an application; what each person may see and do hangs on it."""

    DRAFTING = "drafting"
    RECOMMENDING = "recommending"
    CHECKING = "checking"
    REVIEWING = "reviewing"
    PANEL = "panel"
    VISITING = "visiting"
    DECIDING = "deciding"
    PUBLICITY = "publicity"
    BUILDING = "building"
    ACCEPTING = "accepting"
    IN_FORCE = "in-force"
    RESERVE = "reserve"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


RECOGNISED = frozenset({Phase.BUILDING, Phase.ACCEPTING, Phase.IN_FORCE})
"""The phases in which the item stands in the register, unless its state says otherwise."""


class Party(StrEnum):
    """Who takes a move: one of the applicant's people, the body that recommends, the bureau or time."""

    APPLICANT = "applicant"
    RECOMMENDER = "recommender"
    BUREAU = "bureau"
    LEAD = "lead"
    CLOCK = "clock"


class Need(StrEnum):
    """What must be so before a move is taken."""

    WINDOW_OPEN = "window-open"
    FORM_COMPLETE = "form-complete"
    ELIGIBLE = "eligible"
    SEALED_COPY = "sealed-copy"
    WITHIN_QUOTA = "within-quota"
    CHECKS_PASSED = "checks-passed"
    REVIEWS_IN = "reviews-in"
    PANEL_HELD = "panel-held"
    VISIT_REPORTED = "visit-reported"
    PROPOSED_RECOGNISED = "proposed-recognised"
    PROPOSED_RESERVE = "proposed-reserve"
    PROPOSED_REFUSED = "proposed-refused"
    PUBLICITY_OVER = "publicity-over"
    NO_OPEN_OBJECTION = "no-open-objection"
    OBJECTION_UPHELD = "objection-upheld"
    TASKS_ENTERED = "tasks-entered"
    REPORTS_ACCEPTED = "reports-accepted"
    ACCEPTANCE_PASSED = "acceptance-passed"
    ACCEPTANCE_FAILED = "acceptance-failed"
    REASON = "reason"


class Effect(StrEnum):
    """What a move sets off besides the new state."""

    ENTER_RECOGNITION = "enter-recognition"
    END_RECOGNITION = "end-recognition"
    RENEW_RECOGNITION = "renew-recognition"


class Paper(StrEnum):
    """A document that a move gives to the applicant."""

    RECEIPT = "receipt"
    RETURN_NOTE = "return-note"
    DECISION = "decision"
    CERTIFICATE = "certificate"


class FlowState(Entry):
    """A state: ``within`` so many working days something should happen, ``lapses`` says what else does.

    Without ``lapses`` people are only reminded. With ``in_register: false`` an item is built or accepted
    first and enters the register only afterwards.
    """

    title: Text
    phase: Phase
    within: Tally | None = None
    lapses: Slug | None = None
    in_register: Flag = True

    @model_validator(mode="after")
    def _register_fits(self) -> Self:
        if not self.in_register and self.phase not in {Phase.BUILDING, Phase.ACCEPTING}:
            message = f"in_register: false is for building and accepting, not for “{self.phase}”"
            raise ValueError(message)
        return self

    @property
    def is_recognised(self) -> bool:
        """Return whether an item in this state stands in the register."""
        return self.phase in RECOGNISED and self.in_register


class Move(Entry):
    """A step from some states to one, by one party, when everything that it needs is so.

    With ``signed`` a second person of the bureau must confirm it. With ``applicants`` it is for these
    kinds of organisations alone, such as colleges that hand in to the bureau without a district.
    """

    title: Text
    from_: tuple[Slug, ...] = Field(alias="from", min_length=1)
    to: Slug
    by: Party
    needs: tuple[Need, ...] = ()
    does: Effect | None = None
    signed: Flag = False
    tells: tuple[Party, ...] = ()
    gives: Paper | None = None
    applicants: tuple[Slug, ...] = ()

    def is_for(self, applicant: str | None) -> bool:
        """Return whether an applicant of a kind may go this way; None asks for nobody in particular."""
        return applicant is None or not self.applicants or applicant in self.applicants


class Flow(Entry):
    """The states and moves of a lifecycle, from ``start`` to the states that no move leaves."""

    id: Slug
    title: Text
    start: Slug
    states: dict[Slug, FlowState] = Field(min_length=2)
    moves: dict[Slug, Move] = Field(min_length=1)

    @model_validator(mode="after")
    def _moves_fit(self) -> Self:
        _refuse_unknown("start", (self.start,), self)
        for name, move in self.moves.items():
            _refuse_unknown(f"the move {name}", (*move.from_, move.to), self)
            self._check_effect(name, move)
        for name, state in self.states.items():
            if state.lapses is not None:
                self._check_lapse(name, state)
        self._check_reached()
        return self

    def _check_effect(self, name: str, move: Move) -> None:
        enters = self.states[move.to].is_recognised
        stood = {self.states[state].is_recognised for state in move.from_}
        if len(stood) > 1:
            message = f"the move {name} leaves states of recognised items and others at once"
            raise ValueError(message)
        is_new, is_over = enters and stood == {False}, not enters and stood == {True}
        if is_new != (move.does is Effect.ENTER_RECOGNITION):
            message = f"the move {name} must say does: enter-recognition exactly when an item becomes recognised"
            raise ValueError(message)
        if is_over != (move.does is Effect.END_RECOGNITION):
            message = f"the move {name} must say does: end-recognition exactly when an item ceases to be recognised"
            raise ValueError(message)

    def _check_lapse(self, name: str, state: FlowState) -> None:
        move = self.moves.get(state.lapses or "")
        if state.within is None or move is None or name not in move.from_:
            message = f"the state {name} lapses by “{state.lapses}”, which needs a term (within) and a move from it"
            raise ValueError(message)
        if move.by is not Party.CLOCK:
            message = f"the state {name} lapses by {state.lapses}, which must be by: clock"
            raise ValueError(message)

    def _check_reached(self) -> None:
        reached = self._reached(None)
        lost = [name for name in self.states if name not in reached]
        if lost:
            message = f"no move leads to {', '.join(lost)}"
            raise ValueError(message)

    def _reached(self, applicant: str | None) -> set[str]:
        open_moves = [move for move in self.moves.values() if move.is_for(applicant)]
        reached, before = {self.start}, set[str]()
        while reached != before:
            before = set(reached)
            reached |= {move.to for move in open_moves if before & set(move.from_)}
        return reached

    def moves_from(self, state: str, *, applicant: str | None = None) -> dict[str, Move]:
        """Return the moves that leave a state, for a kind of applicant, in the order of the file."""
        return {
            name: move
            for name, move in self.moves.items()
            if state in move.from_ and move.is_for(applicant)
        }

    def can_recognise(self, applicant: str) -> bool:
        """Return whether some way leads an applicant of a kind into the register."""
        return any(self.states[name].is_recognised for name in self._reached(applicant))

    def has_phase(self, phase: Phase) -> bool:
        """Return whether an application can ever be in a phase."""
        return any(state.phase is phase for state in self.states.values())


def _refuse_unknown(what: str, names: tuple[str, ...], flow: Flow) -> None:
    for name in names:
        if name not in flow.states:
            message = f"{what} names the state “{name}”, which is not there"
            raise ValueError(message)
