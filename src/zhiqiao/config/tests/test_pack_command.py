from pathlib import Path

from click.testing import CliRunner

from zhiqiao.config.pack_command import pack
from zhiqiao.packs.tests.minimal import changed, write_packs

ROOT = Path(__file__).parents[4]


def test_check_prints_the_totals_of_the_plan_and_exits_with_0():
    answer = CliRunner().invoke(pack, ["check", str(ROOT / "packs" / "cq-2023-22")])

    assert (answer.exit_code, answer.stderr) == (0, "")
    assert [line.split(" (")[0] for line in answer.stdout.splitlines()[1:6]] == [
        "articles: 15/15",
        "targets: 17/17",
        "duties: 5/5",
        "mechanisms: 115/115",
        "tasks: 60, bodies: 13, every target, duty and mechanism served",
    ]


def test_check_prints_file_line_and_remedy_and_exits_with_1(tmp_path):
    directory = write_packs(tmp_path, plan=changed("targets.yaml", "value: 3", "value: many"))

    answer = CliRunner().invoke(pack, ["check", str(directory)])

    assert (answer.exit_code, answer.stderr) == (1, "1 problem.\n")
    assert answer.stdout == (
        f"{directory}/targets.yaml:5: schema-value: T01.value: “many” was given: "
        "write a plain number such as 90 or 0.05. Write a value of this form.\n"
    )


def test_check_names_files_of_an_extended_pack(tmp_path):
    directory = write_packs(tmp_path, base={"units.yaml": "schools: {title: {zh: 所}}\n"})

    answer = CliRunner().invoke(pack, ["check", str(directory)])

    assert answer.stdout.startswith(f"{tmp_path}/base/units.yaml:1: schema-missing: ")


def test_check_of_nothing_says_what_to_give(tmp_path):
    answer = CliRunner().invoke(pack, ["check", str(tmp_path / "nothing")])

    assert answer.exit_code == 1
    assert answer.stdout == (
        f"{tmp_path}/nothing:0: no-directory: There is no directory {tmp_path}/nothing. "
        "Give the directory of a pack.\n"
    )


def test_schema_writes_one_file_for_each_file_of_a_pack(tmp_path):
    answer = CliRunner().invoke(pack, ["schema", str(tmp_path)])

    assert answer.exit_code == 0
    committed = {path.name for path in (ROOT / "packs" / "schema").iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == committed
