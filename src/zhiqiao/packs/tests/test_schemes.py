from pathlib import Path

import pytest

from zhiqiao.engines.matching import Mechanism, Ties
from zhiqiao.packs import Procedure, TiePolicy, check, load
from zhiqiao.packs.tests.minimal import write_packs

ROOT = Path(__file__).parents[4]
SCHEME = """\
exam:
  title: {zh: 考试, en: Exam}
  stage: higher
  from: 2030-01-01
  exam_types:
    school:
      title: {zh: 中职类, en: Secondary}
      items: {paper: {title: {zh: 卷, en: Paper}, most: 300}, work: {title: {zh: 实作, en: Work}, most: 450}}
      sums: {total: {title: {zh: 总分, en: Total}, of: [paper, work], is_line: true}}
      credited: {paper: 300}
      keys: [total, -paper]
  categories: {computer: {title: {zh: 计算机, en: Computing}, keys: [work]}}
  batches:
    - {id: only, title: {zh: 批, en: Batch}, level: college, list_limit: 5, mechanism: serial, ties: admit-all, exam_types: [school]}
  awards: {prize: {title: {zh: 奖, en: Prize}, sets: {work: 450}, batches: [only]}}
  clocks: {publicity: 10, recheck: 3, appeal: 5, answer: 10}
  source: notice
  checked_by: null
"""
TWICE = SCHEME[SCHEME.index("    - {id: only") : SCHEME.index("  awards:")]


def test_words_of_mechanisms_and_ties_are_those_of_the_engine():
    assert {one.value for one in Procedure} == {one.value for one in Mechanism}
    assert {one.value for one in TiePolicy} == {one.value for one in Ties}


def test_keys_of_a_category_go_before_those_of_its_exam_type():
    scheme = load(ROOT / "packs" / "cq-2023-22").schemes["he-classified"]

    assert scheme.keys_of("secondary", "computer") == ("total", "skill")
    assert scheme.keys_of("secondary", "arts") == ("skill", "culture")
    assert scheme.batch("bachelor").list_limit == 30
    with pytest.raises(KeyError):
        scheme.batch("third")


def test_scheme_of_the_plan_says_that_nobody_checked_it():
    schemes = load(ROOT / "packs" / "cq-2023-22").schemes

    assert [scheme.checked_by for scheme in schemes.values()] == [None, None]


RESULTS = """\
      results: {level: {title: {zh: 学考, en: Level}, grades: [A, B]}, skill: {title: {zh: 技能, en: Skill}, most: 100}}
      conversions:
        - {item: work, of: [skill], rate: 4.5, source: notice}
"""
CONVERTED = SCHEME.replace("      keys: [total", RESULTS + "      keys: [total")


def test_good_conversions_have_no_problem(tmp_path):
    assert check(write_packs(tmp_path, plan={"schemes.yaml": CONVERTED})).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate: 4.5", "rate: 5", "gives up to 500, and the item has 0 to 450"),
        ("rate: 4.5, ", "", "needs a rate where its results are numbers"),
        ("of: [skill], rate: 4.5", "of: [level], rate: 4.5", "needs a rate where"),
        ("of: [skill], rate: 4.5", "of: [level], marks: {A: 451}", "gives up to 451"),
        ("of: [skill], rate: 4.5", "of: [level], marks: {A: -1}", "gives up to"),
        ("of: [skill], rate: 4.5", "of: [level], marks: {E: 9}", "names “E”, which is not there"),
        ("of: [skill]", "of: [sport]", "names “sport”, which is not there"),
        ("item: work", "item: paper", "names “paper”, which is not there"),
        ("source: notice}\n", "source: nowhere}\n", "nowhere"),
        ("grades: [A, B]", "grades: [A, A]", "a grade stands twice"),
        ("grades: [A, B]", "grades: [A, B], most: 5", "either grades or a number"),
        ("most: 100}", "most: 0}", "above zero"),
    ],
)
def test_conversion_that_does_not_fit_is_refused(tmp_path, old, new, said):
    assert old in CONVERTED
    changed = CONVERTED.replace(old, new)
    problems = check(write_packs(tmp_path, plan={"schemes.yaml": changed})).problems
    assert any(said in problem.message for problem in problems), problems


@pytest.mark.parametrize(
    ("given", "said"),
    [("adds: {total: 0}", "adds points above zero"), ("", "sets a score or adds points")],
)
def test_award_gives_something(tmp_path, given, said):
    changed = SCHEME.replace("sets: {work: 450}, ", f"{given}, " if given else "")
    problems = check(write_packs(tmp_path, plan={"schemes.yaml": changed})).problems
    assert any(said in problem.message for problem in problems), problems


def test_recalled_conversions_of_the_plan_say_that_nobody_compared_them():
    kinds = load(ROOT / "packs" / "cq-2023-22").schemes["he-classified"].exam_types.values()
    told = [one for kind in kinds for one in kind.conversions]

    assert [(one.item, one.checked_by, bool(one.note)) for one in told] == [
        ("culture_paper", None, True), ("practice", None, True),
    ]  # fmt: skip


def test_good_scheme_has_no_problem(tmp_path):
    assert check(write_packs(tmp_path, plan={"schemes.yaml": SCHEME})).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: [paper, work]", "of: [paper, oral]", "the sum total names “oral”"),
        ("keys: [total, -paper]", "keys: [grand]", "keys names “grand”"),
        ("credited: {paper: 300}", "credited: {paper: 301}", "301 is credited for paper"),
        ("credited: {paper: 300}", "credited: {oral: 1}", "credited names “oral”"),
        ("exam_types: [school]", "exam_types: [army]", "the batch only names “army”"),
        ("sets: {work: 450}", "sets: {word: 450}", "the award prize names “word”"),
        ("batches: [only]", "batches: [other]", "the award prize names “other”"),
        ("keys: [work]", "keys: [-craft]", "the category computer names “craft”"),
        ("mechanism: serial", "mechanism: magic", "exam.batches.0.mechanism"),
        ("list_limit: 5", "list_limit: 0", "exam.batches.0.list_limit"),
        ("source: notice", "source: rumour", "there is no source “rumour”"),
        (
            "  awards:",
            f"{TWICE}  awards:",
            "two batches have the same id",
        ),
    ],
)
def test_fault_of_a_scheme_is_told(tmp_path, old, new, said):
    assert old in SCHEME
    problems = check(
        write_packs(tmp_path, plan={"schemes.yaml": SCHEME.replace(old, new)})
    ).problems

    assert problems
    assert said in " ".join(problem.message for problem in problems)
