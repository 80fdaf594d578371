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


# Any two of the three experts are alike in one column, so halves of all three would be better.
ALIKE = {
    "applications": "application,reviews\na,3\n",
    "experts": "expert,max_load,one,two,three\nx,1,1,2,1\ny,1,1,1,2\nz,1,2,2,2\n",
    "affinity": "application,expert,score\na,x,0\na,y,0.2\na,z,0.1\n",
    "rules": "quotas:\n"
    + "".join(
        f"  - {{name: {each}, by: {each}, at_most: 1}}\n" for each in ("one", "two", "three")
    ),
}
NOBODY = {
    "applications": "application,reviews\nA,1\n",
    "experts": "expert,max_load,category\nE,1,college\n",
    "affinity": "application,expert,score\nA,E,0.5\n",
    "rules": "quotas: [{name: ind, where: {category: industry}, at_least: 1}]\n",
}


def written(folder, tables):
    folder.mkdir()
    for name, text in tables.items():
        ending = "yaml" if name == "rules" else "csv"
        (folder / f"{name}.{ending}").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("word", ["bounded", "optimal", "repaired"])
def test_word_for_what_prices_do_not_prove_is_that_of_a_second_search(tmp_path, word):
    folder, out = written(tmp_path / "in", ALIKE), tmp_path / "out"
    assert "by a complete search" in run("solve", folder, "--out", out).output
    assert run("verify", folder, out).exit_code == 0
    change(out / "proof.json", '"proof": "searched"', f'"proof": "{word}"')
    told = run("verify", folder, out)
    assert told.exit_code == 1
    if word == "optimal":
        assert "P9 (the proof)" in told.output
    else:
        assert f"'{word}' stands there, tables and rules give 'searched'" in told.output


def test_bound_is_the_one_that_the_prices_prove(tmp_path):
    folder, out = written(tmp_path / "in", ALIKE), tmp_path / "out"
    assert run("solve", folder, "--out", out).exit_code == 0
    proof = json.loads((out / "proof.json").read_text(encoding="utf-8"))
    change(out / "proof.json", f'"bound": {proof["bound"]}', f'"bound": {proof["bound"] + 1}')
    told = run("verify", folder, out)
    assert told.exit_code == 1
    assert f"proof.json, bound: {proof['bound'] + 1} stands there" in told.output


def test_seat_that_no_expert_may_take_has_a_price_that_is_read_again(tmp_path):
    folder, out = written(tmp_path / "in", NOBODY), tmp_path / "out"
    told = run("solve", folder, "--out", out)
    assert "No assignment is better; the prices prove it." in told.output
    (price,) = table(out, "prices")["price"]
    assert price == "5000003"
    assert run("verify", folder, out).exit_code == 0
    told = run("explain", folder, out, "--application", "A")
    assert told.output.splitlines() == [
        "Application A: 1 review, 1 missing.",
        "1 expert is listed: 1 kept out by the quota ind.",
    ]
    refusals = tmp_path / "refusals.csv"
    refusals.write_text("application,expert\nA,E\n", encoding="utf-8")
    again = tmp_path / "again"
    told = run("repair", folder, out, "--refusals", refusals, "--out", again)
    assert told.exit_code == 0, told.output
    assert run("verify", folder, again).exit_code == 0


def test_great_prices_of_many_experts_are_read_again(tmp_path):
    """A missing review counts for more than all that scores up to 1,000 could bring."""
    number = 500
    tables = {
        "applications": "application,reviews\na,1\n",
        "experts": "expert,max_load\n" + "".join(f"e{each},0\n" for each in range(number)),
        "affinity": "application,expert,score\n" + "a,e1,1000\n",
    }
    folder, out = written(tmp_path / "in", tables), tmp_path / "out"
    assert run("solve", folder, "--out", out).exit_code == 0
    assert max(len(price) for price in table(out, "prices")["price"]) > 12
    told = run("verify", folder, out)
    assert told.exit_code == 0, told.output


def bare(solved, tmp_path):
    out = tmp_path / "bare"
    out.mkdir()
    for name in ("assignments.csv", "shortages.csv"):
        (out / name).write_bytes((solved / name).read_bytes())
    return out


UNPROVEN = (
    "That no assignment is better is not proven: the folder of results has no proof.json and no"
    " prices.csv."
)


def test_assignments_and_shortages_are_enough_to_verify_and_to_explain(folder, solved, tmp_path):
    out = bare(solved, tmp_path)
    told = run("verify", folder, out)
    assert told.exit_code == 0, told.output
    assert told.output.splitlines() == [
        "Every property holds: P1, P2, P3, P4, P5, P6, P7, P10, P12.",
        UNPROVEN,
    ]
    told = run("explain", folder, out, "--application", "S02-汽车产教联合体", "--expert", "E07")
    assert told.exit_code == 0, told.output
    assert "full with S03-护理实训中心, S04-养老实训中心.\n" in told.output
    assert told.output.splitlines()[-1] == UNPROVEN
    change(out / "shortages.csv", "S05-柑橘学院,1,3,1", "S05-柑橘学院,1,9,1")
    assert "column listed: '9' stands there" in run("verify", folder, out).output
    change(out / "assignments.csv", "S05-柑橘学院,E03", "S05-柑橘学院,E07")
    told = run("verify", folder, out)
    assert told.exit_code == 1
    assert "in conflict: unsuitable" in told.output


def test_half_a_proof_proves_nothing_and_is_compared_as_far_as_it_goes(folder, solved):
    (solved / "prices.csv").unlink()
    told = run("verify", folder, solved)
    assert told.exit_code == 0, told.output
    assert "the folder of results has no prices.csv." in told.output
    change(solved / "proof.json", '"assigned": 12', '"assigned": 11')
    assert "proof.json, assigned: 11 stands there" in run("verify", folder, solved).output


def test_bare_result_is_repaired(folder, solved, tmp_path):
    refusals = tmp_path / "refusals.csv"
    refusals.write_text("application,expert\nS01-智能制造产教联合体,E01\n", encoding="utf-8")
    again = tmp_path / "again"
    told = run("repair", folder, bare(solved, tmp_path), "--refusals", refusals, "--out", again)
    assert told.exit_code == 0, told.output
    assert run("verify", folder, again).exit_code == 0


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
