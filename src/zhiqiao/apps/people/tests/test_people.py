from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.apps.people.actions import (
    NewPerson,
    add_guardian,
    connect_account,
    give_consent,
    merge_people,
    register_person,
    show_identity,
    withdraw_consent,
)
from zhiqiao.apps.people.choices import Purpose
from zhiqiao.apps.people.models import Consent, Person
from zhiqiao.apps.people.queries import people_visible_to, people_with_number, person_visible_to
from zhiqiao.apps.people.rules import age_on
from zhiqiao.apps.people.tests.factories import identity_number, make_person
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core import audit
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make_organisation("云岭职教中心", kind="secondary-vocational")


@pytest.fixture
def clerk(school):
    return make_member(Role.SCHOOL_CLERK, login="school", organisation=school)


def test_number_is_sealed_and_nowhere_readable(school):
    number = identity_number(7)
    person = make_person(7, keeper=school)

    stored = " ".join(
        str(value) for value in Person.objects.filter(pk=person.pk).values()[0].values()
    )
    audited = " ".join(str(row) for row in AuditEntry.objects.values_list("before", "after"))
    assert number not in stored + audited
    assert person.identity_hint == number[:3] + "*" * 11 + number[-4:]
    assert person.born_on == date(2008, 3, 15)
    assert repr(NewPerson(name="x", identity_number=number)).find(number) == -1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12345", "core.identity_form"),
        ("990101299901010011", "core.identity_date"),
        (identity_number(1)[:17] + "A", "core.identity_form"),
    ],
)
def test_bad_number_opens_no_file(number, code):
    with pytest.raises(InputError) as refused:
        register_person(NewPerson(name="某", identity_number=number), actor=None)

    assert refused.value.code == code
    assert number not in str(refused.value)
    assert Person.objects.count() == 0


def test_second_file_of_a_number_is_refused_by_rule_and_by_table(school):
    make_person(1, keeper=school)

    with pytest.raises(RuleError) as refused:
        make_person(1, keeper=school)
    assert refused.value.code == "people.identity-known"
    row = Person.objects.get()
    row.pk, row.uid = None, "00000000-0000-4000-8000-000000000001"
    with pytest.raises(IntegrityError, match="person_identity_once"), transaction.atomic():
        row.save(force_insert=True)
    assert make_person(1, keeper=school, provenance=Provenance.DEMONSTRATION).pk


def test_school_sees_its_own_files_alone(school, clerk):
    other = make_organisation("乌有职教中心", kind="secondary-vocational")
    mine, theirs = make_person(1, keeper=school), make_person(2, keeper=other)

    assert list(people_visible_to(clerk)) == [mine]
    with pytest.raises(MissingError):
        person_visible_to(clerk, theirs.uid)
    assert not people_with_number(clerk, identity_number(2)).exists()
    assert people_with_number(clerk, identity_number(1).lower()).get() == mine


def test_person_sees_the_own_file(school):
    account = make_user("me")
    person = connect_account(make_person(1, keeper=school), account.pk, actor=None)
    make_person(2, keeper=school)

    assert list(people_visible_to(account)) == [person]


def test_showing_a_number_needs_a_reason_and_is_logged(school, clerk):
    person = make_person(3, keeper=school)

    with pytest.raises(InputError):
        show_identity(person, actor=clerk, reason="  ")
    assert show_identity(person, actor=clerk, reason="核对准考证") == identity_number(3)
    entry = audit.history_of(person)[0]
    assert (entry.verb, entry.actor, entry.reason) == ("people.person.shown", clerk, "核对准考证")


def test_clerk_of_another_school_is_refused(school):
    other = make_organisation("乌有职教中心", kind="secondary-vocational")
    stranger = make_member(Role.SCHOOL_CLERK, login="stranger", organisation=other)

    with pytest.raises(RefusedError):
        show_identity(make_person(1, keeper=school), actor=stranger, reason="想看")


def test_joining_keeps_one_file_and_moves_the_guardians(school):
    kept, double = make_person(1, keeper=school), make_person(2, keeper=school)
    guardian = add_guardian(double, name="云母", relation="mother", actor=None)
    give_consent(double, purpose=Purpose.CONTACT, actor=None)

    merge_people(kept, double, actor=None, reason="号码录错")

    guardian.refresh_from_db()
    assert guardian.person == kept
    assert Consent.objects.get(person=double).withdrawn_at is not None
    assert double not in people_visible_to(make_member(Role.BUREAU_CLERK, login="clerk"))
    with pytest.raises(RuleError) as refused:
        merge_people(kept, double, actor=None, reason="再来")
    assert refused.value.code == "people.not-two"


def test_account_of_the_double_follows_where_the_kept_file_has_none(school):
    kept, double = make_person(1, keeper=school), make_person(2, keeper=school)
    account = make_user("me")
    connect_account(double, account.pk, actor=None)

    merge_people(kept, double, actor=None, reason="号码录错")

    assert list(people_visible_to(account)) == [kept]


def test_demonstration_is_never_joined_with_real(school):
    sample = make_person(2, keeper=school, provenance=Provenance.DEMONSTRATION)

    with pytest.raises(RuleError) as refused:
        merge_people(make_person(1, keeper=school), sample, actor=None, reason="同一人")
    assert refused.value.code == "people.of-other-data"


def test_child_needs_a_guardian_to_consent(school):
    child = make_person(1, keeper=school, born="20200101")

    with pytest.raises(RuleError) as refused:
        give_consent(child, purpose=Purpose.ADMISSION, actor=None)
    assert refused.value.code == "people.guardian-needed"
    guardian = add_guardian(child, name="云父", relation="father", actor=None)
    consent = give_consent(child, purpose=Purpose.ADMISSION, guardian=guardian, actor=None)
    assert give_consent(child, purpose=Purpose.ADMISSION, guardian=guardian, actor=None) == consent
    withdraw_consent(child, purpose=Purpose.ADMISSION, actor=None)
    with pytest.raises(RuleError):
        withdraw_consent(child, purpose=Purpose.ADMISSION, actor=None)


def test_age_counts_birthdays():
    assert age_on(date(2012, 3, 1), date(2026, 2, 28)) == 13
    assert age_on(date(2012, 3, 1), date(2026, 3, 1)) == 14


def test_page_shows_the_number_once_and_only_after_a_reason(client, school, clerk):
    person = make_person(4, keeper=school)
    client.force_login(clerk)
    address = reverse("people:person", args=[person.uid])

    first = client.get(address).content.decode()
    empty = client.post(address, {"reason": ""})
    shown = client.post(address, {"reason": "核对"}).content.decode()

    assert identity_number(4) not in first
    assert empty.status_code == 422
    assert identity_number(4) in shown
    assert identity_number(4) not in client.get(address).content.decode()


def test_list_finds_a_number_that_was_sent_apart_from_the_address(client, school, clerk):
    make_person(1, keeper=school, name="云甲")
    make_person(2, keeper=school, name="云乙")
    client.force_login(clerk)

    page = client.post(reverse("people:people"), {"number": identity_number(2)}).content.decode()

    assert "云乙" in page
    assert "云甲" not in page


def test_list_asks_the_database_as_often_for_three_as_for_one(client, school, clerk):
    client.force_login(clerk)
    client.get(reverse("people:people"))
    counts = []
    for serial in (1, 2, 3):
        make_person(serial, keeper=school)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("people:people"))
        counts.append(len(asked))

    assert counts[0] == counts[2]
