"""What each policy for a correction would give beside the exact result, for people to decide on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from zhiqiao.apps.admissions.engine_io.allocation import Allocated
from zhiqiao.apps.admissions.engine_io.tables import frame
from zhiqiao.apps.admissions.models import Run
from zhiqiao.engines.matching import MatchingError, TableError
from zhiqiao.engines.matching.correcting import Correction, Policy, above_plan, correct

PUBLISHED = """
    SELECT candidate.number AS candidate, line.code AS programme
    FROM admissions_result result
    JOIN admissions_candidate candidate ON candidate.id = result.candidate_id
    LEFT JOIN admissions_placeline line ON line.id = result.line_id
    WHERE result.run_id = %(run)s
"""


def policies_of(before: Run, allocated: Allocated) -> list[dict[str, Any]]:
    """Return for each policy who gains, loses or has another place, and programmes above their plan.

    Empty where the result before cannot be held against the corrected tables, as when a programme of
    it is not among them. Candidates are those of the corrected tables. Two allocations.
    """
    published = frame(PUBLISHED, {"run": before.pk})
    asked = published, allocated.tables, allocated.rules
    try:
        kept = correct(*asked, policy=Policy.HOLD_HARMLESS)
        nearest = correct(*asked, policy=Policy.MINIMUM_CHANGE)
    except (TableError, MatchingError):
        return []
    solved = kept.allocation
    exact = replace(kept, policy=Policy.EXACT, programme=solved.programme, choice=solved.choice)
    return [_told(each) for each in (exact, kept, nearest)]


def _told(correction: Correction) -> dict[str, Any]:
    was, now = correction.published, correction.programme
    return {
        "policy": correction.policy.value,
        "gained": int(((was < 0) & (now >= 0)).sum()),
        "lost": int(((was >= 0) & (now < 0)).sum()),
        "other": int(((was >= 0) & (now >= 0) & (was != now)).sum()),
        "kept": int(np.count_nonzero(now != correction.allocation.programme)),
        "chosen_from": [span.value for span in correction.spans],
        "above": list(_above(correction)),
    }


def _above(correction: Correction) -> Iterator[list[Any]]:
    """Yield programme, places, admitted and how many stand above the plan."""
    rows = above_plan(correction).filter(pl.col("programme").is_not_null()).sort("programme")
    for row in rows.select("programme", "places", "admitted", "above").iter_rows():
        yield list(row)
