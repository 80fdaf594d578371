import json

import polars as pl
import pytest

from zhiqiao.config.tests.plain_files import EXAMPLES, change, invoke
from zhiqiao.engines.assignment import commitment_of

EXAMPLE = EXAMPLES / "assignment"


def run(*arguments):
    return invoke("assign", *arguments)


def table(folder, name):
    return pl.read_csv(folder / f"{name}.csv", infer_schema=False)


def test_example_is_solved_and_names_what_is_missing(folder, tmp_path):
    result = run("solve", folder, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "Reviews assigned: 12; missing: 1." in result.output
    assert "No assignment is better; the prices prove it." in result.output
    assert table(tmp_path / "out", "assignments").rows() == [
        ("S01-智能制造产教联合体", "E01"),
        ("S01-智能制造产教联合体", "E02"),
        ("S01-智能制造产教联合体", "E03"),
        ("S02-汽车产教联合体", "E02"),
        ("S02-汽车产教联合体", "E03"),
        ("S02-汽车产教联合体", "E05"),
        ("S03-护理实训中心", "E06"),
        ("S03-护理实训中心", "E07"),
        ("S04-养老实训中心", "E06"),
        ("S04-养老实训中心", "E07"),
        ("S05-柑橘学院", "E03"),
        ("S05-柑橘学院", "E08"),
    ]
    (short,) = table(tmp_path / "out", "shortages").rows(named=True)
    assert (short["application"], short["missing"]) == ("S05-柑橘学院", "1")
    assert short["why"] == "3 experts are listed: 1 in conflict (unsuitable), 2 assigned."


def test_each_review_has_one_reason_with_figures(solved):
    reasons = table(solved, "reasons")
    assert reasons.height == 12
    assert reasons.row(1) == (
        "S01-智能制造产教联合体", "E02", "for-quota", "0.710000", "4", "6", "E04", "0.860000", "outside the city",
    )  # fmt: skip
    assert reasons.row(4)[2:] == ("better-full", "0.600000", "4", "4", "E07", "0.660000", "")


def test_verify_accepts_its_own_result(folder, solved):
    result = run("verify", folder, solved)
    assert result.exit_code == 0, result.output
    assert "Every property holds" in result.output


TAMPERED = {
    "P1": ("assignments.csv", "S05-柑橘学院,E08", "S05-柑橘学院,E01", "applications S05-柑橘学院 with experts E01: the expert is not listed"),
    "P2": ("assignments.csv", "S01-智能制造产教联合体,E01\n", "S01-智能制造产教联合体,E01\nS01-智能制造产教联合体,E05\n", "4 reviewers for 3 reviews"),
    "P3": ("assignments.csv", "S01-智能制造产教联合体,E03", "S01-智能制造产教联合体,E07", "experts E07: 3 reviews, and the most is 2"),
    "P4": ("assignments.csv", "S05-柑橘学院,E03", "S05-柑橘学院,E07", "in conflict: unsuitable"),
    "P5": ("assignments.csv", "S01-智能制造产教联合体,E02", "S01-智能制造产教联合体,E04", "one of each employer: 2 seats"),
    "P6": ("assignments.csv", "S04-养老实训中心,E07\n", "", "related applications have other reviewers"),
    "P7": ("shortages.csv", "S05-柑橘学院,1", "S05-柑橘学院,2", "missing reviews: 1, and 2 told"),
    "P8": ("prices.csv", '"",E02,"","",70000', '"",E02,"","",90000', "the prices prove a bound of"),
    "P9": ("proof.json", '"bound": -', '"bound": -1', "exceeds the bound"),
    "P11": ("reasons.csv", "better-full", "best", "column reason: 'best' stands there, tables and rules give 'better-full'"),
    "P7 figure": ("shortages.csv", "S05-柑橘学院,1,3,1", "S05-柑橘学院,1,4,1", "column listed: '4' stands there, tables and rules give '3'"),
    "P7 counted": ("shortages.csv", ",0,0,2,0,0,", ",0,0,3,0,0,", "column assigned: '3' stands there"),
    "P12 sum": ("shortages.csv", ',1,0,1,0,"', ',1,0,1,2,"', "column together_possible: '2' stands there"),
    "P12 why": ("shortages.csv", "(unsuitable), 2 assigned", "(kinship), 2 assigned", "column why: '3 experts are listed: 1 in conflict (kinship)"),
    "P12 idle": ("idle.csv", "expert,least,idle\n", "expert,least,idle\nE04,1,0\n", "idle has 1 row, tables and rules give 0"),
    "P12 price": ("prices.csv", '"",E02,"","",70000', '"",E02,"","",070000', "prices, expert E02, column price: '070000' stands there, tables and rules give '70000'"),
    "P12 assigned": ("proof.json", '"assigned": 12', '"assigned": 13', "proof.json, assigned: 13 stands there, tables and rules give 12"),
    "P12 missing": ("proof.json", '"missing": 1', '"missing": 0', "proof.json, missing: 0 stands there"),
    "P12 below least": ("proof.json", '"idle": ', '"idle": 1', "proof.json, idle: 1"),
    "P12 proof": ("proof.json", '"proof": "optimal"', '"proof": "bounded"', "proof.json, proof: 'bounded' stands there, tables and rules give 'optimal'"),
    "P12 searched": ("proof.json", '"proof": "optimal"', '"proof": "searched"', "tables and rules give 'optimal'"),
    "P12 repaired": ("proof.json", '"proof": "optimal"', '"proof": "repaired"', "tables and rules give 'optimal'"),
    "P12 mode": ("proof.json", '"mode": "fit"', '"mode": "draw"', "proof.json, mode: 'draw' stands there"),
    "P12 unknown": ("proof.json", '"mode": "fit"', '"mode": "fit", "note": 1', "proof.json, note: belongs in no such file"),
    "P12 left out": ("proof.json", '"mode": "fit",', "", "proof.json, mode: is missing"),
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


def test_better_seat_is_found_where_nothing_is_claimed(folder, solved):
    """A seat given to a worse expert with room, and figures that fit it."""
    change(solved / "assignments.csv", "S01-智能制造产教联合体,E01", "S01-智能制造产教联合体,E05")
    proof = json.loads((solved / "proof.json").read_text(encoding="utf-8"))
    proof["value"] -= 280_000
    proof["proof"] = "bounded"
    (solved / "proof.json").write_text(json.dumps(proof), encoding="utf-8")
    result = run("verify", folder, solved)
    assert result.exit_code == 1
    assert "P10 (no seat better taken)" in result.output


def test_explain_says_why_and_why_not(folder, solved):
    result = run("explain", folder, solved, "--application", "S01-智能制造产教联合体")
    assert result.exit_code == 0, result.output
    assert (
        "E02 reviews it: 0.710000, place 4 of 6 eligible:"
        " E04 (0.860000) is better and kept out by the quota outside the city." in result.output
    )
    told = run("explain", folder, solved, "--application", "S02-汽车产教联合体", "--expert", "E01")
    assert "E01 does not review it: in conflict: employer." in told.output
    told = run("explain", folder, solved, "--application", "S02-汽车产教联合体", "--expert", "E07")
    assert "full with S03-护理实训中心, S04-养老实训中心" in told.output
    told = run("explain", folder, solved, "--application", "S05-柑橘学院")
    assert "3 reviews, 1 missing." in told.output


def test_repair_changes_the_least_and_can_be_verified(folder, solved, tmp_path):
    refusals = tmp_path / "refusals.csv"
    refusals.write_text("application,expert\nS01-智能制造产教联合体,E01\n", encoding="utf-8")
    told = run("repair", folder, solved, "--refusals", refusals, "--out", tmp_path / "again")
    assert told.exit_code == 0, told.output
    assert "S01-智能制造产教联合体: E07" not in told.output
    assert "0 seats changed besides those refused." in told.output
    before, after = (
        set(table(each, "assignments").rows()) for each in (solved, tmp_path / "again")
    )
    assert before - after == {("S01-智能制造产教联合体", "E01")}
    assert run("verify", folder, tmp_path / "again").exit_code == 0
    refusals.write_text(
        "application,expert,kind\nS02-汽车产教联合体,E02,kinship\n", encoding="utf-8"
    )
    third = tmp_path / "third"
    told = run("repair", folder, tmp_path / "again", "--refusals", refusals, "--out", third)
    assert told.exit_code == 0, told.output
    assert "S02-汽车产教联合体: nobody for E02." in told.output
    assert table(third, "refusals").height == 2
    assert run("verify", folder, third).exit_code == 0
    told = run("explain", folder, third, "--application", "S02-汽车产教联合体", "--expert", "E02")
    assert "in conflict: kinship." in told.output


def test_draw_is_the_same_for_the_same_seed_and_in_any_order_of_rows(folder, tmp_path):
    seed = f"mode: draw\nseed: a seed\ncommitment: {commitment_of(b'a seed')}\nleast: 0.25"
    change(folder / "rules.yaml", "least: 0.25", seed)
    assert run("solve", folder, "--out", tmp_path / "one").exit_code == 0
    for name in ("applications", "experts", "affinity", "conflicts"):
        head, *rows = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        (folder / f"{name}.csv").write_text("\n".join([head, *rows[::-1]]), encoding="utf-8")
    assert run("solve", folder, "--out", tmp_path / "two").exit_code == 0
    for name in ("assignments", "reasons", "shortages", "prices"):
        one, two = (tmp_path / each / f"{name}.csv" for each in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    assert run("verify", folder, tmp_path / "two").exit_code == 0
    change(folder / "rules.yaml", "seed: a seed", "seed: another")
    refused = run("solve", folder, "--out", tmp_path / "three")
    assert "The seed is not the one that" in refused.output


def test_plain_tables_without_rules_are_enough(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "applications.csv").write_text("application,reviews\na,1\nb,1\n")
    (folder / "experts.csv").write_text("expert,max_load\nx,1\ny,1\n")
    (folder / "affinity.csv").write_text("application,expert,score\na,x,0.9\na,y,0.8\nb,x,0.7\n")
    assert run("solve", folder, "--out", tmp_path / "out").exit_code == 0
    assert table(tmp_path / "out", "assignments").rows() == [("a", "y"), ("b", "x")]
    assert run("verify", folder, tmp_path / "out").exit_code == 0


def test_fit_comes_from_codes_where_no_affinity_is_given(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "applications.csv").write_text("application\na\nb\n")
    (folder / "experts.csv").write_text("expert\nx\ny\n")
    (folder / "application_codes.csv").write_text("application,code\na,460103\nb,4601\n")
    (folder / "expert_codes.csv").write_text("expert,code,weight\nx,460103,0.5\ny,460199,1\n")
    (folder / "rules.yaml").write_text("{reviews: 1, max_load: 1, levels: {6: 1, 4: 0.6}}")
    assert run("solve", folder, "--out", tmp_path / "out").exit_code == 0
    scores = table(tmp_path / "out", "reasons").select("application", "expert", "score").rows()
    assert scores == [("a", "x", "0.500000"), ("b", "y", "0.600000")]


def test_parquet_is_read_as_csv_is(folder, solved, tmp_path):
    for name in ("applications", "experts", "affinity", "conflicts"):
        pl.read_csv(folder / f"{name}.csv").write_parquet(folder / f"{name}.parquet")
        (folder / f"{name}.csv").unlink()
    result = run("solve", folder, "--out", tmp_path / "parquet")
    assert result.exit_code == 0, result.output
    assert table(tmp_path / "parquet", "assignments").equals(table(solved, "assignments"))


def test_results_are_never_overwritten(folder, solved):
    result = run("solve", folder, "--out", solved)
    assert result.exit_code == 1
    assert "not empty" in result.output


BAD = {
    "unknown application": ("affinity.csv", "S05-柑橘学院,E08", "S09,E08", "affinity, row 21, column application: 'S09'"),
    "unknown expert": ("conflicts.csv", "E05,teacher", "E99,teacher", "conflicts, row 3, column expert: 'E99'"),
    "pair twice": ("affinity.csv", "S05-柑橘学院,E03", "S05-柑橘学院,E08", "affinity, row 21, column expert: 'E08': the pair stands in more"),
    "score that is no number": ("affinity.csv", "E08,0.9", "E08,O.9", "affinity, row 21, column score: 'O.9'"),
    "score below nothing": ("affinity.csv", "E08,0.9", "E08,-0.9", "affinity, row 21, column score: '-0.9'"),
    "no score": ("affinity.csv", "E08,0.9", "E08,", "affinity, row 21, column score: '(empty)': every row needs"),
    "application twice": ("applications.csv", "S02-汽车产教联合体", "S01-智能制造产教联合体", "stands in more than one row"),
    "reviews that are no number": ("applications.csv", "联合体,3,,", "联合体,three,,", "applications, row 2, column reviews: 'three'"),
    "no load": ("experts.csv", "E01,3,1", "E01,,1", "experts, row 2, column max_load"),
    "least above most": ("experts.csv", "E01,3,1", "E01,3,4", "Expert E01 may get from 4 to 3 reviews"),
    "no kind": ("conflicts.csv", "E01,employer", "E01,", "conflicts, row 2, column kind"),
    "groups of different size": ("applications.csv", "S04-养老实训中心,2", "S04-养老实训中心,3", "Applications S03-护理实训中心 and S04-养老实训中心 share a panel"),
    "quota above the panel": ("rules.yaml", "at_least: 1", "at_least: 4", "industry asks for 4 of the 3 reviewers of application S01-智能制造产教联合体"),
    "quota of an unknown column": ("rules.yaml", "by: employer", "by: company", "rules.yaml, column quotas: the quota one of each employer names column 'company'"),
    "quota that says nothing": ("rules.yaml", ", at_most: 1", "", "give at_least or share, or at_most"),
    "quota that says two things": ("rules.yaml", "by: employer", "by: employer, where: {city: 成都}", "by one of where, except and by"),
    "least of each value": ("rules.yaml", "by: employer, at_most: 1", "by: employer, at_least: 1", "by goes with at_most"),
    "unknown part of the rules": ("rules.yaml", "least:", "leest:", "rules.yaml, column leest"),
    "draw without seed": ("rules.yaml", "least: 0.25", "mode: draw", "a seed is needed"),
    "missing column": ("affinity.csv", "application,expert,score", "application,expert,fit", "affinity, row 1, column score: is missing"),
    "quota without a name of its own": ("rules.yaml", "name: outside the city", "name: industry", "give each quota a name of its own; 'industry' is none"),
    "least that is no number": ("rules.yaml", "least: 0.25", "least: much", "rules.yaml, column least: 'much' is no number."),
    "quoted nonsense": ("rules.yaml", "least: 0.25", "least: [", "rules.yaml: cannot be read"),
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


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("proof.json", '"proof": "optimal"', '"proof": "perfect"', "'perfect' is none of optimal"),
        ("proof.json", "{", "[", "proof.json: cannot be read"),
        ("proof.json", '"engine": "', '"engine": 1, "by": "', "proof.json, column engine"),
        ("prices.csv", ",industry,0,", ",industries,0,", "column quota: 'industries': is no quota of the rules"),
        ("prices.csv", ",industry,0,", ",industry,1,", "column value: '1': is no value of the quota"),
        ("prices.csv", ',E08,"","",', ',E07,"","",', "column price: '29400003': stands in more than one row"),
        ("prices.csv", "29400003", "2.5", "column price: '2.5': a whole number"),
        ("proof.json", '"value"', '"worth"', "proof.json, column value"),
        ("assignments.csv", "S05-柑橘学院,E08", "S05-柑橘学院,E88", "assignments, row 13, column expert: 'E88'"),
    ],
)  # fmt: skip
def test_result_that_cannot_be_read_is_refused(folder, solved, file, before, after, said):
    change(solved / file, before, after)
    result = run("verify", folder, solved)
    assert result.exit_code == 1
    assert said in result.output


def test_question_about_nobody_is_refused(folder, solved):
    result = run("explain", folder, solved, "--application", "S99")
    assert result.exit_code == 1
    assert "applications, column application: 'S99' is not there." in result.output


def test_missing_tables_are_named(folder, solved, tmp_path):
    (folder / "affinity.csv").unlink()
    told = run("solve", folder, "--out", tmp_path / "again")
    assert "affinity: is not there, nor application_codes, expert_codes and levels" in told.output
    (folder / "experts.csv").unlink()
    told = run("solve", folder, "--out", tmp_path / "again")
    assert "experts: is not there" in told.output
