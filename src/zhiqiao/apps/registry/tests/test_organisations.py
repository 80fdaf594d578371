from datetime import date

import pytest
from django.db import IntegrityError, transaction

from zhiqiao.apps.registry.actions import (
    NewOrganisation,
    Source,
    Step,
    create_organisation,
    record_succession,
    rename_organisation,
)
from zhiqiao.apps.registry.choices import OrganisationChange
from zhiqiao.apps.registry.models import OrganisationName
from zhiqiao.apps.registry.queries import history_of_organisation, line_of
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core import revisions
from zhiqiao.core.audit import history_of
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.values import PartialDate

pytestmark = pytest.mark.django_db


def test_a_new_name_closes_the_old_one_on_its_day():
    school = make_organisation("云岭学院")
    rename_organisation(school, name="云岭大学", on=date(2024, 5, 31), actor=None, reason="函")
    names = [(n.name, n.kind, n.valid_from, n.valid_to) for n in school.names.all()]
    assert names == [
        ("云岭学院", "official", None, date(2024, 5, 31)),
        ("云岭大学", "official", date(2024, 5, 31), None),
    ]


def test_a_renaming_is_audited_with_before_after_and_reason():
    school = make_organisation("云岭学院")
    rename_organisation(school, name="云岭大学", on=None, actor=None, reason="见公告")
    entry = history_of(school)[0]
    assert (entry.verb, entry.before["name"], entry.after["name"], entry.reason) == (
        "registry.organisation.renamed",
        "云岭学院",
        "云岭大学",
        "见公告",
    )


def test_a_name_cannot_begin_before_the_last_one():
    school = make_organisation("云岭学院")
    school = rename_organisation(school, name="云岭大学", on=date(2024, 5, 31), actor=None)
    with pytest.raises(RuleError) as refused:
        rename_organisation(school, name="云岭工业大学", on=date(2024, 5, 1), actor=None)
    assert refused.value.code == "registry.name_before_the_last"


def test_the_database_refuses_two_official_names_at_once():
    school = make_organisation("云岭学院")
    with pytest.raises(IntegrityError, match="organisation_name_overlap"), transaction.atomic():
        OrganisationName.objects.create(
            organisation=school,
            name="云岭大学",
            folded="云岭大学",
            kind="official",
            valid_from=date(2024, 1, 1),
        )


def test_the_database_allows_a_short_name_beside_the_official_one():
    school = make_organisation("云岭学院")
    OrganisationName.objects.create(organisation=school, name="云院", folded="云院", kind="short")
    assert school.names.count() == 2


def test_a_code_belongs_to_one_body():
    make_organisation("云岭学院", national_code="4199010001")
    with pytest.raises(RuleError) as refused:
        make_organisation("青川学院", national_code="4199010001")
    assert refused.value.code == "registry.code_taken"


def test_a_wrong_credit_code_is_refused():
    with pytest.raises(InputError) as refused:
        make_organisation("云岭公司", kind="enterprise", credit_code="91350100M000100Y44")
    assert refused.value.code == "core.uscc_check"


def test_a_name_of_spaces_is_refused():
    with pytest.raises(RuleError) as refused:
        create_organisation(NewOrganisation(name="  ", provenance="reported"), actor=None)
    assert refused.value.code == "registry.name_missing"


def test_an_upgrade_ends_the_old_body_and_keeps_it():
    old, new = make_organisation("云岭职业技术学院"), make_organisation("云岭职业技术大学")
    step = Step(
        kind="upgraded",
        successor=new,
        happened_on=PartialDate.parse("2024-05-31"),
        source=Source(title="教育部的函"),
    )
    record_succession(old, step, actor=None, reason="见函")
    old.refresh_from_db()
    assert (old.ended, old.closed_on, old.name) == (True, date(2024, 5, 31), "云岭职业技术学院")
    line = history_of_organisation(new)
    assert [(s.predecessor, str(s.happened_on)) for s in line.before] == [(old, "2024-05-31")]
    assert line_of(new) == {old.pk, new.pk}


@pytest.mark.parametrize("kind", ["grouped", "trusted"])
def test_what_a_member_holds_stays_with_the_member(kind):
    member, group = make_organisation("云岭职业技术学院"), make_organisation("云岭职业教育集团")

    record_succession(member, Step(kind=kind, successor=group), actor=None)

    assert line_of(group) == {group.pk}
    assert line_of(group, changes=OrganisationChange.values) == {group.pk, member.pk}


def test_an_unknown_day_stays_unknown():
    old, new = make_organisation("云岭职业技术学院"), make_organisation("云岭职业技术大学")
    succession = record_succession(old, Step(kind="upgraded", successor=new), actor=None)
    old.refresh_from_db()
    assert (old.ended, old.closed_on, succession.happened_on) == (True, None, None)


def test_joining_a_group_does_not_end_a_body():
    school, group = make_organisation("云岭学校"), make_organisation("云岭职教集团")
    record_succession(school, Step(kind="grouped", successor=group), actor=None)
    school.refresh_from_db()
    assert school.ended is False


@pytest.mark.parametrize(
    ("kind", "with_successor", "code"),
    [
        ("merged", False, "registry.succession_needs_successor"),
        ("closed", True, "registry.closure_has_no_successor"),
    ],
)
def test_a_succession_names_a_successor_exactly_when_there_is_one(kind, with_successor, code):
    old, new = make_organisation("甲校"), make_organisation("乙校")
    with pytest.raises(RuleError) as refused:
        record_succession(
            old, Step(kind=kind, successor=new if with_successor else None), actor=None
        )
    assert refused.value.code == code


def test_a_line_cannot_bite_its_tail():
    first, second, third = (make_organisation(name) for name in ("甲校", "乙校", "丙校"))
    record_succession(first, Step(kind="merged", successor=second), actor=None)
    record_succession(second, Step(kind="merged", successor=third), actor=None)
    with pytest.raises(RuleError) as refused:
        record_succession(third, Step(kind="merged", successor=first), actor=None)
    assert refused.value.code == "registry.succession_in_a_circle"


def test_each_write_raises_the_counter_of_the_plan():
    before = revisions.number("plan")
    make_organisation("云岭学院")
    assert revisions.number("plan") == before + 1
