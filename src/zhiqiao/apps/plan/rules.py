"""When a target counts as met, and who may freeze the board."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.apps.plan.choices import TargetStatus
from zhiqiao.core import errors
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.measures import Bound, ListState
from zhiqiao.packs import Target, status_of

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


def target_status(
    target: Target,
    value: Decimal | None,
    *,
    bound: Bound,
    list_state: ListState,
    today: date,
    started: date,
) -> TargetStatus:
    """Judge a figure by the one rule that packs and their own tests use too."""
    status = status_of(
        target,
        None if bound is Bound.NONE else value,
        exact=bound is Bound.EXACT,
        list_state=list_state,
        day=today,
        started=started,
    )
    return TargetStatus(status.value)


def can_record_reported_figures(actor: Actor) -> Verdict:
    if actor is None or holds_role(actor, Role.BUREAU_CLERK) or holds_role(actor, Role.BUREAU_LEAD):
        return ALLOWED
    return refused("plan.recording-needs-bureau")
