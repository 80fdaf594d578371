import pytest

from zhiqiao.core.pinyin import KEY_LENGTH, pinyin_initials, pinyin_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("重庆市", "chong qing shi"),
        ("长寿区", "chang shou qu"),
        ("綦江区", "qi jiang qu"),
        ("涪陵区", "fu ling qu"),
        ("曾家岩", "zeng jia yan"),
        ("单县", "shan xian"),
        ("简单县", "jian dan xian"),
        ("六安市", "lu an shi"),
        ("台州", "tai zhou"),
        ("石柱土家族自治县", "shi zhu tu jia zu zi zhi xian"),
        ("两江新区", "liang jiang xin qu"),
        ("重庆电子科技职业大学", "chong qing dian zi ke ji zhi ye da xue"),
        ("绿色", "lv se"),
        ("Festo 智能", "festo zhi neng"),
        ("（5G）应用", "5g ying yong"),
        ("", ""),
    ],
)
def test_key_of_a_place_reads_as_people_say_it(text, key):
    assert pinyin_key(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("曾小明", "zeng xiao ming"),
        ("单雄信", "shan xiong xin"),
        ("尉迟恭", "yu chi gong"),
        ("任重", "ren zhong"),
        ("区静", "ou jing"),
    ],
)
def test_key_of_a_person_reads_the_surname(text, key):
    assert pinyin_key(text, kind="name") == key


def test_keys_sort_syllable_by_syllable():
    names = ["长寿区", "常州", "城口县", "巴南区", "长安街", "重庆市"]
    assert sorted(names, key=pinyin_key) == [
        "巴南区",
        "长安街",
        "长寿区",
        "常州",
        "城口县",
        "重庆市",
    ]


def test_initials_are_the_first_letters():
    assert pinyin_initials("重庆电子科技职业大学") == "cqdzkjzydx"


def test_key_fits_its_column():
    assert len(pinyin_key("壮" * 100)) <= KEY_LENGTH
