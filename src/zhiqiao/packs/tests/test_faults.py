"""For every rule there is a faulty pack that only this rule catches."""

import pytest

from zhiqiao.packs import check
from zhiqiao.packs.codes import CODES
from zhiqiao.packs.tests.faults import FAULTS
from zhiqiao.packs.tests.minimal import BASE, PLAN, changed, write_packs


@pytest.fixture
def source_tree(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("def test_there():\n    assert True\n")
    return tmp_path


def test_good_pack_has_no_problem(source_tree):
    report = check(write_packs(source_tree / "packs"))

    assert report.problems == ()


def test_working_mechanism_with_an_existing_proof_has_no_problem(source_tree):
    proved = FAULTS[-1].plan | {}
    proved = {
        "mechanisms.yaml": next(f for f in FAULTS if f.code == "proof-missing")
        .plan["mechanisms.yaml"]
        .replace("working", "working\n  proof: tests/test_a.py::test_there")
    }

    assert check(write_packs(source_tree / "packs", plan=proved)).problems == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code}@{fault.place}")
def test_fault_is_caught_by_its_rule_alone(fault, source_tree):
    directory = write_packs(source_tree / "packs", plan=fault.plan, base=fault.base)

    problems = check(directory).problems

    assert [(f"{p.file}:{p.line}", p.code) for p in problems] == [(fault.place, fault.code)]


EDGES = {
    "the horizon is the day of issue": {"base": changed("pack.yaml", "2030-12-31", "2020-01-01", files=BASE)},
    "a source is read on its day": {"base": changed("sources.yaml", "2020-02-01", "2020-01-01", files=BASE)},
    "a deadline is the day of issue": {"plan": changed("targets.yaml", "2030-06-30", "2028-01-01")},
    "a value follows by one day": {"base": changed("parameters.yaml", "2021-01-01", "2020-01-02", files=BASE)},
    "a kind of several has the level": {
        "plan": changed("measures.yaml", "kinds: [good-school]", "kinds: [other-school, good-school]")
    },
    "a task is due on the last day of the horizon's year": {
        "plan": changed("tasks.yaml", "2030-06-30", "2030-12-31")
    },
    "a task is due on the day of issue": {"plan": changed("tasks.yaml", "2030-06-30", "2028-01-01")},
    "a task is due after the horizon, in its year": {
        "plan": {
            **changed("pack.yaml", "2030-12-31", "2030-06-30"),
            **changed("targets.yaml", "2030-12-31", "2030-06-30"),
            **changed("tasks.yaml", "2030-06-30", "2030-12-31"),
        }
    },
    "a calendar that was recalled is unchecked": {
        "base": changed("calendars.yaml", "source: notice", "source: recalled", files=BASE)
    },
    "a task due later says why": {
        "plan": changed("tasks.yaml", "2030-06-30", "2031-01-01\n  note: {zh: 迟, en: Late}")
    },
    "a target is served by two tasks": {"plan": changed("tasks.yaml", "[F1]", "[F1]\n  targets: [T01]")},
    "a pack of targets has no tasks": {"plan": {"tasks.yaml": None}},
    "a weekend is among the days off": {
        "base": changed("calendars.yaml", "- 2026-01-01", "- 2026-01-03", files=BASE)
    },
    "runs of days off touch": {
        "base": changed("calendars.yaml", "- 2026-01-01", "- 2026-09-30", files=BASE)
    },
    "a run of days off has one day": {
        "base": changed("calendars.yaml", "to: 2026-10-07", "to: 2026-10-01", files=BASE)
    },
    "a measure of one level counts a kind of several": {
        "plan": changed("kinds.yaml", "[national]", "[national, district]")
    },
}  # fmt: skip


@pytest.mark.parametrize("changes", EDGES.values(), ids=EDGES)
def test_edge_of_a_rule_is_no_fault(changes, source_tree):
    assert check(write_packs(source_tree / "packs", **changes)).problems == ()


def test_link_in_a_pack_is_refused(source_tree):
    directory = write_packs(source_tree / "packs")
    outside = source_tree / "sources.yaml"
    outside.write_text("a: {title: x}\n")
    (directory / "sources.yaml").symlink_to(outside)

    assert [(p.file, p.code) for p in check(directory).problems] == [("sources.yaml", "link")]


@pytest.mark.parametrize(("words", "codes"), [("schools", []), ("ateliers", ["inherited-clash"])])
def test_two_extended_packs_may_share_an_entry_but_not_an_id(source_tree, words, codes):
    second = source_tree / "packs" / "second"
    second.mkdir(parents=True)
    (second / "pack.yaml").write_text(BASE["pack.yaml"].replace("id: base", "id: second"))
    units = "schools:\n  title: {zh: 所, en: schools}\n".replace("en: schools", f"en: {words}")
    (second / "units.yaml").write_text(units)
    extended = changed("pack.yaml", "[base@^1]", "[base@^1, second@^1]")

    problems = check(write_packs(source_tree / "packs", plan=extended)).problems

    assert [problem.code for problem in problems] == codes


def test_directory_that_is_not_there_is_refused(source_tree):
    assert [p.code for p in check(source_tree / "packs" / "nothing").problems] == ["no-directory"]


def test_every_rule_has_its_fault():
    elsewhere = {"link", "no-directory", "inherited-clash"}

    assert {fault.code for fault in FAULTS} | elsewhere == set(CODES)


def test_problems_of_several_files_are_reported_together(source_tree):
    changes = {
        "sources.yaml": "a: {titel: x}\n",
        "units.yaml": "schools: {title: {zh: 所}}\n",
    }

    problems = check(write_packs(source_tree / "packs", plan=changes)).problems

    assert [(p.file, p.code) for p in problems] == [
        ("sources.yaml", "schema-missing"),
        ("sources.yaml", "schema-unknown"),
        ("units.yaml", "schema-missing"),
    ]


def test_fault_of_an_inherited_entry_is_shown_where_it_is_brought_in(source_tree):
    kinds = "lonely-kind:\n  title: {zh: 类, en: Kind}\n  article: A01\n"
    moved = {
        "articles.yaml": PLAN["articles.yaml"],
        "kinds.yaml": kinds,
    }
    own = {"articles.yaml": None}

    problems = check(write_packs(source_tree / "packs", plan=own, base=moved)).problems

    assert [(problem.file, problem.code) for problem in problems] == [
        ("pack.yaml", "kind-without-mechanism")
    ]
    assert problems[0].message == "lonely-kind: no mechanism is named."
