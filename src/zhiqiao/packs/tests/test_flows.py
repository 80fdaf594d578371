"""Flows and lifecycles: what makes sense is read, what does not is refused with a reason."""

from datetime import date

import pytest
from pydantic import ValidationError

from zhiqiao.packs import Flow, Phase, months_later

STATES = {
    "draft": {"title": {"zh": "草稿", "en": "Draft"}, "phase": "drafting"},
    "held": {"title": {"zh": "认定", "en": "Recognised"}, "phase": "in-force"},
    "over": {"title": {"zh": "撤销", "en": "Revoked"}, "phase": "ended"},
}
RECOGNISE = {"from": ["draft"], "to": "held", "by": "lead", "does": "enter-recognition"}
REVOKE = {"from": ["held"], "to": "over", "by": "lead", "does": "end-recognition"}


def flow(*, states=None, start="draft", **moves):
    title = {"zh": "流程", "en": "Flow"}
    given = {"recognise": RECOGNISE, "revoke": REVOKE} | moves
    return Flow.model_validate(
        {
            "id": "short",
            "title": title,
            "start": start,
            "states": STATES | (states or {}),
            "moves": {name: {"title": title, **move} for name, move in given.items() if move},
        }
    )


def test_flow_gives_the_moves_of_a_state():
    short = flow()
    assert list(short.moves_from("draft")) == ["recognise"]
    assert list(short.moves_from("held")) == ["revoke"]
    assert list(short.moves_from("over")) == []
    assert (short.has_phase(Phase.IN_FORCE), short.has_phase(Phase.PANEL)) == (True, False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"start": "nowhere"}, "start names the state “nowhere”"),
        ({"recognise": RECOGNISE | {"to": "gone"}}, "the move recognise names the state “gone”"),
        (
            {"recognise": {"from": ["draft"], "to": "held", "by": "lead"}},
            "the move recognise must say does: enter-recognition exactly when",
        ),
        (
            {"revoke": {"from": ["held"], "to": "over", "by": "lead"}},
            "the move revoke must say does: end-recognition exactly when",
        ),
        ({"revoke": REVOKE | {"from": ["held", "draft"]}}, "recognised items and others at once"),
        ({"revoke": None}, "no move leads to over"),
        (
            {"states": {"draft": STATES["draft"] | {"lapses": "revoke"}}},
            "the state draft lapses by “revoke”, which needs a term (within) and a move from it",
        ),
        (
            {"states": {"held": STATES["held"] | {"within": "5", "lapses": "revoke"}}},
            "the state held lapses by revoke, which must be by: clock",
        ),
    ],
)
def test_flow_that_makes_no_sense_is_refused(given, said):
    with pytest.raises(ValidationError) as caught:
        flow(**given)
    assert said in str(caught.value)


def test_months_are_counted_to_the_last_day_of_a_shorter_month():
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2026, 11, 15), 14) == date(2028, 1, 15)
    assert months_later(date(2026, 3, 31), 12) == date(2027, 3, 31)
