"""Commands on plain files as tests use them."""

from pathlib import Path

from click.testing import CliRunner

from zhiqiao.config.cli import main

EXAMPLES = Path(__file__).resolve().parents[4] / "docs" / "examples"


def invoke(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
