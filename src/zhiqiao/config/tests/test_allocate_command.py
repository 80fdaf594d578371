import json
import re

import polars as pl
import pytest

from zhiqiao.config.tests.plain_files import EXAMPLES, change, invoke

EXAMPLE = EXAMPLES / "allocation"


def run(*arguments):
    return invoke("allocate", *arguments)


def test_example_is_solved_and_says_its_order(folder, tmp_path):
    result = run("solve", folder, "--out", tmp_path / "out")
    assert "rural: filled after the open places" in result.output
    assert "6 of 7 candidates are admitted" in result.output
    results = pl.read_csv(tmp_path / "out" / "results.csv", infer_schema=False)
    assert results.rows() == [
        ("1001", "Z02-护理", "1"),
        ("1002", "Z02-护理", "1"),
        ("1003", "Z01-焊接", "1"),
        ("1004", "Z01-焊接五年制", "2"),
        ("1005", "Z02-护理", "1"),
        ("1006", "Z03-会计", "2"),
        ("1007", None, None),
    ]


def test_reasons_have_one_row_for_each_choice_with_figures(solved):
    reasons = pl.read_csv(solved / "reasons.csv", infer_schema=False)
    assert reasons.columns == ["candidate", "rank", "programme", "reason", "own", "cutoff", "gap"]
    assert reasons.height == 13
    assert reasons.filter(pl.col("candidate") == "1004").rows()[0] == (
        "1004", "1", "Z02-护理", "below-cutoff", "650", "685", "-35",
    )  # fmt: skip
    assert reasons.filter(pl.col("candidate") == "1007").rows()[0][3:] == (
        "below-line", "90", "100", "-10",
    )  # fmt: skip


def test_verify_accepts_its_own_result(folder, solved):
    result = run("verify", folder, solved)
    assert result.exit_code == 0, result.output
    assert "Every property holds" in result.output


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (
            "results.csv",
            "1006,Z03-会计,2",
            "1006,,",
            "P4 (no place wasted): candidates 1006 at Z03-会计",
        ),
        ("results.csv", "1007,,", "1007,Z03-会计,1", "P1"),
        ("reasons.csv", "below-line", "struck-out", "P11 (reasons): candidates 1007"),
        (
            "cutoffs.csv",
            "685",
            "680",
            "cutoffs, row 4, column cutoff: '680' stands there, tables and rules give '685'",
        ),
        (
            "reasons.csv",
            "below-cutoff,650,685,-35",
            "below-cutoff,650,684,-35",
            "reasons, candidate 1004, rank 1, column cutoff: '684'",
        ),
        (
            "reasons.csv",
            "below-line,90,100,-10",
            "below-line,90,100,-1",
            "column gap: '-1' stands there, tables and rules give '-10'",
        ),
        (
            "reasons.csv",
            "admitted,665.5,,",
            "admitted,665.5,700,",
            "column cutoff: '700' stands there, tables and rules give nothing",
        ),
        ("categories.csv", "open", "rural", "P"),
        (
            "salts.csv",
            "1001,",
            "1009,",
            "P12 (files and bundle): the leaf of candidate 1009 tells another result",
        ),
    ],
)
def test_verify_finds_what_was_changed(folder, solved, file, before, after, said):
    change(solved / file, before, after)
    result = run("verify", folder, solved)
    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize(
    "part", ["format", "rules", "order", "places", "ties", "lines", "counts", "optima", "result_sha256", "leaves", "not_proven"]
)  # fmt: skip
def test_verify_finds_each_changed_part_of_the_bundle(folder, solved, part):
    path = solved / "bundle.json"
    bundle = json.loads(path.read_text(encoding="utf-8"))
    bundle[part] = "another"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    result = run("verify", folder, solved)
    assert result.exit_code == 1
    assert f"P12 (files and bundle): bundle, {part}: is not what" in result.output


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("rules.yaml", "a seed published afterwards", "another seed"),
        ("rules.yaml", "mechanism: serial", "mechanism: candidate-proposing"),
        ("candidates.csv", "1004,250,400,650", "1004,250,400,651"),
        ("programmes.csv", "Z01-焊接,", "Z00,x,general,0,0,\nZ01-焊接,"),
    ],
)
def test_verify_finds_tables_and_rules_other_than_those_of_the_bundle(
    folder, solved, file, before, after
):
    change(folder / file, before, after)
    result = run("verify", folder, solved)
    assert result.exit_code == 1
    assert "P12 (files and bundle)" in result.output


def test_explain_says_what_would_have_been_enough(folder, solved):
    result = run("explain", folder, solved, "--candidate", "1004")
    assert result.exit_code == 0, result.output
    assert (
        "in total the last one admitted has 685, the candidate 650 (-35), 2 places behind"
        in result.output
    )
    # 685 would be a tie that the better skill score of the other decides.
    assert "With total of 685.1 or more" in result.output


def test_explained_score_is_just_enough(folder, solved, tmp_path):
    change(folder / "candidates.csv", "1004,250,400,650", "1004,250,400,684")
    run("solve", folder, "--out", tmp_path / "less")
    change(folder / "candidates.csv", "1004,250,400,684", "1004,250,400,686")
    run("solve", folder, "--out", tmp_path / "enough")
    assert "1004,Z02-护理,1" not in (tmp_path / "less" / "results.csv").read_text(encoding="utf-8")
    assert "1004,Z02-护理,1" in (tmp_path / "enough" / "results.csv").read_text(encoding="utf-8")


def test_bundle_holds_no_score_and_no_candidate(solved):
    text = (solved / "bundle.json").read_text(encoding="utf-8")
    bundle = json.loads(text)
    assert bundle["counts"] == {"candidates": 7, "choices": 13, "admitted": 6, "before": 0}
    told = json.dumps({**bundle, "lines": [], "rules": {}})
    for private in ("1001", "255.5", "665.5", "425"):
        assert re.search(rf"(?<![0-9a-f]){re.escape(private)}(?![0-9a-f])", told) is None
    assert (solved / "salts.csv").stat().st_mode & 0o077 == 0


def test_same_secret_and_shuffled_rows_give_the_same_bundle(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"kept")
    run("solve", folder, "--out", tmp_path / "one", "--secret", secret)
    for name in ("programmes", "candidates", "choices"):
        path = folder / f"{name}.csv"
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([head, *rows[::-1]]) + "\n", encoding="utf-8")
    run("solve", folder, "--out", tmp_path / "two", "--secret", secret)
    for name in ("bundle.json", "results.csv", "cutoffs.csv", "leaves.txt"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


BAD = {
    "unknown programme": ("choices.csv", "1007,1,Z03-会计", "1007,1,Z99", "choices, row 14, column programme: 'Z99'"),
    "rank twice": ("choices.csv", "1005,2,", "1005,1,", "choices, row 11, column rank: '1': the candidate gave this rank"),
    "programme twice": ("choices.csv", "1005,2,Z03-会计", "1005,2,Z02-护理", "lists it more than once"),
    "negative places": ("programmes.csv", "general,2", "general,-2", "programmes, row 5, column seats: '-2'"),
    "score of another scale": ("candidates.csv", "1001,280", "1001,380", "candidates, row 2, column culture"),
    "score that is no number": ("candidates.csv", "1001,280", "1001,28O", "candidates, row 2, column culture: '28O'"),
    "missing score": ("candidates.csv", "1002,260,425,685", "1002,260,425,", "candidates, row 3, column total: is empty"),
    "candidate twice": ("candidates.csv", "1002,260", "1001,260", "candidates, row 2, column candidate: '1001': stands in more"),
    "reserve beyond places": ("programmes.csv", "general,3,1", "general,3,4", "4 reserved places are more than 3"),
    "unknown cap": ("programmes.csv", "2,0,workshop-1", "2,0,workshop-2", "'workshop-2': the rules give this cap no limit"),
    "unknown word in the rules": ("rules.yaml", "mechanism: serial", "mechanism: cereal", "rules.yaml, column mechanism"),
    "unknown part of the rules": ("rules.yaml", "lines:", "limes:", "rules.yaml, column limes"),
    "lottery without seed": ("rules.yaml", ", seed: a seed published afterwards", "", "a seed is needed"),
    "line of a class that is not there": ("rules.yaml", "lines: {default", "lines: {geneal: {total: 100}, default", "rules, column lines.geneal: no programme is of this class"),
    "key of the rules twice": ("rules.yaml", "mechanism: serial", "mechanism: groups\nmechanism: serial", "the key 'mechanism' is given twice"),
    "column twice": ("candidates.csv", "total", "total,total", "candidates, row 1, column total: is the name of two columns"),
    "filing ratio without filing": ("rules.yaml", "mechanism: serial", "mechanism: serial\nratio: 1.2", "no files are sent by serial"),
    "line outside its scale": ("rules.yaml", "culture: [0, 300]", "culture: [0, 90]", "lies outside its scale"),
    "scale the wrong way round": ("rules.yaml", "culture: [0, 300]", "culture: [750, 0]", "turn it round"),
    "key that is no column": ("rules.yaml", "[total, skill]", "[total, art]", "candidates, row 1, column art: is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_its_place_and_nothing_is_written(
    folder, tmp_path, file, before, after, said
):
    change(folder / file, before, after)
    result = run("solve", folder, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert said in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_strict_tie_at_the_last_place_is_refused_with_the_numbers(folder, tmp_path):
    change(
        folder / "rules.yaml",
        "{policy: lottery, seed: a seed published afterwards}",
        "{policy: strict}",
    )
    change(folder / "candidates.csv", "1004,250,400,650", "1004,250,425,685")
    result = run("solve", folder, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert (
        "candidates 1002, 1004 are tied in every key at the last place of Z02-护理" in result.output
    )


def test_results_are_never_overwritten(folder, solved):
    result = run("solve", folder, "--out", solved)
    assert result.exit_code == 1
    assert "not empty" in result.output


def test_unknown_candidate_is_refused(folder, solved):
    result = run("explain", folder, solved, "--candidate", "9999")
    assert result.exit_code == 1
    assert "'9999' is not there" in result.output


def test_parquet_is_read_as_csv_is(folder, solved, tmp_path):
    for name in ("programmes", "candidates", "choices"):
        table = pl.read_csv(folder / f"{name}.csv")
        table.write_parquet(folder / f"{name}.parquet")
        (folder / f"{name}.csv").unlink()
    result = run("solve", folder, "--out", tmp_path / "parquet")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "parquet" / "results.csv").read_bytes() == (
        solved / "results.csv"
    ).read_bytes()


def test_difference_of_a_correction_tells_each_chain(folder, solved, tmp_path):
    change(folder / "programmes.csv", "general,3,1,", "general,2,1,")
    assert run("solve", folder, "--out", tmp_path / "again").exit_code == 0
    told = run("difference", solved, tmp_path / "again", "--out", tmp_path / "moves.csv")
    assert told.exit_code == 0, told.output
    moves = pl.read_csv(tmp_path / "moves.csv", infer_schema=False)
    assert f"{moves.height} of 7 candidates moved" in told.output
    now = {
        name: dict(pl.read_csv(at / "results.csv", infer_schema=False).rows_by_key("candidate"))
        for name, at in (("before", solved), ("after", tmp_path / "again"))
    }
    changed = {one for one in now["before"] if now["before"][one][0][0] != now["after"][one][0][0]}
    assert set(moves["candidate"]) == changed != set()


def test_no_difference_and_an_existing_file_are_said(solved, tmp_path):
    told = run("difference", solved, solved)
    assert "0 of 7 candidates moved, in 0 chains." in told.output
    (tmp_path / "there.csv").write_text("x")
    told = run("difference", solved, solved, "--out", tmp_path / "there.csv")
    assert told.exit_code == 1
    assert "exists already" in told.output
    assert (tmp_path / "there.csv").read_text() == "x"


@pytest.mark.parametrize("policy", ["exact", "hold-harmless", "minimum-change"])
def test_correction_writes_result_moves_and_places_above_the_plan(folder, solved, tmp_path, policy):
    change(folder / "programmes.csv", "general,3,1,", "general,2,1,")
    told = run("correct", solved, folder, "--policy", policy, "--out", tmp_path / "corrected")
    assert told.exit_code == 0, told.output
    moves, above = (
        pl.read_csv(tmp_path / "corrected" / f"{name}.csv", infer_schema=False)
        for name in ("moves", "supernumerary")
    )
    now = (tmp_path / "corrected" / "results.csv").read_bytes()
    if policy == "hold-harmless":
        assert moves.is_empty()
        assert above.rows() == [("Z02-护理", None, "2", "3", "1", "1")]
        assert "1 place above the plan in 1 programme." in told.output
        assert now == (solved / "results.csv").read_bytes()
    else:
        assert run("solve", folder, "--out", tmp_path / "again").exit_code == 0
        assert now == (tmp_path / "again" / "results.csv").read_bytes()
        assert above.is_empty()
        assert moves.height > 0
    assert ("one result is stable" in told.output) == (policy == "minimum-change")


def test_correction_of_nothing_changes_nothing_and_overwrites_nothing(folder, solved, tmp_path):
    told = run("correct", solved, folder, "--policy", "exact", "--out", tmp_path / "corrected")
    assert "0 of 7 candidates moved" in told.output
    again = run("correct", solved, folder, "--policy", "exact", "--out", solved)
    assert again.exit_code == 1
    assert "not empty" in again.output


def test_closures_are_proposed_with_their_moves_and_decide_nothing(folder, tmp_path):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    told = run("closures", folder, "--minimum", 2, "--out", tmp_path / "moves.csv")
    assert told.exit_code == 0, told.output
    assert "1. Z01-焊接 admits 1, fewer than 2: closed" in told.output
    assert "Nothing is decided." in told.output
    moves = pl.read_csv(tmp_path / "moves.csv", infer_schema=False)
    assert moves.row(0, named=True)["candidate"] == "1003"
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_minimum_of_its_own_goes_before_and_an_empty_one_is_the_one_for_all(folder):
    text = (folder / "programmes.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{text[0]},minimum", *(f"{line},1" for line in text[1:-1]), f"{text[-1]},"]
    (folder / "programmes.csv").write_text("\n".join(lines), encoding="utf-8")
    assert "No class is too small." in run("closures", folder, "--minimum", 1).output
    told = run("closures", folder, "--minimum", 9)
    assert "1. Z03-会计" in told.output
    assert "Classes closed: 1;" in told.output


def test_a_wrong_minimum_is_refused_with_its_row(folder):
    assert "is missing; give it" in run("closures", folder).output
    text = (folder / "programmes.csv").read_text(encoding="utf-8").splitlines()
    (folder / "programmes.csv").write_text(
        "\n".join([f"{text[0]},minimum", *(f"{line},two" for line in text[1:])]), encoding="utf-8"
    )
    told = run("closures", folder)
    assert told.exit_code == 1
    assert "programmes, row 2, column minimum: is 'two'" in told.output
