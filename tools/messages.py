"""Translations without the GNU tools: collect strings, compile them, check that none is missing."""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "zhiqiao"
PO_FILE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def main(verb: str) -> int:
    return {"collect": collect, "compile": compile_catalogue, "check": check}[verb]()


def collect() -> int:
    catalogue = _read()
    catalogue.update(_template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    _write(catalogue)
    return check()


def compile_catalogue() -> int:
    with PO_FILE.with_suffix(".mo").open("wb") as target:
        write_mo(target, _read())
    return 0


def check() -> int:
    known = {_key(m): m for m in _read() if m.id}
    faults = []
    for message in _template():
        if not message.id:
            continue
        translated = known.get(_key(message))
        if translated is None or not _is_complete(translated):
            faults.append(f"untranslated: {message.id!r} ({message.locations[:1]})")
        elif _placeholders(message.id) != _placeholders(translated.string):
            faults.append(f"placeholders differ: {message.id!r} / {translated.string!r}")
    print("\n".join(faults) or f"translations complete: {len(known)} messages")
    return 1 if faults else 0


def _template() -> Catalog:
    from babel.messages.extract import extract  # noqa: PLC0415  # slow to import, only here

    catalogue = Catalog(project="zhiqiao")
    for path in sorted(PACKAGE.rglob("*")):
        if "tests" in path.parts or path.suffix not in {".py", ".html", ".txt"}:
            continue
        text = path.read_text(encoding="utf-8")
        source = templatize(text) if path.suffix in {".html", ".txt"} else text
        found = extract("python", BytesIO(source.encode()), keywords=KEYWORDS)  # type: ignore[arg-type]
        for line, message, _comments, context in found:
            catalogue.add(
                message, locations=[(str(path.relative_to(PACKAGE)), line)], context=context
            )
    return catalogue


def _read() -> Catalog:
    if not PO_FILE.exists():
        return Catalog(locale="zh_Hans", project="zhiqiao")
    with PO_FILE.open("rb") as source:
        return read_po(source, locale="zh_Hans")


def _write(catalogue: Catalog) -> None:
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    with PO_FILE.open("wb") as target:
        write_po(
            target, catalogue, width=100, sort_output=True, no_location=True, omit_header=False
        )


def _key(message: object) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]  # type: ignore[attr-defined]


def _is_complete(message: object) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]  # type: ignore[attr-defined]
    return all(strings)


def _placeholders(text: str | tuple[str, ...]) -> set[str]:
    parts = [text] if isinstance(text, str) else text
    return {name for part in parts for name in re.findall(r"%\(\w+\)[sd]", part)}


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {"collect", "compile", "check"}:
        sys.exit("usage: python tools/messages.py collect|compile|check")
    sys.exit(main(sys.argv[1]))
