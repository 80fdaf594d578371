"""Who may see and keep files of people."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.apps.people.models import STAFF, Expert, Person
from zhiqiao.apps.registry.queries.names import folded
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.errors import define

ADULT_AT = 18
CONSENTS_FROM = 14

define(
    "people.not-yours",
    message=_("Files of people are open to the bureau and to the school that keeps them."),
    remedy=_("Ask the clerk of the person's school."),
    status=403,
)
define(
    "people.missing",
    message=_("There is no file at this address, or it is not yours to see."),
    remedy=_("Search for the name in the list of people."),
    status=404,
)
define(
    "people.identity-known",
    message=_("Somebody with this identity number has a file already: %(hint)s."),
    remedy=_("Open that file; if the two are one person under a wrong number, join them."),
    status=409,
)
define(
    "people.reason-needed",
    message=_("Showing a whole identity number needs a reason."),
    remedy=_("Write in one sentence what it is needed for; the person can read it."),
    status=422,
)
define(
    "people.not-two",
    message=_("Two different files are needed, and both must still be in use."),
    remedy=_("Choose the file that is kept and the double."),
    status=409,
)
define(
    "people.of-other-data",
    message=_("Demonstration files and real ones are never joined."),
    remedy=_("Choose two files of the same kind."),
    status=409,
)
define(
    "people.other-names",
    message=_("The two files have different names: %(kept)s and %(double)s."),
    remedy=_("Only files of one person are joined. If a name is misspelt, correct it first."),
    status=409,
)
define(
    "people.guardian-needed",
    message=_("Under the age of %(age)s a guardian gives consent."),
    remedy=_("Enter the guardian first, then the consent that the guardian gave."),
    status=409,
)
define(
    "people.no-consent",
    message=_("There is no consent for this that could be withdrawn."),
    remedy=_("Nothing needs to be done."),
    status=409,
)

define(
    "people.experts-not-yours",
    message=_("The list of experts is open to the bureau alone."),
    remedy=_("If you are an expert, open your own entry from your workspace."),
    status=403,
)
define(
    "people.no-expert",
    message=_("There is no expert at this address, or it is not yours to see."),
    remedy=_("Search for the name in the list of experts."),
    status=404,
)
define(
    "people.expert-known",
    message=_("%(name)s is an expert already."),
    remedy=_("Open the entry from the list of experts and change it there."),
    status=409,
)
define(
    "people.expert-changed",
    message=_("Somebody changed this entry while you were writing."),
    remedy=_("Compare with the page of the expert and save once more."),
    status=409,
)
define(
    "people.expert-reason-needed",
    message=_("This needs a reason."),
    remedy=_("Write in one sentence why; the expert can read it."),
    status=422,
)
define(
    "people.no-account",
    message=_("No account has the login name “%(login)s”."),
    remedy=_("Ask the system administrator to open one, then connect it here."),
    status=422,
)
define(
    "people.account-of-another",
    message=_("The account “%(login)s” belongs to the file of somebody else."),
    remedy=_("Check the login name with the expert."),
    status=409,
)
define(
    "people.tie-with-nobody",
    message=_("The tie names neither a body nor a person, and no words."),
    remedy=_("Give a body, an identity number, or say it in words."),
    status=422,
)
define(
    "people.tie-reversed",
    message=_("The tie would last from %(begins)s until %(ends)s, backwards."),
    remedy=_("Correct one of the two days."),
    status=422,
)
define(
    "people.region-unknown",
    message=_("The registry knows no region “%(given)s”, or several."),
    remedy=_("Write the full name or the six-digit code."),
    status=422,
)


def is_staff(actor: Actor) -> bool:
    return any(holds_role(actor, role) for role in STAFF)


def can_see_people(actor: Actor) -> Verdict:
    if is_staff(actor) or holds_role(actor, Role.SCHOOL_CLERK):
        return ALLOWED
    return refused("people.not-yours")


def can_keep_file(actor: Actor, keeper: int | None) -> Verdict:
    """Allow the system, the bureau, and clerks of the school that keeps the file."""
    if actor is None or is_staff(actor):
        return ALLOWED
    if keeper is not None and holds_role(actor, Role.SCHOOL_CLERK, keeper):
        return ALLOWED
    return refused("people.not-yours")


def can_merge(actor: Actor) -> Verdict:
    return ALLOWED if actor is None or is_staff(actor) else refused("people.not-yours")


def are_two_files(kept: Person, double: Person) -> Verdict:
    if kept.pk == double.pk or kept.merged_into_id or double.merged_into_id:
        return refused("people.not-two")
    if kept.provenance != double.provenance:
        return refused("people.of-other-data")
    if folded(kept.name) != folded(double.name):
        return refused("people.other-names", kept=kept.name, double=double.name)
    return ALLOWED


def age_on(born_on: date, day: date) -> int:
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def consents_alone(person: Person, *, today: date) -> Verdict:
    """From fourteen on a person consents alone (Personal Information Protection Law, article 31)."""
    if age_on(person.born_on, today) >= CONSENTS_FROM:
        return ALLOWED
    return refused("people.guardian-needed", age=CONSENTS_FROM)


def can_keep_experts(actor: Actor) -> Verdict:
    return ALLOWED if actor is None or is_staff(actor) else refused("people.experts-not-yours")


def can_declare_ties(actor: Actor, expert: Expert) -> Verdict:
    """Allow the bureau, and the expert for the own ties."""
    account = expert.person.account_id
    if account is not None and getattr(actor, "pk", None) == account:
        return ALLOWED
    return can_keep_experts(actor)
