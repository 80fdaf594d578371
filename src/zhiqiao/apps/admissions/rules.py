"""Who may do what in a season, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role, organisations_of
from zhiqiao.apps.admissions import refusals  # noqa: F401 - gives the codes their words
from zhiqiao.apps.admissions.choices import (
    AppealState,
    Arrow,
    ContractState,
    Eligibility,
    RequestState,
    SeasonState,
)
from zhiqiao.apps.admissions.models import (
    Appeal,
    Candidate,
    PathwayContract,
    PlaceLine,
    Recheck,
    Season,
)
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.dates import local
from zhiqiao.core.fields import Provenance
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import AdmissionScheme, TiePolicy

if TYPE_CHECKING:
    from django.utils.functional import Promise

# Below this many admitted, the lowest score would be that of a person one can name.
SMALLEST_SHOWN = 3
STAFF = (Role.BUREAU_CLERK, Role.BUREAU_LEAD)


@dataclass(frozen=True, slots=True)
class Step:
    """From which states a step leads where, whether two persons are needed, and if it is a run."""

    source: frozenset[str]
    target: str
    two_persons: bool = False
    is_run: bool = False
    by_lead: bool = False


S = SeasonState
STEPS: Mapping[str, Step] = {
    Arrow.FREEZE_PLACES: Step(frozenset({S.DRAFT}), S.PLACES_FROZEN, two_persons=True),
    Arrow.OPEN_CHOICES: Step(frozenset({S.PLACES_FROZEN}), S.CHOOSING),
    Arrow.FREEZE_CHOICES: Step(frozenset({S.CHOOSING}), S.CHOICES_FROZEN, two_persons=True),
    Arrow.RUN_TRIAL: Step(frozenset({S.CHOICES_FROZEN, S.TRIAL}), S.TRIAL, is_run=True),
    Arrow.OPEN_REVIEW: Step(frozenset({S.TRIAL}), S.REVIEW),
    Arrow.RUN_FINAL: Step(frozenset({S.REVIEW}), S.DECIDED, is_run=True),
    Arrow.CONFIRM: Step(frozenset({S.DECIDED}), S.CONFIRMED, by_lead=True),
    Arrow.PUBLISH: Step(frozenset({S.CONFIRMED}), S.PUBLISHED, two_persons=True),
    Arrow.CORRECT: Step(frozenset({S.PUBLISHED}), S.DECIDED, two_persons=True, is_run=True),
    Arrow.OPEN_SUPPLEMENTARY: Step(frozenset({S.PUBLISHED}), S.CHOOSING, two_persons=True),
    Arrow.CLOSE: Step(frozenset({S.PUBLISHED}), S.CLOSED, two_persons=True),
}
# How far a rehearsal goes: nothing of it is confirmed by persons or published.
REHEARSED = frozenset({Arrow.RUN_TRIAL, Arrow.OPEN_REVIEW, Arrow.RUN_FINAL})
ADJUSTABLE = frozenset({S.DRAFT, S.PLACES_FROZEN, S.TRIAL, S.REVIEW, S.PUBLISHED})
# Until the final run a decision about a person still counts in it.
BEFORE_DECISION = frozenset(
    {S.DRAFT, S.PLACES_FROZEN, S.CHOOSING, S.CHOICES_FROZEN, S.TRIAL, S.REVIEW}
)
ENTERING = frozenset({S.DRAFT, S.PLACES_FROZEN})
BEFORE_RUNS = frozenset({S.DRAFT, S.PLACES_FROZEN, S.CHOOSING, S.CHOICES_FROZEN})
LINES_DRAWN_IN = BEFORE_RUNS | {S.TRIAL}
# After a trial run and before the final one: what would change may be tried.
BETWEEN_RUNS = frozenset({S.TRIAL, S.REVIEW})
NOT_CLOSED = frozenset(S) - {S.CLOSED}
EDITABLE = frozenset({RequestState.DRAFT, RequestState.RETURNED})


def is_staff(actor: Actor) -> bool:
    return actor is None or any(holds_role(actor, role) for role in STAFF)


def can_run_season(actor: Actor) -> Verdict:
    return ALLOWED if is_staff(actor) else refused("admissions.not-yours")


def can_adjust(actor: Actor, season: Season) -> Verdict:
    """Let only a lead change places that two persons froze."""
    if season.state == SeasonState.DRAFT or actor is None:
        return can_run_season(actor)
    return ALLOWED if holds_role(actor, Role.BUREAU_LEAD) else refused("admissions.lead-needed")


def can_check_runs(actor: Actor) -> Verdict:
    """Allow the bureau, and the audit administrator, who is told no candidate's number."""
    if is_staff(actor) or holds_role(actor, Role.AUDIT_ADMIN):
        return ALLOWED
    return refused("admissions.not-yours")


def can_see_requests(actor: Actor) -> Verdict:
    if is_staff(actor) or holds_role(actor, Role.SCHOOL_CLERK):
        return ALLOWED
    return refused("admissions.not-yours")


def can_act_for_school(actor: Actor, school: int | None) -> Verdict:
    """Allow the bureau and the clerks of the school itself."""
    if is_staff(actor) or (school is not None and holds_role(actor, Role.SCHOOL_CLERK, school)):
        return ALLOWED
    return refused("admissions.not-yours")


def can_object(actor: Actor) -> Verdict:
    """Let anybody object who signed in: a notice asks the public."""
    if actor is None or actor.is_authenticated:
        return ALLOWED
    return refused("admissions.not-yours")


def can_sign(actor: Actor, *, asked_by: int | None, is_lead_needed: bool) -> Verdict:
    """Let a second person sign; among the two is a lead."""
    own = getattr(actor, "pk", None)
    if actor is not None and asked_by is not None and own == asked_by:
        return refused("admissions.two-persons")
    if is_lead_needed and actor is not None and not holds_role(actor, Role.BUREAU_LEAD):
        return refused("admissions.two-persons")
    return can_run_season(actor)


def stands_at(season: Season, states: Iterable[str]) -> Verdict:
    if season.state in set(states):
        return ALLOWED
    return refused("admissions.wrong-state", state=season.get_state_display())


def may_be_rehearsed(season: Season, arrow: str) -> Verdict:
    """Let a rehearsal take the steps of a rehearsal, and every other season any step."""
    if not season.is_rehearsal or arrow in REHEARSED:
        return ALLOWED
    return refused("admissions.rehearsal-ends")


def is_no_rehearsal(season: Season) -> Verdict:
    return refused("admissions.rehearsal-ends") if season.is_rehearsal else ALLOWED


def can_be_changed(line: PlaceLine) -> Verdict:
    if line.state in EDITABLE:
        return ALLOWED
    return refused("admissions.line-closed", state=line.get_state_display())


def fits_scheme(line: PlaceLine, scheme: AdmissionScheme) -> Verdict:
    """Hold the words of a request against the scheme."""
    batches = {batch.id: batch for batch in scheme.batches}
    known: dict[Promise, tuple[str, Iterable[str]]] = {
        _("batch"): (line.batch, batches),
        _("exam type"): (
            line.exam_type,
            batches[line.batch].exam_types if line.batch in batches else (),
        ),
        _("category of majors"): (line.category, scheme.categories),
        _("pathway"): (line.pathway, scheme.pathways),
    }
    for what, (given, words) in known.items():
        if given not in words:
            return refused("admissions.line-word", given=given, what=what, known=", ".join(words))
    if line.minimum is not None and line.minimum > line.requested:
        return refused("admissions.class-too-large", minimum=line.minimum, places=line.requested)
    return ALLOWED


def is_eligible(candidate: Candidate) -> Verdict:
    if candidate.eligibility == Eligibility.INELIGIBLE:
        return refused("admissions.not-eligible", reason=candidate.reason)
    return ALLOWED


def is_own(actor: Actor, candidate: Candidate) -> Verdict:
    if candidate.account_id is not None and getattr(actor, "pk", None) == candidate.account_id:
        return ALLOWED
    return refused("admissions.choices-not-yours")


def is_window_open(season: Season, *, now: datetime, until: datetime | None) -> Verdict:
    """Say whether one may choose now; ``until`` is the end for the candidate's district."""
    since = season.choices_from
    if season.state != SeasonState.CHOOSING:
        return refused("admissions.wrong-state", state=season.get_state_display())
    if since is None or until is None:
        return refused("admissions.window-missing")
    closed = refused("admissions.window-closed", since=written(since), until=written(until))
    verdict = ALLOWED if since <= now < until else closed
    return verdict if season.paused_at is None else refused("admissions.window-paused")


def recheck_until(season: Season) -> date | None:
    """Return the last day for asking for a re-check: some working days after the sealing."""
    if season.scores_sealed_at is None:
        return None
    sealed_on = local(season.scores_sealed_at).date()
    return add_working_days(sealed_on, season.rules.clocks.recheck).day


def is_recheck_open(season: Season, *, today: date) -> Verdict:
    until = recheck_until(season)
    if until is None:
        return refused("admissions.scores-open")
    return ALLOWED if today <= until else refused("admissions.rechecks-over", until=str(until))


def lets_correct(ground: Appeal | Recheck) -> Verdict:
    """Say whether an appeal or a re-check lets sealed marks be replaced: upheld, and not used yet."""
    if ground.state == AppealState.UPHELD and ground.corrected_at is None:
        return ALLOWED
    return refused("admissions.no-ground-to-correct")


def is_open_to(line: PlaceLine, candidate: Candidate, *, regions: frozenset[int]) -> bool:
    """Say whether a candidate may list a programme; ``regions`` holds the district and its wholes.

    Candidates of a pathway and its programmes are open to each other alone. A scheme may open every
    category to everybody.
    """
    is_any = candidate.season.rules.lists_any_category
    return (
        line.state == RequestState.APPROVED
        and line.exam_type == candidate.exam_type
        and (is_any or line.category == candidate.category)
        and line.contract_id == candidate.contract_id
        and (line.region_id is None or line.region_id in regions)
    )


ENROLLING = frozenset({S.PUBLISHED, S.CLOSED})


def can_enrol(actor: Actor, line: PlaceLine) -> Verdict:
    """Allow the bureau and the clerks of the school that admitted."""
    return can_act_for_school(actor, line.school_id)


def takes_enrolments(season: Season) -> Verdict:
    if season.enrolments_complete_on is not None:
        return refused("admissions.enrolments-complete", day=str(season.enrolments_complete_on))
    return stands_at(season, ENROLLING)


def can_see_members(actor: Actor, contract: PathwayContract) -> Verdict:
    """Allow the bureau and the first school, which keeps the files of the members."""
    return can_act_for_school(actor, contract.school_id)


def is_contract_at(contract: PathwayContract, states: Iterable[str]) -> Verdict:
    if contract.state in set(states):
        return ALLOWED
    return refused("admissions.contract-state", state=contract.get_state_display())


def is_in_force(contract: PathwayContract) -> Verdict:
    return is_contract_at(contract, [ContractState.IN_FORCE])


def is_of_the_data(contract: PathwayContract, season: Season) -> Verdict:
    """Keep demonstration and real data apart."""
    is_sample = contract.provenance == Provenance.DEMONSTRATION
    if is_sample == (season.provenance == Provenance.DEMONSTRATION):
        return ALLOWED
    return refused("admissions.contract-unknown")


def fits_contract(line: PlaceLine, contract: PathwayContract) -> Verdict:
    """Hold a programme against its contract: the receiving school, the pathway and the year."""
    fits = (
        line.school_id == contract.receiving_id
        and line.pathway == contract.kind
        and line.season.year >= contract.first_year
        and bool(is_of_the_data(contract, line.season))
    )
    return ALLOWED if fits else refused("admissions.contract-line", programme=line.code)


def draws_lots(season: Season) -> bool:
    """Say whether ties of any batch are decided by lot."""
    return any(batch.ties == TiePolicy.LOTTERY for batch in season.rules.batches)


def written(instant: datetime) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M}"


def schools_of(actor: Actor) -> frozenset[int]:
    return organisations_of(actor) if holds_role(actor, Role.SCHOOL_CLERK) else frozenset()
