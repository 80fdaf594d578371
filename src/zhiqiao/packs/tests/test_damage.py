"""However a pack is damaged, its author gets problems and never a crash."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from zhiqiao.packs import check
from zhiqiao.packs.tests.minimal import PLAN, write_packs

PIECES = st.sampled_from(
    [
        "",
        "\n",
        "  ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "null",
        "~",
        "&a ",
        "*a",
        "!!int ",
        "0",
        "-1",
        "99999999999999999999",
        "T01",
        "A01",
        "{}",
        "[]",
        "é",
        "\x00",
        "%",
        "..",
        "text: a / b",
        "#",
    ]
)


@settings(deadline=None)
@given(file=st.sampled_from(sorted(PLAN)), piece=PIECES, data=st.data())
def test_damaged_pack_is_answered_with_problems(file, piece, data):
    text = PLAN[file]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 12, len(text))))

    with tempfile.TemporaryDirectory() as directory:
        report = check(write_packs(Path(directory), plan={file: text[:start] + piece + text[end:]}))

    assert all(problem.message and problem.remedy for problem in report.problems)
