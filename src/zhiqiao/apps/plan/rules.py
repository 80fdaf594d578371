"""When a target counts as met, and who may freeze the board."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.apps.plan.choices import TargetStatus
from zhiqiao.core import errors
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.measures import Bound, ListState
from zhiqiao.packs import Target

errors.define(
    "plan.freeze-needs-lead",
    message=_("Only the bureau's lead may freeze the board."),
    remedy=_("Ask a colleague who holds this role, or the security administrator for the role."),
    status=403,
)
errors.define(
    "plan.recording-needs-bureau",
    message=_("Only the bureau's clerks may record figures that others published."),
    remedy=_("Ask the bureau to record the figure, with its source."),
    status=403,
)
errors.define(
    "plan.unknown-target",
    message=_("The plan has no target %(id)s."),
    remedy=_("Choose a target from the board."),
    status=404,
)
errors.define(
    "plan.unknown-article",
    message=_("The plan has no article %(id)s."),
    remedy=_("Choose an article from the list."),
    status=404,
)
errors.define(
    "plan.freeze-does-not-replay",
    message=_("The frozen board cannot be replayed to its own figures: %(targets)s."),
    remedy=_("Keep the record as it is and tell the audit administrator."),
    status=409,
)


def can_freeze_board(actor: Actor) -> Verdict:
    if actor is None or holds_role(actor, Role.BUREAU_LEAD):
        return ALLOWED
    return refused("plan.freeze-needs-lead")


def threshold(target: Target) -> Decimal:
    """Give the least value that meets the target.

    An "about" target declares its tolerance in the pack. A number that is exceeded is reached: the
    plan asks to build so many, and one more does not undo it.
    """
    if target.operator == "about":
        return target.value * (1 - (target.tolerance or Decimal(0)))
    return target.value


def target_status(
    target: Target,
    value: Decimal | None,
    *,
    bound: Bound,
    list_state: ListState,
    today: date,
    started: date,
) -> TargetStatus:
    if list_state in UNLOADED:
        return UNLOADED[list_state]
    if value is not None and bound is not Bound.NONE and value >= threshold(target):
        return TargetStatus.MET
    if value is None or bound is not Bound.EXACT:
        return TargetStatus.CANNOT_TELL
    return _unmet_status(target, value, today=today, started=started)


UNLOADED = {
    ListState.NO_DATA: TargetStatus.NO_DATA,
    ListState.NOT_LOADED: TargetStatus.NOT_LOADED,
}


def _unmet_status(target: Target, value: Decimal, *, today: date, started: date) -> TargetStatus:
    if today > target.deadline:
        return TargetStatus.NOT_MET
    elapsed = Fraction((today - started).days, max((target.deadline - started).days, 1))
    on_course = Fraction(value) >= Fraction(threshold(target)) * elapsed
    return TargetStatus.ON_COURSE if on_course else TargetStatus.BEHIND


def can_record_reported_figures(actor: Actor) -> Verdict:
    if actor is None or holds_role(actor, Role.BUREAU_CLERK) or holds_role(actor, Role.BUREAU_LEAD):
        return ALLOWED
    return refused("plan.recording-needs-bureau")
