"""What is said of a choice: figures where something was compared, plain words where nothing was."""

import pytest
from click.testing import CliRunner

from zhiqiao.config.allocate_command import allocate

CANDIDATES = {"1": "95,40", "2": "90,60", "3": "90,50", "4": "80,70", "5": "70,10"}
KEYS = "keys: {default: [total, skill]}"
ONE_KEY = "keys: {default: [total]}"


def told(folder, out, candidate, rules, **tables):
    """Return what is explained to a candidate; everyone lists P, and 5 lists Q before."""
    folder.mkdir()
    rows = [f"{name},{scores},city" for name, scores in CANDIDATES.items()]
    choices = [f"{name},1,P" for name in "1234"] + ["5,1,Q", "5,2,P"]
    written = {
        "candidates": ["candidate,total,skill,home", *rows],
        "programmes": ["programme,seats", "P,2", "Q,2"],
        "choices": ["candidate,rank,programme", *choices],
        **tables,
    }
    for name, lines in written.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "rules.yaml").write_text("\n".join(rules) + "\n", encoding="utf-8")
    for words in (
        ["solve", folder, "--out", out],
        ["verify", folder, out],
        ["explain", folder, out, "--candidate", candidate],
    ):
        done = CliRunner().invoke(allocate, [str(word) for word in words])
        assert done.exit_code == 0, done.output
    assert "None" not in done.output
    return done.output


@pytest.mark.parametrize(
    ("candidate", "rules", "said"),
    [
        ("3", ["mechanism: serial", KEYS, "ties: {policy: strict}"],
         "in skill the last one admitted has 60, the candidate 50 (-10), 1 place behind"),
        ("4", ["mechanism: serial", KEYS, "ties: {policy: strict}"],
         "in total the last one admitted has 90, the candidate 80 (-10), 2 places behind"),
        ("1", ["mechanism: serial", KEYS, "ties: {policy: strict}"],
         "admitted; the last one admitted has 90, the candidate 95 (5), 1 place before"),
        ("5", ["mechanism: serial", KEYS, "ties: {policy: strict}"],
         "admitted with 70; places were left"),
        ("5", ["mechanism: serial", KEYS, "ties: {policy: strict}"],
         "not needed: choice 1, Q, is met"),
        ("2", ["mechanism: serial", ONE_KEY, "ties: {policy: reject-all}"],
         "tied in every key at the last place, 90; none of the tied is admitted"),
        ("4", ["mechanism: serial", ONE_KEY, "ties: {policy: reject-all}"],
         "the last one admitted has 95, the candidate 80 (-15)"),
        ("3", ["mechanism: candidate-proposing", ONE_KEY, "ties: {policy: hold}"],
         "tied in every key at the last place, 90, which waits for a decision"),
        ("2", ["mechanism: immediate", ONE_KEY, "ties: {policy: hold}"],
         "tied in every key at the last place, 90, which waits for a decision"),
        ("3", ["mechanism: immediate", ONE_KEY, "ties: {policy: lottery, seed: one}"],
         "90"),
        ("4", ["mechanism: serial", KEYS, "ties: {policy: strict}", "require: {default: {home: rural}}"],
         "not for candidates of this kind: home is city, and rural is asked for"),
    ],
)  # fmt: skip
def test_a_choice_is_explained(tmp_path, candidate, rules, said):
    assert said in told(tmp_path / "in", tmp_path / "out", candidate, rules)


def test_nobody_admitted_before_a_rejected_tie_leaves_no_cutoff(tmp_path):
    rules = ["mechanism: serial", ONE_KEY, "ties: {policy: reject-all}"]
    rows = [
        "candidate,total,skill,home",
        *(f"{name},90,1,city" for name in "123"),
        "4,80,1,city",
        "5,1,1,city",
    ]
    said = told(tmp_path / "in", tmp_path / "out", "4", rules, candidates=rows)
    assert "those before the candidate, who has 80, are tied at the last place" in said


def test_who_lost_by_a_decision_is_told_so(tmp_path):
    rules = ["mechanism: serial", ONE_KEY, "ties: {policy: hold}"]
    decisions = ["programme,candidate,order", "P,3,1", "P,2,2"]
    said = told(tmp_path / "in", tmp_path / "out", "2", rules, decisions=decisions)
    assert "tied in every key with the last one admitted, 90; it was decided for the other" in said


def test_places_taken_in_an_earlier_round_are_told_so(tmp_path):
    rules = ["mechanism: serial", KEYS, "ties: {policy: strict}"]
    frozen = ["candidate,programme", "4,P", "5,P"]
    said = told(tmp_path / "in", tmp_path / "out", "1", rules, frozen=frozen)
    assert "its places were taken in an earlier batch or round" in said


def test_a_missing_score_is_named(tmp_path):
    rules = ["mechanism: serial", KEYS, "ties: {policy: strict}", "missing: bar"]
    rows = ["candidate,total,skill,home", "1,95,,city", *(f"{n},{s},city" for n, s in CANDIDATES.items() if n != "1")]  # fmt: skip
    said = told(tmp_path / "in", tmp_path / "out", "1", rules, candidates=rows)
    assert "a score that the programme asks for is missing: skill" in said


def test_adjustment_inside_a_group_is_told(tmp_path):
    rules = ["mechanism: groups", KEYS, "ties: {policy: strict}"]
    said = told(
        tmp_path / "in", tmp_path / "out", "3", rules,
        programmes=["programme,seats,group", "P,2,G", "Q,1,G"],
        choices=["candidate,rank,programme,adjust", "1,1,P,no", "2,1,P,no", "3,1,P,yes", "4,1,P,no"],
    )  # fmt: skip
    assert "admitted to Q, which was not listed: by adjustment" in said


def test_the_difference_of_the_optima_is_printed(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, lines in {
        "candidates": ["candidate,unused", "1,0", "2,0"],
        "programmes": ["programme,seats", "P,1", "Q,1"],
        "choices": ["candidate,rank,programme,score", "1,1,P,10", "1,2,Q,20", "2,1,Q,10", "2,2,P,20"],
    }.items():  # fmt: skip
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rules = (
        "mechanism: candidate-proposing\nkeys: {default: [choice.score]}\nties: {policy: strict}\n"
    )
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    done = CliRunner().invoke(allocate, ["solve", str(folder), "--out", str(tmp_path / "out")])
    assert "differ for 2 candidates" in done.output
