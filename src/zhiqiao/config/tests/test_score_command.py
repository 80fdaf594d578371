import json

import polars as pl
import pytest

from zhiqiao.config.tests.plain_files import EXAMPLES, change, invoke

EXAMPLE = EXAMPLES / "scoring"
BEST, NEXT, LAST = "S05-柑橘学院", "S07-轨道交通产教联合体", "S10-新能源实训中心"


def run(*arguments):
    return invoke("score", *arguments)


def rows(folder, name, *columns):
    table = pl.read_csv(folder / f"{name}.csv", infer_schema=False).fill_null("")
    return table.select(*columns).rows()


def test_example_is_scored_and_says_where_the_cut_line_would_change(folder, tmp_path):
    result = run("solve", folder, "--out", tmp_path / "out")
    assert result.output.splitlines() == [
        "11 applications, 42 reviews, 7 reviewers; flags: 14.",
        "The ridge 4.162 is the variance of the noise over that of the reviewers.",
        "2 groups without a common reviewer: calibrated ranks count within each.",
        "Within the 6 places by one way and outside by another: 2.",
    ]
    changed = rows(tmp_path / "out", "scores", "application", "official", "official_rank", "calibrated", "calibrated_rank", "changes_cut")  # fmt: skip
    assert [row for row in changed if row[-1]] == [
        (BEST, "75.50", "7", "76.17", "5", "yes"),
        (NEXT, "75.75", "6", "75.00", "7", "yes"),
    ]


def test_flags_and_figures_of_reviewers_are_written_with_what_they_rest_on(solved):
    found = rows(solved, "flags", "kind", "application", "reviewer", "figure", "number")
    assert ("hardly-read", BEST, "E5", "120", "4") in found
    assert ("copied-other", NEXT, "E3", "100", "4") in found
    assert ("no-spread", "", "E4", "80.00", "8") in found
    assert ("outlying-mark", LAST, "E1", "-9.67", "40") in found
    assert ("incomparable", "S11-茶叶学院", "", "1", "2") in found
    agreement = rows(solved, "reviewers", "reviewer", "agreement", "common")
    assert agreement[3:] == [
        ("E4", "", "8"),
        ("E5", "0.922", "8"),
        ("E8", "", "1"),
        ("E9", "", "1"),
    ]
    summary = json.loads((solved / "summary.json").read_text(encoding="utf-8"))
    assert summary["cannot_be_said"]["agreement_of_reviewers"] == 3
    assert summary["cannot_be_said"]["reading_time_of_reviews"] == 2


def test_order_of_rows_does_not_matter(folder, solved, tmp_path):
    path = folder / "reviews.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *lines[::-1]]) + "\n", encoding="utf-8")
    assert run("solve", folder, "--out", tmp_path / "again").exit_code == 0
    for file in solved.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_verify_accepts_its_own_result(folder, solved):
    result = run("verify", folder, solved)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Every property holds: P1, ")


TAMPERED = {
    "P1": ("scores.csv", f"{LAST},4,60.75", f"{LAST},4,60.76", f"application {LAST}: the official is 6075"),
    "P2": ("scores.csv", ',0.612,3,2,""', ',0.612,3,1,""', "application S11-茶叶学院: the group is 1, and 0 is told"),
    "P3": ("summary.json", '"ridge": "4.162"', '"ridge": "4.163"', "the variances give the ridge"),
    "P4": ("reviewers.csv", "-1.60534658", "-1.70534658", "the effects do not satisfy the equations"),
    "P5": ("scores.csv", "76.17", "76.18", f"application {BEST}: the calibrated score is 7617, and 7618 is told"),
    "P6": ("scores.csv", "-2.229", "-2.228", "the standard score is -2229"),
    "P7": ("scores.csv", "76.17,5", "76.17,4", "the calibrated rank is 5, and 4 is told"),
    "P8": ("scores.csv", "7,1,yes", '7,1,""', f"application {BEST}: it is otherwise by another way"),
    "P9": ("reviewers.csv", "0.976", "0.977", "reviewer E1: agreement is 976, and 977 is told"),
    "P10": ("flags.csv", "-9.67,3.50", "-4.67,3.50", "outlying-mark with -967 for 350 of 40 is deserved and not told"),
    "P11": ("flags.csv", "a comment of 5", "a comment of 6", "column why: 'a comment of 6 characters, and 20 are the least.' stands there, tables and rules give 'a comment of 5 characters"),
    "P12 reviews": ("scores.csv", f"{LAST},4,60.75", f"{LAST},5,60.75", f"scores, application {LAST}, column reviews: '5' stands there, tables and rules give '4'"),
    "P12 another word": ("scores.csv", ',0.612,3,2,""', ",0.612,3,2,maybe", "column changes_cut: 'maybe' stands there, tables and rules give nothing"),
    "P12 no": ("scores.csv", ',0.612,3,2,""', ",0.612,3,2,no", "column changes_cut: 'no' stands there, tables and rules give nothing"),
    "P12 number": ("scores.csv", "76.17", "76.170", "column calibrated: '76.170' stands there"),
    "P12 rank": ("scores.csv", ",75.50,7,", ",75.50,07,", "column official_rank: '07' stands there"),
    "P12 effect": ("reviewers.csv", "-1.60534658", "-1.60534656", "column effect: '-1.60534656' stands there, tables and rules give '-1.60534658'"),
    "P12 variance": ("summary.json", '"noise_variance": ', '"noise_variance": 1', "summary.json, model, noise_variance"),
    "P12 places": ("summary.json", '"places": 6', '"places": 7', "summary.json, places: 7 stands there, tables and rules give 6"),
    "P12 no places": ("summary.json", '"places": 6', '"places": null', "summary.json, places: nothing stands there"),
    "P12 all reviews": ("summary.json", '"reviews": 42', '"reviews": 43', "summary.json, reviews: 43 stands there"),
    "P12 figure as a word": ("summary.json", '"reviews": 42', '"reviews": "42"', "summary.json, reviews: '42' stands there"),
    "P12 cannot be said": ("summary.json", '"agreement_of_reviewers": 3', '"agreement_of_reviewers": 0', "summary.json, cannot_be_said, agreement_of_reviewers: 0 stands there"),
    "P12 unknown": ("summary.json", '"places": 6', '"places": 6, "seats": 6', "summary.json, seats: belongs in no such file"),
    "P12 left out": ("summary.json", '"places": 6,', "", "summary.json, places: is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "changed"), TAMPERED.items(), ids=TAMPERED)
def test_verify_finds_what_was_changed(folder, solved, name, changed):
    file, before, after, said = changed
    name = name.split(" ", maxsplit=1)[0]
    change(solved / file, before, after)
    result = run("verify", folder, solved)
    assert result.exit_code == 1
    assert said in result.output
    assert f"{name} (" in result.output


def test_explain_says_each_mark_and_what_the_model_takes_off(folder, solved):
    result = run("explain", folder, solved, "--application", BEST)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == f"Application {BEST}: 4 reviews, 7.00 points apart."
    assert "official: 75.50, rank 7, outside." in lines
    assert "calibrated: 76.17, rank 5 of 10 in group 1, within." in lines
    assert "E2 gave 72.00; effect -2.99, from 8 reviews." in lines
    assert (
        "It is within the places by one way and outside by another; the official one counts."
        in lines
    )
    assert (
        "To look at (hardly-read): reviewer E5: read for 120 seconds, which is under 300;"
        " reading times known: 4."
    ) in lines


WRONG = {
    "score missing": ("reviews.csv", "E1,88,", "E1,,", "every row needs a score"),
    "score too fine": ("reviews.csv", "E1,88,", "E1,88.005,", "a score with at most 2 decimals"),
    "score too great": ("reviews.csv", "E1,88,", "E1,10001,", "a score from 0 to 10000 is needed"),
    "pair twice": ("reviews.csv", "S01-智能制造产教联合体,E2", "S01-智能制造产教联合体,E1", "stands in more than one row"),
    "minutes": ("reviews.csv", "E5,75,2,", "E5,75,-2,", "minutes from 0 are needed"),
    "threshold": ("rules.yaml", "spread_most: 15", "spread_most: -1", "greater than or equal to 0"),
    "ridge": ("rules.yaml", "places: 6", "ridge: 0", "column ridge: Input should be greater than or equal to"),
    "unknown rule": ("rules.yaml", "places: 6", "seats: 6", "Extra inputs are not permitted"),
}  # fmt: skip


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_fault_is_named_and_nothing_is_written(folder, tmp_path, changed):
    file, before, after, said = changed
    change(folder / file, before, after)
    result = run("solve", folder, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert said in result.output
    assert not (tmp_path / "out").exists()


def test_panels_of_an_application_must_agree_and_are_compared_within(folder, tmp_path):
    path = folder / "reviews.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    panels = [f"{line},{'A' if line < 'S06' else 'B'}" for line in lines]
    path.write_text("\n".join([f"{head},panel", *panels]) + "\n", encoding="utf-8")
    assert run("solve", folder, "--out", tmp_path / "out").exit_code == 0
    standard = dict(rows(tmp_path / "out", "scores", "application", "standard"))
    assert float(standard["S11-茶叶学院"]) > float(standard["S01-智能制造产教联合体"]) - 1
    assert standard[BEST].startswith("-1.")
    assert run("verify", folder, tmp_path / "out").exit_code == 0
    change(path, panels[0], panels[0][:-1] + "B")
    result = run("solve", folder, "--out", tmp_path / "other")
    assert "another row of the application names another panel" in result.output


def test_given_ridge_is_used_and_told(folder, tmp_path):
    change(folder / "rules.yaml", "places: 6", "ridge: 0.5")
    result = run("solve", folder, "--out", tmp_path / "out")
    assert "The ridge 0.500 was given." in result.output
    assert run("verify", folder, tmp_path / "out").exit_code == 0


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("scores.csv", LAST, "S99", "there is not one row for each application"),
        ("scores.csv", "60.75", "sixty", "'sixty': a number with at most 2 decimals is needed"),
        ("flags.csv", "no-spread", "odd", "'odd' is no kind of flag"),
        ("flags.csv", "E4,", "E44,", "'E44' is unknown"),
        (
            "flags.csv",
            "other_reviewer",
            "another",
            "flags, row 1, column other_reviewer: is missing",
        ),
        ("scores.csv", f"{LAST},4", ",4", "there is not one row for each application"),
        ("summary.json", '"basis": "estimated"', '"basis": "guessed"', "is none of given"),
        ("summary.json", '"degrees": 26', '"degrees": "26"', "is missing or no such value"),
    ],
)
def test_result_that_cannot_be_read_is_named(folder, solved, file, before, after, said):
    change(solved / file, before, after)
    result = run("verify", folder, solved)
    assert result.exit_code == 1
    assert said in result.output


def test_unknown_application_is_named(folder, solved):
    result = run("explain", folder, solved, "--application", "S99")
    assert "'S99' is not there." in result.output
