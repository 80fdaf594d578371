"""People for tests: one per role, always the same names."""

from zhiqiao.apps.accounts.actions import Person, grant_role
from zhiqiao.apps.accounts.actions.accounts import add_user
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_organisation

PASSWORD = "correct-horse-battery-staple"


def make_user(login="someone", *, name="某人", password=PASSWORD, must_change=False) -> User:
    person = Person(login=login, name=name)
    return add_user(person, password=password, must_change=must_change)


def make_member(role, *, login="member", organisation=None) -> User:
    user = make_user(login, name=f"{login} 同志")
    organisation = organisation or bureau()
    grant_role(user, role=role, organisation=organisation.pk, actor=None)
    return user


def bureau() -> Organisation:
    found = Organisation.objects.filter(name="云岭省教育厅").first()
    return found or make_organisation("云岭省教育厅", kind="government")


def prove_again(client, asked):
    """Answer the question for the password that came instead; return what was wanted at first."""
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    return client.post(asked["Location"], {"password": PASSWORD})
