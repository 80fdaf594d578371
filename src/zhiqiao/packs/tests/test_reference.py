import re
from pathlib import Path

from zhiqiao.packs import load
from zhiqiao.packs.codes import CODES

ROOT = Path(__file__).parents[4]


def test_reference_states_every_rule():
    text = (ROOT / "docs" / "reference" / "pack-schema.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", text, re.MULTILINE))

    assert {code: rows.get(code) for code in CODES} == dict(CODES)


def test_glossary_uses_the_identifiers_of_the_pack():
    text = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    section = text.split("## Kinds of recognised items")[1].split("\n## ")[0]
    named = set(re.findall(r"\| `([a-z-]+)` \|", section))

    assert named - set(load(ROOT / "packs" / "cq-2023-22").kinds) == set()


def test_glossary_names_each_idea_once():
    text = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    terms = [row.split("|")[1].strip() for row in text.splitlines() if row.startswith("| ")]
    terms = [term for term in terms if term != "中文"]

    assert sorted(set(terms)) == sorted(terms)
    assert len(terms) >= 80


def test_glossary_names_types_that_exist():
    text = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\| `([A-Z][A-Za-z]+)` \|", text))
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))

    assert named - set(re.findall(r"^class ([A-Z]\w+)", source, re.MULTILINE)) == set()
