import csv
import unicodedata
from pathlib import Path

import pytest
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiqiao.core.models_base import Searchable
from zhiqiao.core.search import filter_by_text, reduced, search_vector_text, searchable_fields

pytestmark = pytest.mark.django_db

NAMES = [
    "重庆电子科技职业大学",
    "重庆电子工程职业学院",
    "重庆工业职业技术大学",
    "成渝地区双城经济圈产教联合体（市域）",
    "中国特色高水平高职学校",
    "长寿经开区 5G+工业互联网 实训基地",
    "Festo智能制造学院",
    "O'Neill %_\\ 学院",
    "大学",
    "大",
    "",
]


with isolate_apps("zhiqiao.core"):

    class Notice(Searchable):
        name = models.TextField()

        class Meta(Searchable.Meta):
            app_label = "core"


@pytest.fixture(autouse=True)
def _notice_table(db):
    with connection.schema_editor() as editor:
        editor.create_model(Notice)


def notices_named(names):
    Notice.objects.bulk_create(
        Notice(name=name, search_text=search_vector_text(name)) for name in names
    )


def found(text):
    return sorted(filter_by_text(Notice.objects.all(), text).values_list("name", flat=True))


def like(text):
    return sorted(name for name in NAMES if reduced(text) in reduced(name))


def every_part(names, longest=6):
    return sorted(
        {
            name[start : start + length]
            for name in names
            for length in range(1, longest)
            for start in range(len(name) - length + 1)
        }
    )


def test_search_finds_what_like_finds_for_every_part_of_every_name():
    notices_named(NAMES)
    parts = [part for part in every_part(NAMES) if reduced(part) and " " not in part]
    assert len(parts) > 250
    assert {part: found(part) for part in parts} == {part: like(part) for part in parts}


def test_search_finds_what_like_finds_in_the_database():
    notices_named(NAMES)
    for part in ("职业", "庆", "联合体", "大学", "学院", "高水平高职学校"):
        in_sql = Notice.objects.filter(name__contains=part).values_list("name", flat=True)
        assert found(part) == sorted(in_sql)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(min_size=1, max_size=20),
    st.integers(min_value=0, max_value=19),
    st.integers(min_value=1, max_value=5),
)
def test_search_finds_any_part_of_any_text(name, start, length):
    name = "".join(c for c in name if c.isprintable() and not c.isspace())
    part = name[start : start + length]
    if not reduced(part) or len(reduced(part)) > 100:
        return
    with transaction.atomic():
        notices_named([name])
        names = found(part)
        transaction.set_rollback(True)
    assert names == [name]


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE core_notice; --",
        "' OR 1=1 --",
        "职业' | !职业",
        "a & | ! ( ) : * <-> \\",
        "%",
        "_",
        "\\",
        "\x00",
        "x" * 10_000,
        "🙂",
        "!",
    ],
)
def test_hostile_question_finds_nothing_and_harms_nothing(text):
    notices_named(["普通名称"])
    assert found(text) == []
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_question_finds_everything(text):
    notices_named(["甲", "乙"])
    assert found(text) == sorted(["甲", "乙"])


def test_several_terms_must_all_occur():
    notices_named(NAMES)
    assert found("重庆 职业大学") == ["重庆电子科技职业大学"]


def test_question_never_matches_across_two_names():
    notice = Notice(name="甲")
    notice.search_text = search_vector_text("重庆大", "学院")
    notice.save()
    assert found("大学") == []
    assert found("重庆大") == ["甲"]


@pytest.mark.parametrize(
    "text", ["长寿", "changshou", "ChangShou", "csq", "500115", "长寿县", "０１１５"]
)
def test_names_codes_and_pinyin_find_a_record(text):
    fields = searchable_fields(name="长寿区", other_names=["长寿县"], codes=["500115", None])
    Notice.objects.create(name="长寿区", **fields)
    assert found(text) == ["长寿区"]
    assert fields["name_key"] == "chang shou qu"


def test_question_uses_the_index():
    notices_named(["重庆"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, parameters = filter_by_text(Notice.objects.all(), "重庆").query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "core_notice_words" in plan


def test_reduced_text_has_one_form():
    assert reduced("（５Ｇ）ＡＢ c") == "5gabc"
    assert reduced(unicodedata.normalize("NFD", "é")) == reduced("é")


def real_names():
    folder = Path(__file__).parents[4] / "data"
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if row.get("name"):
                    yield row["name"]


def test_every_character_of_the_reference_data_is_found():
    characters = sorted({c for name in real_names() for c in reduced(name)})
    notices_named(f"{c}{c}" for c in characters)
    lost = [c for c in characters if not found(c + c) or not found(c)]
    assert lost == []
