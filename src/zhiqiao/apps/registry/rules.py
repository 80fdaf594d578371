"""Who may write the registry, and which changes of a body make sense."""

from datetime import date
from typing import Protocol, runtime_checkable

from django.utils.translation import gettext_lazy as _

from zhiqiao.core import errors
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused

# The registry is below the accounts and cannot import their roles; the word is the same.
CLERK = "bureau-clerk"

errors.define(
    "registry.not_a_clerk",
    message=_("Only a clerk of the bureau may change the registry."),
    remedy=_("Sign in as a clerk of the bureau, or ask one to make the change."),
    status=403,
)
errors.define(
    "registry.name_missing",
    message=_("An organisation needs a name."),
    remedy=_("Write the full official name as on its seal."),
    status=422,
)
errors.define(
    "registry.name_unchanged",
    message=_("%(name)s is the present name already."),
    remedy=_("Write the new name, or leave the record as it is."),
    status=422,
)
errors.define(
    "registry.name_before_the_last",
    message=_("The present name holds since %(since)s; a new one cannot begin on %(on)s."),
    remedy=_("Check the day of the change; names follow one another in time."),
    status=422,
)
errors.define(
    "registry.code_taken",
    message=_("The code %(number)s belongs to %(name)s already."),
    remedy=_("Open that organisation, or check the code on the official list."),
    status=409,
)
errors.define(
    "registry.succession_needs_successor",
    message=_("This change needs the body that followed."),
    remedy=_("Choose the successor, or record the change as a closure."),
    status=422,
)
errors.define(
    "registry.closure_has_no_successor",
    message=_("A closure has no successor, but %(name)s was given."),
    remedy=_("Choose merged, upgraded or split when another body took over."),
    status=422,
)
errors.define(
    "registry.succession_in_a_circle",
    message=_("%(successor)s came before %(predecessor)s and cannot also follow it."),
    remedy=_("Exchange the two bodies, or correct the earlier record of the line."),
    status=409,
)
errors.define(
    "registry.succession_said_already",
    message=_("This change from %(predecessor)s is recorded already."),
    remedy=_("Open the history of the organisation to see it."),
    status=409,
)
errors.define(
    "registry.region_code_known",
    message=_("%(name)s has the code %(number)s already."),
    remedy=_("A code is never replaced; record a change of the region instead."),
    status=409,
)
errors.define(
    "registry.region_code_taken",
    message=_("The code %(number)s belongs to %(name)s at the same time."),
    remedy=_("Check the code on the national list."),
    status=409,
)


@runtime_checkable
class RoleHolder(Protocol):
    @property
    def role_names(self) -> frozenset[str]: ...


def can_write_registry(actor: Actor) -> Verdict:
    if actor is None or (isinstance(actor, RoleHolder) and CLERK in actor.role_names):
        return ALLOWED
    return refused("registry.not_a_clerk")


def can_take_name(*, present: str, since: date | None, name: str, on: date | None) -> Verdict:
    if not name:
        return refused("registry.name_missing")
    if name == present:
        return refused("registry.name_unchanged", name=name)
    if since is not None and on is not None and on <= since:
        return refused("registry.name_before_the_last", since=since.isoformat(), on=on.isoformat())
    return ALLOWED


errors.define(
    "registry.import_region_unknown",
    message=_("There is no region %(given)s, or several have this name."),
    remedy=_("Write the full name, give the province too, or use the six-digit code."),
    status=422,
)
errors.define(
    "registry.import_name_differs",
    message=_("The code %(number)s belongs to %(name)s, but this row calls it %(given)s."),
    remedy=_("If it was renamed, record the new name with its day first; else correct the row."),
    status=422,
)
errors.define(
    "registry.import_code_differs",
    message=_("%(name)s has the code %(number)s, but this row gives %(given)s."),
    remedy=_("Compare the codes with the official list; a code is never replaced by an import."),
    status=422,
)
errors.define(
    "registry.import_name_ambiguous",
    message=_("Several registered bodies have the name %(given)s."),
    remedy=_("Give the national code or the credit code so that the row points to one of them."),
    status=422,
)
errors.define(
    "registry.import_credit_code_wrong",
    message=_("%(given)s is not a valid unified credit code; its check character does not fit."),
    remedy=_("Copy the 18 characters from the certificate again."),
    status=422,
)
errors.define(
    "registry.import_word_unknown",
    message=_("This column does not know the word %(given)s."),
    remedy=_("Use one of the words of the template, or leave the cell empty."),
    status=422,
)
