"""What `zhiqiao assign` refuses, with its place, and without writing anything."""

import pytest

from zhiqiao.config.tests.plain_files import EXAMPLES, change, invoke

EXAMPLE = EXAMPLES / "assignment"


def run(*arguments):
    return invoke("assign", *arguments)


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
