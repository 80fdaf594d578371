from datetime import date

import pytest

from zhiqiao.apps.projects.actions import decide_judgement, state_level
from zhiqiao.apps.projects.measures import count_recognitions
from zhiqiao.apps.projects.models import ListDeclaration
from zhiqiao.apps.projects.tests import factories
from zhiqiao.apps.registry.actions.successions import Step, record_succession
from zhiqiao.packs import Measure, Text

pytestmark = pytest.mark.django_db


def measure(**changes):
    values = {
        "name": "bases",
        "source": "projects.recognitions",
        "title": Text(zh="基地", en="bases"),
        "unit": "bases",
        "kinds": ("vr-base",),
        "levels": ("national",),
    }
    return Measure(**(values | changes))


def counted(asked=None, *, at=None, area="500000"):
    asked = asked or measure()
    return count_recognitions([asked], area=area, at=at)[asked.name]


def said(count):
    return (count.value, str(count.bound), str(count.list_state), count.pending)


def declared(kind="vr-base", state="complete", area=None, **facts):
    return ListDeclaration.objects.create(
        kind=kind,
        area=area or factories.region(),
        state=state,
        as_of=date(2026, 1, 1),
        basis="The notice",
        declared_at=factories.INSTANT,
        **facts,
    )


def test_unloaded_list_is_never_zero():
    factories.region()
    assert said(counted()) == (None, "none", "not-loaded", 0)


def test_complete_list_without_rows_is_zero():
    declared()
    assert said(counted()) == (0, "exact", "complete", 0)


def test_partial_list_without_countable_rows_says_nothing():
    factories.recognition(level="municipal")
    assert said(counted()) == (None, "none", "partial", 0)


def test_rows_without_declaration_give_at_least():
    factories.recognition()
    assert said(counted()) == (1, "at-least", "partial", 0)


def test_complete_list_is_exact_until_a_row_waits():
    declared()
    factories.recognition(name="甲")
    assert said(counted()) == (1, "exact", "complete", 0)
    factories.recognition(name="乙", level="")
    assert said(counted()) == (1, "at-least", "complete", 1)


def test_only_pending_rows_give_no_value():
    declared()
    factories.recognition(level="")
    assert said(counted()) == (None, "none", "complete", 1)


def test_level_does_not_matter_when_none_is_required():
    factories.recognition(level="")
    assert said(counted(measure(levels=()))) == (1, "at-least", "partial", 0)


def test_revoked_withdrawn_and_demonstration_rows_do_not_count():
    factories.recognition(name="甲")
    factories.recognition(name="乙", state="revoked", ended_on=date(2024, 1, 1))
    factories.recognition(name="丙", state="withdrawn")
    factories.recognition(name="丁", provenance="demonstration")
    assert counted().value == 1


def test_revoked_row_counts_at_a_date_before_its_end():
    factories.recognition(announced="2020", state="revoked", ended_on=date(2024, 1, 1))
    assert counted(at=date(2023, 12, 31)).value == 1
    assert counted(at=date(2024, 1, 1)).value is None


def test_rows_of_another_area_do_not_count():
    sichuan = factories.region("510000", "四川省")
    factories.recognition(area=sichuan)
    assert said(counted()) == (None, "none", "not-loaded", 0)


def test_rows_of_a_part_count_for_the_whole():
    sichuan = factories.region("510000", "四川省")
    factories.recognition(area=factories.region("510100", "成都市", parent=sichuan))
    assert counted(area="510000").value == 1


def test_declaration_of_a_part_does_not_complete_the_whole():
    sichuan = factories.region("510000", "四川省")
    declared(area=factories.region("510100", "成都市", parent=sichuan))
    assert said(counted(area="510000")) == (None, "none", "partial", 0)
    assert said(counted(area="510100")) == (0, "exact", "complete", 0)


def test_declaration_of_the_whole_completes_its_parts():
    sichuan = factories.region("510000", "四川省")
    declared(area=sichuan)
    factories.region("510100", "成都市", parent=sichuan)
    assert said(counted(area="510100")) == (0, "exact", "complete", 0)


def test_several_kinds_are_complete_only_together():
    both = measure(kinds=("vr-base", "training-base"))
    declared()
    assert said(counted(both)) == (None, "none", "partial", 0)
    declared("training-base")
    assert said(counted(both)) == (0, "exact", "complete", 0)


def test_same_name_counts_once_when_distinct_by_name():
    factories.recognition(name="甲 联盟", holder="一校")
    factories.recognition(name="甲联盟", holder="二校", batch="2021")
    assert counted(measure(distinct_by=("name",))).value == 1
    assert counted(measure(distinct_by=("name", "holder"))).value == 2


def test_unnamed_items_of_two_holders_are_two():
    factories.recognition(name="〔名称未见〕基地", name_filed=False, holder="一校")
    factories.recognition(name="〔名称未见〕基地", name_filed=False, holder="二校")
    assert counted(measure(distinct_by=("name",))).value == 2


def test_unnamed_items_of_one_holder_are_one():
    factories.recognition(name="〔名称未见〕基地", name_filed=False, holder="一校")
    factories.recognition(name="〔名称未见〕另一基地", name_filed=False, holder="一校")
    assert counted(measure(distinct_by=("name",))).value == 1


def test_counted_rows_are_the_records():
    row = factories.recognition()
    factories.recognition(name="乙", level="")
    assert [(r.kind, r.uid, r.label) for r in counted().records] == [
        ("recognition", str(row.uid), "基地")
    ]


def test_date_counts_only_rows_surely_announced_by_then():
    factories.recognition(name="甲", announced="2023-05-16")
    factories.recognition(name="乙", announced="2023")
    factories.recognition(name="丙")
    in_may, at_the_end = counted(at=date(2023, 5, 16)), counted(at=date(2023, 12, 31))
    assert (in_may.value, in_may.undated) == (1, 1)
    assert (at_the_end.value, at_the_end.undated, str(at_the_end.bound)) == (2, 1, "at-least")


def test_undated_rows_alone_say_nothing_at_a_date():
    declared()
    factories.recognition()
    count = counted(at=date(2023, 12, 31))
    assert (count.value, str(count.bound), count.undated) == (None, "none", 1)


def test_complete_dated_list_is_exact_at_a_date():
    declared()
    factories.recognition(announced="2023-05-16")
    assert said(counted(at=date(2023, 12, 31))) == (1, "exact", "complete", 0)
    assert said(counted(at=date(2020, 12, 31))) == (0, "exact", "complete", 0)


def test_list_is_complete_no_longer_than_it_is_known():
    declared()
    factories.recognition(announced="2023-05-16")
    assert said(counted(at=date(2026, 1, 1))) == (1, "exact", "complete", 0)
    assert said(counted(at=date(2026, 1, 2))) == (1, "at-least", "partial", 0)


def test_list_with_another_number_of_rows_than_its_total_is_partial():
    declared(declared_total=1)
    factories.recognition(name="甲")
    factories.recognition(name="乙", provenance="demonstration")
    assert said(counted()) == (1, "exact", "complete", 0)
    factories.recognition(name="丙")
    assert said(counted()) == (2, "at-least", "partial", 0)


def test_row_counts_only_while_it_is_valid():
    factories.recognition(
        announced="2020", valid_from=date(2021, 1, 1), valid_to=date(2024, 12, 31)
    )
    assert counted(at=date(2020, 12, 31)).value is None
    assert counted(at=date(2024, 12, 31)).value == 1
    assert counted(at=date(2025, 1, 1)).value is None
    assert counted().value is None


CONSORTIUM = {"kinds": ("municipal-consortium",), "levels": ("municipal",)}


def test_judgement_moves_a_row_from_pending_to_counted():
    asked = measure(**CONSORTIUM, judgements=("tier-municipal",))
    row = factories.recognition("municipal-consortium", "联合体", level="municipal")
    assert said(counted(asked)) == (None, "none", "partial", 1)
    decide_judgement(
        row, "tier-municipal", answer=True, actor=factories.person(), reason="Notice 3"
    )
    assert said(counted(asked)) == (1, "at-least", "partial", 0)


def test_judgement_answered_no_takes_a_row_out():
    asked = measure(**CONSORTIUM, judgements=("tier-municipal",))
    row = factories.recognition("municipal-consortium", "联合体", level="")
    decide_judgement(
        row, "tier-municipal", answer=False, actor=factories.person(), reason="Of a district"
    )
    assert said(counted(asked)) == (None, "none", "partial", 0)


def test_stated_level_counts_at_once():
    row = factories.recognition(level="")
    state_level(row, level="national", actor=factories.person(), reason="Notice 35")
    assert said(counted()) == (1, "at-least", "partial", 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_all_measures_take_the_same_few_queries(rows, django_assert_num_queries):
    for number in range(rows):
        factories.recognition(name=f"基地{number}")
    asked = [
        measure(),
        measure(name="others", **CONSORTIUM, judgements=("tier-municipal",)),
    ]
    with django_assert_num_queries(5):
        count_recognitions(asked, area="500000", at=None)


def by_holder():
    return measure(distinct_by=("name", "holder"))


@pytest.mark.parametrize("how", ["matched", "text"])
def test_school_and_the_university_that_it_became_hold_an_item_once(how):
    declared()
    school = factories.organisation("重庆电子工程职业学院", former=("重庆电子职业技术学院",))
    university = factories.organisation("重庆电子科技职业大学")
    record_succession(school, Step(kind="upgraded", successor=university), actor=None)
    for name in (school.name, "重庆电子职业技术学院", university.name):
        row = factories.recognition(name="同一基地", holder=name)
        if how == "matched":
            row.holder = university if name == university.name else school
            row.save()

    assert counted(by_holder()).value == 1


@pytest.mark.parametrize("kind", ["grouped", "trusted"])
def test_member_of_a_group_holds_its_items_itself(kind):
    declared()
    member, group = factories.organisation("甲校"), factories.organisation("乙集团")
    record_succession(member, Step(kind=kind, successor=group), actor=None)
    for body in (member, group):
        factories.recognition(name="同一基地", holder=body.name)

    assert counted(by_holder()).value == 2


def test_name_that_two_bodies_bear_names_neither():
    declared()
    factories.organisation("甲职业学院", former=("旧校",))
    factories.organisation("乙职业学院", former=("旧校",))
    for holder in ("旧校", "甲职业学院", "乙职业学院"):
        factories.recognition(name="同一基地", holder=holder)

    assert counted(by_holder()).value == 3
