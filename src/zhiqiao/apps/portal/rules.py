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


def can_read_audit(user: Actor) -> Verdict:
    return ALLOWED if holds_role(user, Role.AUDIT_ADMIN) else refused("portal.not_audit_admin")
