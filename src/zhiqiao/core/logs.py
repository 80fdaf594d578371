"""Log lines for machines and for people, without what anybody typed.

A line names the event, the request or job, codes and numbers. Texts of errors are left out: a
database quotes the row that it refused, and an address holds what was searched for.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from zhiqiao.core.context import job_id, request_id

FRAMES = 12
OURS = "zhiqiao"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class StructuredFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg),
            "request": request_id.get() or None,
            "job": job_id.get() or None,
            **_extras(record),
            "error": _told(record.exc_info[1]) if record.exc_info else None,
        }
        kept = {name: value for name, value in line.items() if value is not None}
        return json.dumps(kept, ensure_ascii=False)


class ReadableFormatter(logging.Formatter):
    """The line of a terminal in development, with everything that helps to find a fault."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of logging
        known = {"request": request_id.get(), "job": job_id.get()} | _extras(record)
        words = " ".join(f"{name}={value}" for name, value in known.items() if value != "")
        return f"{super().formatMessage(record)} {words}".rstrip()


def _extras(record: logging.LogRecord) -> dict[str, str | int | float | bool]:
    """Take what our own code says beside the event; others' extras may hold requests and rows."""
    if record.name.partition(".")[0] != OURS:
        return {}
    return {
        name: value
        for name, value in vars(record).items()
        if name not in _STANDARD and isinstance(value, str | int | float | bool)
    }


def _told(error: BaseException | None) -> dict[str, Any] | None:
    if error is None:
        return None
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    known = {name: getattr(error, name, None) for name in ("code", "sqlstate")}
    told: dict[str, Any] = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        **{name: value for name, value in known.items() if isinstance(value, str)},
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = _told(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    return told | ({"cause": cause} if cause else {})
