from pathlib import Path

from zhiqiao.packs import json_schemas

COMMITTED = Path(__file__).parents[4] / "packs" / "schema"


def test_committed_schemas_are_those_of_the_models():
    committed = {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.iterdir()}

    assert committed == dict(json_schemas())
