"""What the commands on plain files say of files that they cannot read, the same in all three."""

import shutil

import pytest

from zhiqiao.config.tests.plain_files import EXAMPLES, change, invoke

COMMANDS = {
    "allocate": ("allocation", "candidates"),
    "assign": ("assignment", "experts"),
    "score": ("scoring", "reviews"),
}
REMEDY = 'is not UTF-8; save it as UTF-8 (in Excel: "CSV UTF-8").'


@pytest.fixture(params=COMMANDS)
def example(request, tmp_path):
    name, table = COMMANDS[request.param]
    folder = tmp_path / "in"
    shutil.copytree(EXAMPLES / name, folder)
    return request.param, folder, table


def refusal(command, folder, tmp_path):
    told = invoke(command, "solve", folder, "--out", tmp_path / "out")
    assert told.exit_code == 1, told.output
    assert not (tmp_path / "out").exists()
    return told.output


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16"])
def test_table_in_another_encoding_is_told_how_to_save_it(example, tmp_path, encoding):
    command, folder, table = example
    path = folder / f"{table}.csv"
    head, text = path.read_text(encoding="utf-8").split("\n", maxsplit=1)
    path.write_bytes(f"{head}\n{text}重庆,\n".encode(encoding))
    assert f"Error: {table}, row " in refusal(command, folder, tmp_path)
    assert REMEDY in refusal(command, folder, tmp_path)


def test_one_cell_in_another_encoding_far_down_is_found_with_its_row(example, tmp_path):
    command, folder, table = example
    path = folder / f"{table}.csv"
    rows = path.read_bytes().rstrip(b"\n")
    filler = b"\n" * 1_500_000
    path.write_bytes(rows + filler + "重庆".encode("gbk") + b"\n")
    row = (rows + filler).count(b"\n") + 1
    assert refusal(command, folder, tmp_path) == f"Error: {table}, row {row}: {REMEDY}\n"


def test_rules_in_another_encoding_are_told_how_to_save_them(example, tmp_path):
    command, folder, _table = example
    path = folder / "rules.yaml"
    text = path.read_text(encoding="utf-8") + "# 规则\n"
    path.write_bytes(text.encode("gbk"))
    assert refusal(command, folder, tmp_path) == f"Error: rules.yaml: {REMEDY}\n"


def test_table_that_is_a_folder_is_refused_without_numbers_of_the_system(example, tmp_path):
    command, folder, table = example
    (folder / f"{table}.csv").unlink()
    (folder / f"{table}.csv").mkdir()
    assert (
        refusal(command, folder, tmp_path) == f"Error: {table}: cannot be read: Is a directory.\n"
    )


def test_rules_without_names_are_refused(example, tmp_path):
    command, folder, _table = example
    (folder / "rules.yaml").write_text("- places\n", encoding="utf-8")
    said = refusal(command, folder, tmp_path)
    assert said.startswith("Error: rules.yaml: cannot be read: every line at the left edge is")


@pytest.mark.parametrize(
    ("command", "file"),
    [("allocate", "bundle.json"), ("assign", "proof.json"), ("score", "summary.json")],
)
@pytest.mark.parametrize(
    ("given", "said"),
    [("[]", "its parts have no names."), ("{", "Expecting property name"), (None, "")],
)
def test_file_of_parts_that_cannot_be_read_is_named(tmp_path, command, file, given, said):
    folder, out = EXAMPLES / COMMANDS[command][0], tmp_path / "out"
    assert invoke(command, "solve", folder, "--out", out).exit_code == 0
    (out / file).unlink()
    if given is None:
        (out / file).mkdir()
        said = "Is a directory."
    else:
        (out / file).write_text(given, encoding="utf-8")
    told = invoke(command, "verify", folder, out)
    assert told.exit_code == 1
    assert told.output.startswith(f"Error: {file}: cannot be read: {said}")


@pytest.mark.parametrize(
    ("command", "before", "after", "said"),
    [
        ("allocate", "culture: 100", "culture: many", "'many' is no number."),
        ("assign", ", at_most: 1", "", "give at_least or share, or at_most."),
        ("score", "spread_most: 15", "spread_most: wide", "'wide' is no number."),
    ],
)
def test_rule_that_is_no_number_is_refused_in_plain_words(tmp_path, command, before, after, said):
    folder = tmp_path / "in"
    shutil.copytree(EXAMPLES / COMMANDS[command][0], folder)
    change(folder / "rules.yaml", before, after)
    told = refusal(command, folder, tmp_path)
    assert told.rstrip().endswith(said)
    assert "Value error" not in told
