from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.apps.people.actions import (
    ExpertGiven,
    NewPerson,
    TieGiven,
    change_expert,
    connect_expert,
    declare_tie,
    merge_people,
    register_expert,
    remove_tie,
    set_expert_state,
)
from zhiqiao.apps.people.choices import ExpertState, TieKind
from zhiqiao.apps.people.models import Expert, ExpertTie, Person
from zhiqiao.apps.people.queries import (
    ExpertFilter,
    expert_visible_to,
    experts_visible_to,
    own_expert,
)
from zhiqiao.apps.people.tests.factories import identity_number, make_person
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.blind_index import index_of
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db
GIVEN = ExpertGiven(category="industry", employer_text="云岭重工集团", fields=("5103",))


@pytest.fixture
def clerk():
    return make_member(Role.BUREAU_CLERK, login="the-clerk")


def entered(serial=1, *, name="评审甲", given=GIVEN, actor=None):
    number = identity_number(serial, born="19750315")
    return register_expert(NewPerson(name=name, identity_number=number), given, actor=actor)


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_expert_is_tied_to_the_employer_of_that_name_and_an_unknown_one_stays_words(clerk):
    firm = make_organisation("云岭重工集团", kind="enterprise")

    known = entered(1, actor=clerk)
    unknown = entered(2, given=ExpertGiven(category="industry", employer_text="无此单位"))

    assert (known.employer_id, unknown.employer_id) == (firm.pk, None)
    assert unknown.employer_text == "无此单位"


def test_expert_of_the_demonstration_is_tied_to_its_bodies_and_a_real_one_never(clerk):
    school = make_organisation("云岭学院（演示）", provenance=Provenance.DEMONSTRATION)
    given = ExpertGiven(category="vocational", employer_text="云岭学院（演示）")
    number = identity_number(2, born="19750315")
    invented = NewPerson(name="评审乙", identity_number=number, provenance=Provenance.DEMONSTRATION)

    sample = register_expert(invented, given, actor=clerk)
    real = entered(1, given=given, actor=clerk)

    assert (sample.employer_id, real.employer_id) == (school.pk, None)


def test_person_with_a_file_is_entered_without_a_second_one_and_never_twice(clerk):
    person = make_person(1, name="评审甲", born="19750315")

    assert entered(1, actor=clerk).person == person
    assert Person.objects.count() == 1
    assert code_of(RuleError, entered, 1) == "people.expert-known"


def test_only_the_bureau_keeps_experts_and_each_sees_the_own_entry():
    own = entered(1)
    entered(2, name="评审乙")
    account = make_user("expert-one")
    connect_expert(own, "expert-one", actor=None)
    school = make_member(Role.SCHOOL_CLERK, login="school")

    assert list(experts_visible_to(account)) == [own]
    assert own_expert(account) == own
    assert list(experts_visible_to(school)) == []
    assert code_of(RefusedError, change_expert, own, GIVEN, actor=account) == (
        "people.experts-not-yours"
    )
    assert code_of(MissingError, expert_visible_to, school, own.uid) == "people.no-expert"


def test_of_the_other_person_only_a_digest_is_kept():
    number = identity_number(77, born="19700101")
    expert = entered()
    tie = declare_tie(expert, TieGiven(kind=TieKind.TEACHER, identity_number=number), actor=None)

    assert tie.identity_index == index_of(number)
    kept = str(ExpertTie.objects.values()[0]) + str(list(AuditEntry.objects.values("after")))
    assert number not in kept


def test_tie_needs_somebody_and_days_in_order():
    expert = entered()
    nobody = TieGiven(kind=TieKind.KINSHIP)
    reversed_days = TieGiven(
        kind=TieKind.EMPLOYER,
        words="某校",
        from_on=date(2025, 1, 1),
        until_on=date(2024, 1, 1),
    )

    assert code_of(InputError, declare_tie, expert, nobody, actor=None) == "people.tie-with-nobody"
    assert code_of(InputError, declare_tie, expert, reversed_days, actor=None) == (
        "people.tie-reversed"
    )


def test_expert_declares_own_ties_and_takes_out_none():
    expert = entered()
    account = make_user("expert-one")
    connect_expert(expert, "expert-one", actor=None)
    expert.person.refresh_from_db()
    tie = declare_tie(expert, TieGiven(kind=TieKind.OTHER, words="顾问"), actor=account)

    assert code_of(RefusedError, remove_tie, tie, actor=account, reason="误填") == (
        "people.experts-not-yours"
    )
    remove_tie(tie, actor=None, reason="误填")
    assert list(expert.ties.all()) == []


def test_save_over_the_work_of_another_is_refused():
    expert = entered()
    change_expert(expert, GIVEN, actor=None, version=1)

    assert code_of(RuleError, change_expert, expert, GIVEN, actor=None, version=1) == (
        "people.expert-changed"
    )


def test_pause_needs_a_reason_and_filters_find_the_state():
    expert = entered()
    assert code_of(
        InputError, set_expert_state, expert, ExpertState.PAUSED, actor=None, reason=" "
    ) == ("people.expert-reason-needed")

    set_expert_state(expert, ExpertState.PAUSED, actor=None, reason="出国")
    assert list(experts_visible_to(None, ExpertFilter(state="paused", code="5103"))) == [expert]
    assert list(experts_visible_to(None, ExpertFilter(state="active"))) == []
    assert list(experts_visible_to(None, ExpertFilter(text="评审甲"))) == [expert]


def test_entry_follows_when_two_files_are_joined():
    expert = entered(1)
    kept = make_person(2, name="评审甲", born="19750315")

    merge_people(kept, expert.person, actor=None, reason="同一人")
    assert Expert.objects.get(pk=expert.pk).person_id == kept.pk


def test_table_enters_new_experts_and_changes_known_ones(clerk, tmp_path):
    make_organisation("云岭重工集团", kind="enterprise")
    entered(1)
    numbers = [identity_number(serial, born="19750315") for serial in (1, 2)]
    text = (
        "name,identity_number,category,title,employer,region,fields,topics,most_reviews\n"
        f'评审甲,{numbers[0]},university,教授,云岭重工集团,,"5103，510201",,8\n'
        f"评审乙,{numbers[1]},industry,高级工程师,,,,,\n"
    )
    table = tmp_path / "experts.csv"
    table.write_text(text, encoding="utf-8")
    outcome = import_file("people.experts", table, actor=clerk)

    assert (outcome.problems, outcome.counts["added"], outcome.counts["changed"]) == ((), 1, 1)
    changed = Expert.objects.get(person__name="评审甲")
    assert (changed.category, changed.fields, changed.most_reviews) == (
        "university",
        ["5103", "510201"],
        8,
    )


def test_list_of_one_and_three_experts_asks_as_often(client, clerk):
    client.force_login(clerk)
    entered(1)
    address = reverse("people:experts")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    entered(2, name="评审乙")
    entered(3, name="评审丙")
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)

    assert len(one) == len(three)
    assert [expert.person.name for expert in page.context["page"]] == ["评审丙", "评审甲", "评审乙"]


def test_workbook_masks_identity_numbers(client, clerk):
    client.force_login(clerk)
    entered(1)
    sent = client.get(reverse("people:experts_xlsx"))
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(sent))).get_sheet_by_index(0).to_python()

    assert rows[1][:2] == ["评审甲", "990***********" + identity_number(1, born="19750315")[-4:]]


def test_page_keeps_what_was_typed_when_the_number_is_wrong(client, clerk):
    client.force_login(clerk)
    typed = {"name": "评审甲", "identity_number": "123", "category": "industry", "most_reviews": 5}
    page = client.post(reverse("people:register_expert"), typed)

    assert page.status_code == 422
    assert page.context["form"]["name"].value() == "评审甲"
    assert Expert.objects.count() == 0


def test_own_page_shows_the_own_entry_and_nobody_elses(client):
    expert = entered()
    other = entered(2, name="评审乙")
    account = make_user("expert-one")
    connect_expert(expert, "expert-one", actor=None)
    client.force_login(account)

    page = client.get(reverse("people:own_expert"))
    assert page.context["expert"] == expert
    assert "评审乙" not in page.content.decode()
    assert client.get(reverse("people:expert", args=[other.uid])).status_code == 403
