from datetime import date

import pytest

from zhiqiao.apps.projects import rules
from zhiqiao.apps.projects.choices import shown_name
from zhiqiao.apps.projects.queries import is_trusted


@pytest.mark.parametrize(
    "address",
    [
        "https://www.cqnews.net/1/detail/1.html",
        "http://cq.people.com.cn/n2/2022/0623/c365416.html",
        "https://skjj.suining.gov.cn/zwgk/show/5b.html",
        "https://ybzy.cn/info/1057/9052.htm",
        "https://moe.gov.cn:443/list",
    ],
)
def test_official_hosts_are_trusted(address):
    assert is_trusted(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://daydaynews.cc/zh-hk/finance/3822630.html",
        "https://fakecqnews.net/1.html",
        "https://gov.cn.example.com/list",
        "https://gov.cn@example.com/list",
        "https://example.com/gov.cn",
        "https://moe.gov.cn:8443/list",
        "https://moe.gov.cn:port/list",
        "javascript:alert(1)//moe.gov.cn",
        "ftp://moe.gov.cn/list",
        "https:\\\\example.com\\.gov.cn",
        "https://[gov.cn/list",
        "http://103.21.244.9/list",
        "https://dag.wins-golf.com/a",
        "https://m.163.com/dy/article/KGBI7UVK05346936.html",
    ],
)
def test_other_addresses_are_not_trusted(address):
    assert not is_trusted(address)


def test_natural_key_ignores_width_case_and_spaces():
    one = rules.natural_key(("vr-base", "VR 基地（一）", "一校", "", ""))
    other = rules.natural_key(("vr-base", "ＶＲ基地(一)", "一 校", "", ""))
    assert one == other


def test_natural_key_keeps_its_parts_apart():
    assert rules.natural_key(("a", "bc")) != rules.natural_key(("ab", "c"))


def test_complete_list_must_have_its_published_total():
    assert rules.can_declare_complete(declared=None, listed=9)
    assert rules.can_declare_complete(declared=10, listed=10)
    verdict = rules.can_declare_complete(declared=10, listed=9)
    assert (verdict.allowed, verdict.code) == (False, "projects.total-contradicts")


def test_announcement_may_lie_in_the_present_year_but_not_tomorrow():
    today = date(2026, 11, 23)
    assert rules.can_be_announced("2026", earliest=date(2026, 1, 1), today=today)
    assert not rules.can_be_announced("2026-11-24", earliest=date(2026, 11, 24), today=today)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "allowed"),
    [
        (None, None, True),
        (date(2020, 1, 1), None, True),
        (date(2020, 1, 1), date(2020, 1, 1), True),
        (date(2020, 1, 2), date(2020, 1, 1), False),
    ],
)
def test_validity_does_not_run_backwards(valid_from, valid_to, allowed):
    assert bool(rules.can_be_valid(valid_from, valid_to)) is allowed


@pytest.mark.parametrize(
    ("kind", "name", "level", "code"),
    [
        ("vr-base", "基地", "national", ""),
        ("vr-base", "基地", "", ""),
        ("no-such-kind", "基地", "", "projects.kind-unknown"),
        ("vr-base", "  ", "", "projects.name-empty"),
        ("vr-base", "基地", "galactic", "projects.level-unknown"),
    ],
)
def test_register_holds_only_known_words(kind, name, level, code):
    assert rules.can_hold(kind=kind, name=name, level=level).code == code


@pytest.mark.parametrize(
    ("name", "unnamed", "shown"),
    [
        ("〔名称未见〕国家级虚拟仿真实训基地", True, "国家级虚拟仿真实训基地"),
        ("现代化工基地", False, "现代化工基地"),
        ("〔名称未见〕", True, "〔名称未见〕"),
    ],
)
def test_mark_of_an_unprinted_name_is_not_shown(name, unnamed, shown):
    assert (rules.is_unnamed(name), shown_name(name)) == (unnamed, shown)
