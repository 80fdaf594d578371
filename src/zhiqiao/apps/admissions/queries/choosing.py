"""The form in which a candidate makes a list: what stands on the page until it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.utils.translation import get_language

from zhiqiao.apps.admissions.models import Candidate, ChoiceList, PlaceLine, Season
from zhiqiao.apps.admissions.queries.candidates import (
    ChoiceRow,
    choice_rows,
    lines_open_to,
)
from zhiqiao.core.errors import InputError

FOUND_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class ChoiceDraft:
    """The list on the page: programmes in order, and what was searched for."""

    keys: tuple[int, ...]
    text: str = ""
    is_changed: bool = False
    is_searched: bool = False
    left_out: int = 0

    @classmethod
    def read(cls, candidate: Candidate, held: ChoiceList | None, post: Mapping[str, str]) -> Self:
        """Read the list of the page with the one move that a button asked for.

        Without anything sent it is the list as it is saved.
        """
        saved = tuple(held.lines) if held else ()
        if not post:
            return cls(saved)
        given = post.getlist("line")  # type: ignore[attr-defined]  # a QueryDict
        found = _keys(candidate, given)
        keys = _moved(candidate, found, post)
        text = post.get("q", "").strip()[:100]
        return cls(
            tuple(keys), text, tuple(keys) != saved, bool(text) or "search" in post,
            left_out=len(set(given)) - len(found),
        )  # fmt: skip

    def require_whole(self) -> None:
        """Refuse a list from which something was left out, so that nobody thinks it was saved."""
        if self.left_out:
            raise InputError("admissions.choice-not-open", number=self.left_out)


def _keys(candidate: Candidate, given: Sequence[str]) -> list[int]:
    """Find the programmes of the page again; what is not open to the candidate is left out."""
    wanted = [uid for text in given[:500] if (uid := _uid(text))]
    found = dict(lines_open_to(candidate).filter(uid__in=wanted).values_list("uid", "pk"))
    return [found[uid] for uid in dict.fromkeys(wanted) if uid in found]


def _moved(candidate: Candidate, keys: list[int], post: Mapping[str, str]) -> list[int]:
    added = _uid(post.get("add", ""))
    if added is not None:
        found = lines_open_to(candidate).filter(uid=added).values_list("pk", flat=True).first()
        return keys if found is None or found in keys else [*keys, found]
    for move, step in (("up", -1), ("down", 1), ("remove", 0)):
        text = post.get(move, "")
        if text.isdigit() and 0 < int(text) <= len(keys):
            return _shifted(keys, int(text) - 1, step)
    return keys


def _shifted(keys: list[int], at: int, step: int) -> list[int]:
    rest = keys[:at] + keys[at + 1 :]
    if step == 0:
        return rest
    to = min(max(at + step, 0), len(rest))
    return [*rest[:to], keys[at], *rest[to:]]


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def by_batch(season: Season, rows: Sequence[ChoiceRow]) -> list[dict[str, object]]:
    """Return the chosen programmes batch by batch, with the limit of each."""
    language = get_language() or "zh-hans"
    return [
        {
            "title": batch.title.in_language(language),
            "limit": batch.list_limit,
            "rows": [row for row in rows if row.line.batch == batch.id],
        }
        for batch in season.rules.batches
    ]


def found_rows(candidate: Candidate, draft: ChoiceDraft) -> list[ChoiceRow]:
    """Return programmes that fit what was searched for and are not in the list yet."""
    if not draft.is_searched:
        return []
    rows: list[PlaceLine] = list(
        lines_open_to(candidate, text=draft.text).exclude(pk__in=draft.keys)[:FOUND_AT_MOST]
    )
    return choice_rows(candidate.season, [line.pk for line in rows])
