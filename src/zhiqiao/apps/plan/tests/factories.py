"""Targets and counts as small as a test needs them."""

from datetime import date
from decimal import Decimal

from zhiqiao.core.measures import Bound, Count, ListState
from zhiqiao.packs import Operator, Target, Text


def target(**changes):
    values = {
        "id": "T01",
        "article": "A01",
        "title": Text(zh="课程", en="courses"),
        "operator": Operator.AT_LEAST,
        "value": Decimal(10),
        "tolerance": None,
        "unit": "item",
        "deadline": date(2025, 12, 31),
        "dated": "explicit",
        "formula": "courses",
        "note": None,
    }
    return Target.model_construct(**(values | changes))


def count(value, *, state="complete", pending=0, bound=None, undated=0):
    list_state = ListState(state)
    if bound is None:
        bound = (
            "none"
            if value is None
            else "exact"
            if state == "complete" and not pending
            else "at-least"
        )
    return Count(value, Bound(bound), list_state, pending=pending, undated=undated)
