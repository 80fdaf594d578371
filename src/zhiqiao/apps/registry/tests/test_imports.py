import pytest

from zhiqiao.apps.registry.actions import rename_organisation
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.core.audit import history_of
from zhiqiao.core.imports.actions import import_file

pytestmark = pytest.mark.django_db
HEAD = "name,kind,national_code,authority,location,province,level,vocational,remark,source_title"


@pytest.fixture
def places():
    province = make_region()
    return [
        make_region(code, name, parent=province)
        for code, name in (("990101", "甲区"), ("990102", "乙区"))
    ]


def run(tmp_path, *rows, answers=None):
    path = tmp_path / "list.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return import_file("registry.organisations", path, answers=answers)


def codes(outcome):
    return [(problem.row, problem.column, problem.code) for problem in outcome.problems]


def test_a_list_says_kind_ownership_and_place(tmp_path, places):
    run(tmp_path, "云岭职业技术学院,,4199010001,云岭省,甲区,云岭省,专科,yes,民办,高校名单")
    body = Organisation.objects.get(national_code="4199010001")
    assert (body.kind, body.ownership, body.region, body.provenance, body.citation.title) == (
        "higher-vocational",
        "private",
        places[0],
        "public-source",
        "高校名单",
    )


def test_a_row_without_source_is_reported_and_without_level_not_public(tmp_path, places):
    run(tmp_path, "云岭公司,enterprise,,,甲区,云岭省,,,,")
    body = Organisation.objects.get(name="云岭公司")
    assert (body.provenance, body.ownership, body.citation) == ("reported", "unknown", None)


def test_the_same_list_again_changes_nothing(tmp_path, places):
    row = "云岭职业技术学院,,4199010001,云岭省,甲区,云岭省,专科,yes,民办,高校名单"
    run(tmp_path, row)
    outcome = run(tmp_path, row, "平川学院,university,,,,,,,,")
    assert outcome.counts["unchanged"] == 1
    assert Organisation.objects.count() == 2


def test_a_list_completes_a_body_and_leaves_a_trace(tmp_path, places):
    body = make_organisation("云岭职业技术学院", ownership="public")
    outcome = run(tmp_path, "云岭职业技术学院,,4199010001,云岭省,乙区,云岭省,,,,")
    body.refresh_from_db()
    assert outcome.counts["changed"] == 1
    assert (body.national_code, body.region, body.ownership) == ("4199010001", places[1], "public")
    assert history_of(body)[0].verb == "registry.organisation.changed"


def test_a_former_name_means_the_present_body(tmp_path, places):
    body = make_organisation("云岭科技学院")
    rename_organisation(body, name="云岭科技大学", on=None, actor=None)
    outcome = run(tmp_path, "云岭科技学院,university,,,,,,,,")
    assert (outcome.counts["added"], Organisation.objects.count()) == (0, 1)
    body.refresh_from_db()
    assert body.name == "云岭科技大学"


def test_an_import_never_renames(tmp_path, places):
    make_organisation("云岭职业技术学院", national_code="4199010001")
    outcome = run(tmp_path, "云岭职业技术大学,,4199010001,,,,,,,")
    assert codes(outcome) == [(2, "name", "registry.import_name_differs")]
    assert Organisation.objects.get().name == "云岭职业技术学院"


def test_an_import_never_replaces_a_code(tmp_path, places):
    make_organisation("云岭职业技术学院", national_code="4199010001")
    outcome = run(tmp_path, "云岭职业技术学院,,4199010002,,,,,,,")
    assert codes(outcome) == [(2, "national_code", "registry.import_code_differs")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("甲校,,,,丁区,云岭省,,,,", (2, "location", "registry.import_region_unknown")),
        ("甲校,,,,,火星省,,,,", (2, "province", "registry.import_region_unknown")),
        ("甲校,,,,,,大专班,,,", (2, "level", "registry.import_word_unknown")),
        ("甲校,宇宙飞船,,,,,,,,", (2, "kind", "imports.unknown_choice")),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(tmp_path, places, row, problem):
    outcome = run(tmp_path, row, "乙校,other,,,,,,,,")
    assert codes(outcome) == [problem]
    assert Organisation.objects.count() == 0


def test_two_rows_with_one_code_are_a_conflict(tmp_path, places):
    outcome = run(tmp_path, "甲校,other,4199010001,,,,,,,", "乙校,other,4199010001,,,,,,,")
    assert codes(outcome) == [(3, "name", "registry.import_name_differs")]


def test_a_name_of_two_bodies_needs_a_code(tmp_path, places):
    for _ in range(2):
        make_organisation("人民学校")
    outcome = run(tmp_path, "人民学校,other,,,,,,,,")
    assert codes(outcome) == [(2, "name", "registry.import_name_ambiguous")]


def test_a_name_that_differs_in_usual_words_is_asked_about(tmp_path, places):
    body = make_organisation("云岭工商职业学院")
    outcome = run(tmp_path, "云岭工商职业技术学院,,,,甲区,云岭省,,,,")
    assert [(doubt.given, [c.value for c in doubt.candidates]) for doubt in outcome.doubts] == [
        ("云岭工商职业技术学院", [str(body.uid)])
    ]


def test_the_answer_to_a_doubt_is_obeyed(tmp_path, places):
    body = make_organisation("云岭工商职业学院")
    answers = {"name": {"云岭工商职业技术学院": str(body.uid)}}
    outcome = run(tmp_path, "云岭工商职业技术学院,,,,甲区,云岭省,,,,", answers=answers)
    body.refresh_from_db()
    assert (outcome.counts["changed"], body.region, body.name) == (
        1,
        places[0],
        "云岭工商职业学院",
    )
