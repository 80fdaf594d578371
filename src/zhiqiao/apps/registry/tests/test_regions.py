from datetime import date

import pytest
from django.db import IntegrityError, transaction

from zhiqiao.apps.registry.actions import state_region_code
from zhiqiao.apps.registry.models import Region
from zhiqiao.apps.registry.queries import area_path, region_by_name, regions_named, valid_on
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.errors import RuleError

pytestmark = pytest.mark.django_db


def test_the_database_refuses_one_code_twice_at_one_time():
    province = make_region()
    make_region("990101", "甲区", parent=province, valid_to=date(2020, 1, 1))
    with pytest.raises(IntegrityError, match="region_code_overlap"), transaction.atomic():
        make_region("990101", "乙区", parent=province, valid_from=date(2019, 12, 31))


def test_a_code_may_be_used_again_later():
    province = make_region()
    make_region("990101", "甲区", parent=province, valid_to=date(2020, 1, 1))
    later = make_region("990101", "乙区", parent=province, valid_from=date(2020, 1, 1))
    assert region_by_name("990101") == later


def test_the_path_goes_from_the_top_down():
    province = make_region()
    city = make_region("990100", "山水市", parent=province, level="prefecture")
    county = make_region("990101", "甲区", parent=city)
    assert county.path == "/990000/990100/990101/"
    assert area_path("990100") == "/990000/990100/"


def test_the_path_of_an_unknown_code_holds_no_record():
    assert area_path("123456") == "/123456/"


def test_a_name_in_two_cities_needs_to_be_placed():
    province = make_region()
    cities = [
        make_region(code, name, parent=province, level="prefecture")
        for code, name in (("990100", "山水市"), ("990200", "平川市"))
    ]
    made = [make_region(f"{city.code[:4]}02", "市中区", parent=city) for city in cities]
    assert region_by_name("市中区") is None
    assert region_by_name("市中区", within="990200") == made[1]


def test_many_regions_are_found_in_one_query(django_assert_num_queries):
    province = make_region()
    county = make_region("990101", "甲区", parent=province)
    with django_assert_num_queries(1):
        found = regions_named(["甲区", "990000", "没有区", "", None])
    assert found == {"甲区": county, "990000": province, "没有区": None}


def test_a_region_that_was_abolished_is_found_by_its_name_and_not_valid():
    province = make_region()
    old = make_region("990101", "甲区", parent=province, valid_to=date(2025, 11, 6))
    assert region_by_name("甲区") == old
    assert set(Region.objects.filter(valid_on(date(2025, 11, 5)))) == {province, old}
    assert set(Region.objects.filter(valid_on(date(2025, 11, 6)))) == {province}


def test_a_code_that_becomes_known_moves_the_path_of_all_below():
    province = make_region()
    area = make_region(None, "新区", parent=province, level="prefecture")
    county = make_region("990301", "丙区", parent=area)
    state_region_code(area, code="990300", actor=None, reason="代码公布")
    county.refresh_from_db()
    area.refresh_from_db()
    assert (area.path, county.path) == ("/990000/990300/", "/990000/990300/990301/")


def test_a_known_code_is_never_replaced():
    province = make_region()
    with pytest.raises(RuleError) as refused:
        state_region_code(province, code="980000", actor=None, reason="")
    assert refused.value.code == "registry.region_code_known"


def test_a_code_in_use_is_refused():
    province = make_region()
    area = make_region(None, "新区", parent=province)
    with pytest.raises(RuleError) as refused:
        state_region_code(area, code="990000", actor=None, reason="")
    assert refused.value.code == "registry.region_code_taken"
