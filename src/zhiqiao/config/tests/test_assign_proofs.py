"""What proves an assignment on files to be the best one, and what is left without it."""

import json

import polars as pl
import pytest

from zhiqiao.config.tests.plain_files import EXAMPLES, change, invoke

EXAMPLE = EXAMPLES / "assignment"


def run(*arguments):
    return invoke("assign", *arguments)


def table(folder, name):
    return pl.read_csv(folder / f"{name}.csv", infer_schema=False)


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
