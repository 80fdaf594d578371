"""Who may open the portal's inner pages."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.core import errors
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused

errors.define(
    "portal.not_audit_admin",
    message=_("Only the audit administrator reads the audit trail."),
    remedy=_("The history of a single record stands on its own page."),
    status=403,
)

errors.define(
    "portal.not_system_admin",
    message=_("Only the system administrator sees how messages leave the site."),
    remedy=_("Your own notices show whether they were sent."),
    status=403,
)
errors.define(
    "portal.notices-of-a-person",
    message=_("Notices belong to a person who signed in."),
    remedy=_("Sign in first."),
    status=403,
)
errors.define(
    "portal.dispatch-not-failed",
    message=_("This message has not failed."),
    remedy=_("Reload the page to see its present state."),
    status=409,
)


def can_see_dispatches(user: Actor) -> Verdict:
    return ALLOWED if holds_role(user, Role.SYSTEM_ADMIN) else refused("portal.not_system_admin")


def can_retry_dispatch(user: Actor) -> Verdict:
    return can_see_dispatches(user)


def can_read_audit(user: Actor) -> Verdict:
    return ALLOWED if holds_role(user, Role.AUDIT_ADMIN) else refused("portal.not_audit_admin")
