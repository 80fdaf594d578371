"""What may be refused here, each with what to do about it."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core import errors

errors.define(
    "accounts.not_system_admin",
    message=_("Only the system administrator opens and closes accounts."),
    remedy=_("Ask the system administrator; the security administrator grants roles."),
    status=403,
)
errors.define(
    "accounts.not_security_admin",
    message=_("Only the security administrator grants and ends roles."),
    remedy=_("Ask the security administrator; the system administrator opens accounts."),
    status=403,
)
errors.define(
    "accounts.not_for_you",
    message=_("The list of accounts is open to the system and the security administrator only."),
    remedy=_("Your own account is under your name at the top of the page."),
    status=403,
)
errors.define(
    "accounts.role_to_oneself",
    message=_("Nobody may give a role to themselves or end their own."),
    remedy=_("Ask another security administrator."),
    status=403,
)
errors.define(
    "accounts.own_account",
    message=_("Nobody may close their own account or issue a password for it."),
    remedy=_("Ask another system administrator, or change your password on your own page."),
    status=403,
)
errors.define(
    "accounts.own_confirmation",
    message=_("Nobody may confirm their own account."),
    remedy=_("Ask another security administrator, or the operator of the server."),
    status=403,
)
errors.define(
    "accounts.successor_missing",
    message=_("Nobody is named who takes over for %(body)s."),
    remedy=_("Name a person who works there; invite one if there is none."),
    status=409,
)
errors.define(
    "accounts.successor_elsewhere",
    message=_("%(name)s cannot take over: not in effect, or without a role in that body."),
    remedy=_("Name another person of the body."),
    status=409,
)
errors.define(
    "accounts.invited_already",
    message=_("An invitation to %(email)s is waiting."),
    remedy=_("Send it again, or withdraw it first."),
    status=409,
)
errors.define(
    "accounts.invitation_unknown",
    message=_("This invitation is not known here."),
    remedy=_(
        "Copy the whole address from the message; after a second message only that one works."
    ),
    status=404,
)
errors.define(
    "accounts.invitation_used",
    message=_("This invitation was accepted before; it works once."),
    remedy=_("Sign in. If it was not you who accepted, tell the system administrator at once."),
    status=410,
)
errors.define(
    "accounts.invitation_withdrawn",
    message=_("This invitation was withdrawn."),
    remedy=_("Ask whoever invited you; a new invitation can be sent."),
    status=410,
)
errors.define(
    "accounts.application_ended",
    message=_("The system %(name)s is disconnected already."),
    remedy=_("Connect it again to get a new secret."),
    status=409,
)
errors.define(
    "accounts.invitation_over",
    message=_("This invitation has expired."),
    remedy=_("Ask whoever invited you to send it again."),
    status=410,
)
errors.define(
    "accounts.invitation_early",
    message=_("The clock of the server stands before the day of this invitation."),
    remedy=_("Tell the operator of the server; the invitation waits."),
    status=409,
)
errors.define(
    "accounts.no_second_factor",
    message=_("%(name)s has no second factor."),
    remedy=_("Nothing is to be done."),
    status=409,
)
errors.define(
    "accounts.own_second_factor",
    message=_("Nobody may reset their own second factor."),
    remedy=_("Ask another security administrator, or use a recovery code."),
    status=403,
)
errors.define(
    "accounts.second_factor_needed",
    message=_("Your roles need a second factor, and this is the last one."),
    remedy=_("Set up another one first."),
    status=409,
)
errors.define(
    "accounts.nothing_to_confirm",
    message=_("The account of %(name)s waits for no confirmation."),
    remedy=_("Reload the page to see its state."),
    status=409,
)
errors.define(
    "accounts.administrator_has_other_role",
    message=_("%(name)s holds the role %(held)s; administrators hold one role and no other."),
    remedy=_("Give the role to another person, or end the other role first."),
    status=409,
)
errors.define(
    "accounts.role_held_already",
    message=_("%(name)s holds this role in this organisation already."),
    remedy=_("Nothing is to be done."),
    status=409,
)
errors.define(
    "accounts.account_closed",
    message=_("The account of %(name)s is closed."),
    remedy=_("The system administrator can open it again."),
    status=409,
)
errors.define(
    "accounts.membership_ended",
    message=_("This role was ended before."),
    remedy=_("Reload the page to see the roles in force."),
    status=409,
)
errors.define(
    "accounts.login_taken",
    message=_("The login name %(login)s is in use."),
    remedy=_("Choose another login name."),
    status=409,
)
errors.define(
    "accounts.email_taken",
    message=_("The e-mail address belongs to another account."),
    remedy=_("Check the address, or leave it empty."),
    status=409,
)
errors.define(
    "accounts.login_unreadable",
    message=_("The login name %(login)s has characters that are not allowed."),
    remedy=_("Use 2 to 60 small letters, digits, dots, hyphens or underscores."),
    status=422,
)
errors.define(
    "accounts.samples_need_embedded",
    message=_("Sample accounts are refused on a real database server."),
    remedy=_("Run bootstrap_administrators to open the first two accounts."),
    status=409,
)
errors.define(
    "accounts.samples_closed",
    message=_("Sample accounts are closed here: real people work with these records."),
    remedy=_("Try things out in a data folder of its own (ZHIQIAO_HOME)."),
    status=409,
)
errors.define(
    "accounts.bootstrapped_already",
    message=_("This installation has administrators already."),
    remedy=_("The system administrator opens further accounts."),
    status=409,
)
errors.define(
    "accounts.bootstrap_needs_two",
    message=_("The system and the security administrator must be two persons."),
    remedy=_("Give two different login names."),
    status=422,
)

errors.define(
    "accounts.token-not-for-administrators",
    message=_("Administrators have no tokens: what they may do is never done by a program."),
    remedy=_("A person who works with the records can make a token."),
    status=403,
)
errors.define(
    "accounts.token-needs-role",
    message=_("A token acts for a person who holds a role; %(name)s holds none that counts here."),
    remedy=_("Ask the security administrator for a role. The open data needs no token."),
    status=403,
)
errors.define(
    "accounts.token-of-another",
    message=_("Only its owner or the security administrator may do this with a token."),
    remedy=_("Ask the person whose token it is."),
    status=403,
)
errors.define(
    "accounts.token-scope-unknown",
    message=_("There is no scope %(scope)s."),
    remedy=_("Choose at least one scope from the list."),
    status=422,
)
errors.define(
    "accounts.token-too-long",
    message=_("A token is valid for a year at most, and from today on; %(day)s is not possible."),
    remedy=_("Choose an earlier day; make a new token when this one ends."),
    status=422,
)
errors.define(
    "accounts.token-too-many",
    message=_("%(name)s has %(number)s tokens in force, and no more are possible."),
    remedy=_("Revoke tokens that nobody uses."),
    status=409,
)
errors.define(
    "accounts.outside_not_for_administrators",
    message=_("Administrators never sign in with an account of another system."),
    remedy=_("Sign in with your password and second factor."),
    status=403,
)
errors.define(
    "accounts.has_roles",
    message=_("This account holds roles, so its password is not replaced by a code."),
    remedy=_("Ask a system administrator for a one-time password."),
    status=409,
)
