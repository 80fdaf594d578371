"""JSON Schema of every file of a pack, for editors that complete and check while one writes."""

import json
from collections.abc import Mapping
from typing import Any

from zhiqiao.packs.directory import HEADER
from zhiqiao.packs.directory import SECTIONS as FILES
from zhiqiao.packs.schemas import Header
from zhiqiao.packs.sections import SECTIONS, Section

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> Mapping[str, str]:
    """Return the text of each schema file by its name, such as ``targets.schema.json``."""
    documents = {HEADER: _document(HEADER, Header.model_json_schema())}
    for file, section in FILES.items():
        documents[file] = _entries(file, SECTIONS[section])
    documents["tests.yaml"] = _entries("tests/*.yaml", SECTIONS["tests"])
    return {
        file.replace(".yaml", ".schema.json"): json.dumps(document, ensure_ascii=False, indent=2)
        + "\n"
        for file, document in documents.items()
    }


def _document(file: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": _DIALECT, **schema, "title": file}


def _entries(file: str, section: Section) -> dict[str, Any]:
    entry = section.model.model_json_schema(by_alias=True)
    definitions = entry.pop("$defs", {})
    keys = entry["properties"].pop(section.key)
    entry["required"] = [name for name in entry.get("required", []) if name != section.key]
    keys.pop("title", None)
    schema = {"type": "object", "propertyNames": keys, "additionalProperties": entry}
    return _document(file, {**schema, **({"$defs": definitions} if definitions else {})})
