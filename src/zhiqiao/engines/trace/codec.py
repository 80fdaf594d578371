"""Writes explanations as JSON without loss, reads them back, and fingerprints them.

Numbers keep their kind: an integer is a JSON number, a decimal ``{"decimal": "1.50"}`` and a
floating number ``{"number": "0.1"}`` (the shortest text that reads back to the same 64 bits),
so that no store on the way can change ``1.50`` into ``1.5`` or ``1e16`` into an integer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import TypeVar

from zhiqiao.engines.trace.errors import TraceError
from zhiqiao.engines.trace.step import Detail, Record, State, Step, Value

Json = int | float | str | bool | list["Json"] | dict[str, "Json"] | None
"""Anything that the JSON writer of the standard library takes."""

MAX_DEPTH = 150
"""Steps below each other that are read; formulas make at most 100."""

_TAGGED: dict[str, Callable[[str], Decimal | float]] = {"decimal": Decimal, "number": float}
_Item = TypeVar("_Item")
_TEXTS = ("op", "name", "text", "unit", "source", "checked_by", "reason", "entity")
_EMPTY = {field.name: field.default for field in fields(Step)}


def to_json(step: Step) -> dict[str, Json]:
    """Write an explanation as a JSON object.

    Parameters
    ----------
    step : Step
        The explanation.

    Returns
    -------
    dict
        Empty fields are left out. O(size of the tree); a step with two parents is written twice.

    Examples
    --------
    >>> to_json(Step("literal", value=Decimal("1.50"), state=State.REPORTED))
    {'op': 'literal', 'state': 'reported', 'value': {'decimal': '1.50'}}
    """
    written: dict[str, Json] = {"op": step.op, "state": step.state.name.lower()}
    for name in _TEXTS[1:]:
        text = getattr(step, name)
        if text != _EMPTY[name]:
            written[name] = text
    others: dict[str, Json] = {
        "value": _write_value(step.value),
        "year": step.year,
        "valid_from": step.valid_from.isoformat() if step.valid_from else None,
        "records": [_write_record(record) for record in step.records],
        "details": [[name, _write_value(value)] for name, value in step.details],
        "inputs": [to_json(each) for each in step.inputs],
    }
    written.update({name: each for name, each in others.items() if each not in (None, [])})
    return written


def from_json(written: object) -> Step:
    """Read an explanation that `to_json` wrote.

    Parameters
    ----------
    written : object
        The parsed JSON.

    Returns
    -------
    Step
        Equal to the one that was written.

    Raises
    ------
    TraceError
        When something else stands there, with the place in the tree.
    """
    return _read_step(written, "$", 0)


def dumps(step: Step) -> str:
    """Write an explanation as canonical JSON text: sorted keys, no spaces.

    Parameters
    ----------
    step : Step
        The explanation.

    Returns
    -------
    str
        The same text for equal explanations.
    """
    return json.dumps(
        to_json(step), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def loads(text: str) -> Step:
    """Read an explanation from JSON text.

    Parameters
    ----------
    text : str
        What `dumps` gave, in any spacing and order of keys.

    Returns
    -------
    Step
        The explanation.

    Raises
    ------
    TraceError
        When the text is not JSON or not an explanation.
    """
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TraceError("$", given="not JSON", rule="an explanation is JSON text") from error
    return from_json(written)


def digest(step: Step) -> str:
    """Fingerprint an explanation.

    Parameters
    ----------
    step : Step
        The explanation.

    Returns
    -------
    str
        SHA-256 of the canonical JSON in UTF-8, 64 hexadecimal digits.
    """
    return sha256(dumps(step).encode()).hexdigest()


def _write_value(value: Detail) -> Json:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, float):
        return {"number": repr(value)}
    return value


def _write_record(record: Record) -> Json:
    return [record.kind, record.uid, record.label, record.version]


def _read_step(written: object, path: str, depth: int) -> Step:
    if not isinstance(written, Mapping) or not isinstance(written.get("op"), str):
        raise TraceError(path, given=_shown(written), rule="a step is an object with an op")
    if depth > MAX_DEPTH:
        raise TraceError(path, given="too deep", rule=f"at most {MAX_DEPTH} steps lie below one")
    unknown = sorted(str(key) for key in written if key not in _EMPTY and key != "op")
    if unknown:
        raise TraceError(path, given=unknown[0], rule="only the fields of a step are allowed")
    texts = {
        name: _read_text(written[name], f"{path}.{name}") for name in _TEXTS if name in written
    }
    return Step(
        **texts,
        value=_read_number(written.get("value"), f"{path}.value"),
        state=_read_state(written.get("state"), f"{path}.state"),
        year=_read_year(written.get("year"), f"{path}.year"),
        valid_from=_read_date(written.get("valid_from"), f"{path}.valid_from"),
        records=_read_list(written.get("records"), f"{path}.records", _read_record),
        details=_read_list(written.get("details"), f"{path}.details", _read_detail),
        inputs=_read_inputs(written.get("inputs"), f"{path}.inputs", depth + 1),
    )


def _read_inputs(written: object, path: str, depth: int) -> tuple[Step, ...]:
    """Read inputs in a plain loop: two frames a level keep deep trees within the stack."""
    inputs: list[Step] = []
    for place, each in enumerate(_read_list(written, path, lambda each, _path: each)):
        inputs.append(_read_step(each, f"{path}[{place}]", depth))
    return tuple(inputs)


def _read_list(
    written: object, path: str, read: Callable[[object, str], _Item]
) -> tuple[_Item, ...]:
    if written is None:
        return ()
    if isinstance(written, str) or not isinstance(written, Sequence):
        raise TraceError(path, given=_shown(written), rule="a list stands here")
    return tuple(read(each, f"{path}[{place}]") for place, each in enumerate(written))


def _read_text(written: object, path: str) -> str:
    if not isinstance(written, str):
        raise TraceError(path, given=_shown(written), rule="a text stands here")
    return written


def _read_number(written: object, path: str) -> Value:
    value = _read_value(written, path)
    if isinstance(value, str):
        raise TraceError(path, given=_shown(written), rule="a value is a number, a truth or null")
    return value


def _read_value(written: object, path: str) -> Detail:
    if written is None or isinstance(written, bool | int | str):
        return written
    if isinstance(written, Mapping) and len(written) == 1:
        tag, text = next(iter(written.items()))
        if tag in _TAGGED and isinstance(text, str):
            return _read_tagged(tag, text, path)
    raise TraceError(
        path,
        given=_shown(written),
        rule="a value is an integer, a truth, null, or tagged as decimal or number",
    )


def _read_tagged(tag: str, text: str, path: str) -> Decimal | float:
    try:
        value = _TAGGED[tag](text)
    except (ValueError, InvalidOperation) as error:
        raise TraceError(path, given=_shown(text), rule=f"a {tag} is written in digits") from error
    if not math.isfinite(value):
        raise TraceError(path, given=_shown(text), rule="a value is finite")
    return value


def _read_state(written: object, path: str) -> State:
    if not isinstance(written, str) or written.upper() not in State.__members__:
        known = ", ".join(state.name.lower() for state in State)
        raise TraceError(path, given=_shown(written), rule=f"a state is one of {known}")
    return State[written.upper()]


def _read_year(written: object, path: str) -> int | None:
    if written is not None and (isinstance(written, bool) or not isinstance(written, int)):
        raise TraceError(path, given=_shown(written), rule="a year is an integer")
    return written


def _read_date(written: object, path: str) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(_read_text(written, path))
    except ValueError as error:
        raise TraceError(path, given=_shown(written), rule="a date is YYYY-MM-DD") from error


def _read_record(written: object, path: str) -> Record:
    texts = _read_list(written, path, _read_text)
    if len(texts) != len(fields(Record)):
        raise TraceError(path, given=_shown(written), rule="a record is kind, uid, label, version")
    return Record(*texts)


def _read_detail(written: object, path: str) -> tuple[str, Detail]:
    if not isinstance(written, list) or len(written) != 2 or not isinstance(written[0], str):
        raise TraceError(path, given=_shown(written), rule="a detail is a name and a value")
    return written[0], _read_value(written[1], path)


def _shown(written: object) -> str:
    shown = repr(written)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
