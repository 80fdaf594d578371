import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiqiao.packs.problems import PackError
from zhiqiao.packs.reader import read

WORDS = [
    "no",
    "yes",
    "on",
    "off",
    "y",
    "True",
    "08",
    "1:30",
    "1_000",
    "0x1F",
    "1e3",
    "1.10",
    "2025-12-31",
    "=",
    ".5",
]


@pytest.mark.parametrize("word", WORDS)
def test_reader_keeps_a_word_as_it_is_written(word):
    assert read("a.yaml", f"key: {word}\n".encode()).content == {"key": word}


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_reader_reads_nothing_as_none(nothing):
    assert read("a.yaml", f"key: {nothing}\n".encode()).content == {"key": None}


def test_reader_keeps_quoted_words_that_look_like_nothing():
    assert read("a.yaml", b"a: ''\nb: 'null'\nc: \"~\"\n").content == {
        "a": "",
        "b": "null",
        "c": "~",
    }


def test_reader_keeps_keys_that_look_like_something_else():
    assert read("a.yaml", b"no: 1\n~: 2\n1: 3\n").content == {"no": "1", "~": "2", "1": "3"}


def test_reader_reads_an_empty_file_as_an_empty_mapping():
    assert read("a.yaml", b"# nothing yet\n").content == {}


def test_reader_gives_the_line_of_every_key_and_item():
    document = read("a.yaml", b"a:\n  b: 1\n  c:\n    - x\n    - y\n")

    assert document.lines[("a", "c", 1)] == 5
    assert document.line(("a", "c", 7, "d")) == 3


def test_reader_reports_every_duplicate_key():
    document = read("a.yaml", b"a: 1\na: 2\nb:\n  c: 1\n  c: 2\n")

    assert [(p.line, p.code) for p in document.problems] == [
        (2, "duplicate-key"),
        (5, "duplicate-key"),
    ]


def test_reader_refuses_an_alias_bomb_without_expanding_it():
    levels = ["a0: &a0 [x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)
    ]

    with pytest.raises(PackError) as caught:
        read("a.yaml", "\n".join(levels).encode())

    assert [(p.line, p.code) for p in caught.value.problems] == [(1, "alias")]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_reader_answers_any_bytes_with_a_document_or_a_pack_error(raw):
    problems = []
    try:
        problems += read("a.yaml", raw).problems
    except PackError as error:
        problems += error.problems

    assert {problem.file for problem in problems} <= {"a.yaml"}


WORD = st.text(alphabet="abcß职业-_ 019", min_size=1, max_size=8).map(str.strip).filter(bool)
TREES = st.recursive(
    WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(WORD, TREES, min_size=1, max_size=4))
def test_reader_gives_back_what_was_written(tree):
    text = yaml.safe_dump(tree, allow_unicode=True, default_style='"')

    assert read("a.yaml", text.encode()).content == tree
