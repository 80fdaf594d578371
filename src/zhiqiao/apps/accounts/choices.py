from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    BUREAU_CLERK = "bureau-clerk", _("Clerk of the bureau")
    BUREAU_LEAD = "bureau-lead", _("Lead of the bureau")
    BODY_CLERK = "body-clerk", _("Clerk of a department or district")
    SCHOOL_CLERK = "school-clerk", _("Clerk of a school")
    SYSTEM_ADMIN = "system-admin", _("System administrator")
    SECURITY_ADMIN = "security-admin", _("Security administrator")
    AUDIT_ADMIN = "audit-admin", _("Audit administrator")


ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# The two administrators whose work needs the list of people.
SEES_PEOPLE = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
BUSINESS_ROLES = frozenset(Role) - ADMIN_ROLES


class Language(TextChoices):
    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")


class Shared(TextChoices):
    """What a connected system may be told of a person who agrees."""

    WHO = "openid", _("That it is you, by a number of its own")
    NAME = "profile", _("Your name and login name")
    ADDRESS = "email", _("Your e-mail address")
    ROLES = "roles", _("Your roles and where you hold them")


SHARED = (Shared.NAME, Shared.ADDRESS, Shared.ROLES)


class TokenEnd(TextChoices):
    """Why a token of the API gives nothing any more."""

    REVOKED = "revoked", _("revoked by a person")
    EXPIRED = "expired", _("Expired")
    CLOSED = "closed", _("The account was closed")
    PASSWORD_ISSUED = "password-issued", _("A one-time password was issued")


#: How the history of an account reads to a person.
VERBS = {
    "accounts.user.created": _("The account was opened"),
    "accounts.user.deactivated": _("The account was closed"),
    "accounts.user.reactivated": _("The account was opened again"),
    "accounts.user.password_issued": _("A one-time password was issued"),
    "accounts.user.confirmed": _("The person was confirmed; the roles are in effect again"),
    "accounts.user.password_changed": _("The person set a new password"),
    "accounts.user.password_due": _("The password had been in use too long"),
    "accounts.user.factors_reset": _("The second factor was reset"),
    "accounts.user.lock_lifted": _("The lock after wrong attempts was lifted"),
    "accounts.invitation.accepted": _("The person accepted an invitation"),
    "accounts.role.granted": _("A role was granted"),
    "accounts.role.ended": _("A role was ended"),
    "accounts.user.seen": _("The page of the account was opened"),
    "accounts.user.address_shown": _("The whole e-mail address was shown"),
    "accounts.user.handed_over": _("What the person held was handed over"),
    "accounts.user.app_added": _("An app with codes was set up"),
    "accounts.user.app_removed": _("The app with codes was removed"),
    "accounts.user.key_added": _("A key was added"),
    "accounts.user.key_removed": _("A key was removed"),
    "accounts.user.outside_added": _("An account of another system was connected"),
    "accounts.user.outside_removed": _("An account of another system was disconnected"),
    "accounts.user.codes_drawn": _("New recovery codes were drawn"),
    "accounts.user.sessions_ended": _("The person ended sessions"),
    "accounts.user.told_system": _("A connected system was told who you are"),
    "accounts.application.connected": _("A system was connected"),
    "accounts.application.ended": _("A system was disconnected"),
}
