from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from zhiqiao.apps.accounts.actions.accounts import (
    AUDITED,
    NewAccount,
    Person,
    add_user,
    create_account,
    deactivate_account,
)
from zhiqiao.apps.accounts.actions.roles import grant_role
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import administrators_exist
from zhiqiao.apps.accounts.rules import can_have_sample_accounts
from zhiqiao.apps.registry.actions import NewOrganisation, create_organisation
from zhiqiao.apps.registry.choices import OrganisationKind
from zhiqiao.apps.registry.queries import region_by_name
from zhiqiao.core import audit
from zhiqiao.core.errors import RuleError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack

SAMPLES: Mapping[str, Role] = {
    "clerk": Role.BUREAU_CLERK,
    "lead": Role.BUREAU_LEAD,
    "body": Role.BODY_CLERK,
    "school": Role.SCHOOL_CLERK,
    "sysadmin": Role.SYSTEM_ADMIN,
    "secadmin": Role.SECURITY_ADMIN,
    "audit": Role.AUDIT_ADMIN,
}


@transaction.atomic
def create_sample_accounts(*, password: str) -> list[User]:
    """Open one account per role for trying things out; existing ones are left as they are.

    Refused with a real database server. Their organisations are demonstration data: no list shows
    them to others and no figure counts them.
    """
    verdict = can_have_sample_accounts()
    if not verdict:
        raise RuleError(verdict.code, **verdict.parameters)
    existing = {user.login: user for user in User.objects.filter(login__in=SAMPLES)}
    if len(existing) == len(SAMPLES):
        return [existing[login] for login in SAMPLES]
    bureau = _sample_body(_("Education bureau (sample)"), OrganisationKind.GOVERNMENT)
    others = {
        Role.BODY_CLERK: _sample_body(
            _("Department or district (sample)"), OrganisationKind.GOVERNMENT
        ),
        Role.SCHOOL_CLERK: _sample_body(
            _("Vocational school (sample)"), OrganisationKind.HIGHER_VOCATIONAL
        ),
    }
    users = []
    for login, role in SAMPLES.items():
        if login in existing:
            users.append(existing[login])
            continue
        users.append(_sample(login, role, others.get(role, bureau), password))
    return users


@transaction.atomic
def open_sample_account(login: str, role: Role, organisation: int, *, password: str) -> User:
    """Open one more account for trying things out, at a body of demonstration data."""
    verdict = can_have_sample_accounts()
    if not verdict:
        raise RuleError(verdict.code, **verdict.parameters)
    return _sample(login, role, organisation, password)


def _sample_body(name: str, kind: str) -> int:
    area = region_by_name(current_pack().area)
    new = NewOrganisation(name=name, kind=kind, region=area, provenance=Provenance.DEMONSTRATION)
    return create_organisation(new, actor=None).pk


def _sample(login: str, role: Role, organisation: int, password: str) -> User:
    name = _("%(role)s (sample account)") % {"role": role.label}
    person = Person(login=login, name=name)
    user = add_user(person, password=password, must_change=False, demonstration=True)
    audit.record(
        actor=None,
        verb="accounts.user.created",
        subject=user,
        before=None,
        after=audit.snapshot(user, AUDITED),
    )
    grant_role(user, role=role, organisation=organisation, actor=None)
    return user


@transaction.atomic
def bootstrap_administrators(
    *, system_admin: Person, security_admin: Person, organisation: str
) -> tuple[NewAccount, NewAccount]:
    """Open the first two accounts of an installation, for two persons, and never again.

    From then on the two need each other: one opens accounts, the other grants roles. Sample accounts
    are closed for good: real records are no place to try things out.
    """
    if administrators_exist():
        raise RuleError("accounts.bootstrapped_already")
    if system_admin.login.strip().lower() == security_admin.login.strip().lower():
        raise RuleError("accounts.bootstrap_needs_two")
    body = create_organisation(
        NewOrganisation(
            name=organisation, kind=OrganisationKind.GOVERNMENT, provenance=Provenance.REPORTED
        ),
        actor=None,
    )
    for sample in User.objects.filter(is_demonstration=True, is_active=True):
        deactivate_account(sample, actor=None, reason=_("Real accounts were opened"))
    first = _administrator(system_admin, Role.SYSTEM_ADMIN, body.pk)
    second = _administrator(security_admin, Role.SECURITY_ADMIN, body.pk)
    return first, second


def _administrator(person: Person, role: Role, organisation: int) -> NewAccount:
    account = create_account(
        login=person.login,
        name=person.name,
        email=person.email,
        language=person.language,
        actor=None,
    )
    grant_role(account.user, role=role, organisation=organisation, actor=None)
    return account
