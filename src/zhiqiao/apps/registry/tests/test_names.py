import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.apps.registry.queries.names import Likeness, NameIndex, folded, standard

CHARACTERS = st.sampled_from("重庆成都市工业电子信息职教技术学院（）()医药")
NAMES = st.text(CHARACTERS, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("重庆（国际）学院", "重庆(国际)学院"),
        ("ＡＢＣ学院", "abc学院"),
        ("重庆 工业　学院", "重庆工业学院"),
        ("“西部”学院", "西部学院"),
        ("中德·学院", "中德学院"),
    ],
)
def test_folded_ignores_how_a_name_is_typed(typed, other):
    assert folded(typed) == folded(other)


def test_folded_keeps_different_names_apart():
    assert folded("重庆工业职业技术学院") != folded("重庆工程职业技术学院")


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("重庆市工商职业学院", "重庆工商职院"),
        ("重庆工商职业技术学院", "重庆工商职院"),
        ("重庆医药高等专科学校", "重庆医药高专"),
        ("重庆市开县职业教育中心", "重庆开县职教中心"),
    ],
)
def test_standard_shortens_usual_words(long, short):
    assert standard(folded(long)) == standard(folded(short))


def test_standard_never_makes_a_name_empty():
    assert standard("职业技术学院") == "职业技术学院"


@pytest.mark.parametrize(
    ("typed", "likeness"),
    [
        ("重庆市工业职业学院", Likeness.USUAL_WORDS),
        ("工业职业技术学院", Likeness.CONTAINED),
        ("重工职院", Likeness.ABBREVIATION),
        ("重庆工业技术职业学院", Likeness.CHARACTERS),
    ],
)
def test_nearest_says_how_names_are_alike(typed, likeness):
    index = NameIndex([folded("重庆工业职业技术学院"), folded("成都纺织高等专科学校")])
    assert [(one.entry, one.likeness) for one in index.nearest(folded(typed))] == [(0, likeness)]


def test_nearest_of_an_unrelated_name_is_empty():
    index = NameIndex([folded("重庆工业职业技术学院")])
    assert index.nearest(folded("西藏民族大学")) == []


def _jaccard(one, other):
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} or {text} for text in (one, other)]
    return len(pairs[0] & pairs[1]) / len(pairs[0] | pairs[1])


@given(st.lists(NAMES, min_size=1, max_size=5), NAMES)
def test_nearest_misses_no_name_above_the_threshold(names, wanted):
    names = [folded(name) or "空" for name in names]
    wanted = folded(wanted) or "空"
    found = {one.entry for one in NameIndex(names).nearest(wanted)}
    expected = {
        place
        for place, name in enumerate(names)
        if _jaccard(standard(name), standard(wanted)) >= 0.5
    }
    assert expected <= found
