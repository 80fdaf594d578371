"""Doubtful names of a batch: kept as JSON, answered once for all rows that give them."""

from collections.abc import Mapping
from dataclasses import asdict

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import UNKNOWN_ANSWER
from zhiqiao.core.imports.spec import KEEP, Candidate, Doubt

Answers = Mapping[str, Mapping[str, str]]


def as_json(doubt: Doubt) -> dict[str, object]:
    stored = asdict(doubt)
    stored["otherwise"] = str(doubt.otherwise)
    for candidate in stored["candidates"]:
        candidate["why"] = str(candidate["why"])
    return stored


def doubts_of(batch: ImportBatch) -> list[Doubt]:
    return [
        Doubt(
            row_numbers=tuple(stored["row_numbers"]),
            field=stored["field"],
            given=stored["given"],
            candidates=tuple(Candidate(**candidate) for candidate in stored["candidates"]),
            suggestion=stored["suggestion"],
            otherwise=stored["otherwise"],
        )
        for stored in batch.doubts
    ]


def open_doubts(batch: ImportBatch) -> list[Doubt]:
    return [
        doubt for doubt in doubts_of(batch) if doubt.given not in batch.answers.get(doubt.field, {})
    ]


def check_answers(batch: ImportBatch, answers: Answers) -> None:
    """Refuse an answer to a doubt that nobody has, or one that was not offered."""
    offered = {
        (doubt.field, doubt.given): {KEEP, *(candidate.value for candidate in doubt.candidates)}
        for doubt in doubts_of(batch)
    }
    for field, by_given in answers.items():
        for given, answer in by_given.items():
            if answer not in offered.get((field, given), set()):
                raise InputError(UNKNOWN_ANSWER, answer=answer, given=given)
