"""The real plan with counts given by hand; the counts themselves are tested where the rows live."""

from datetime import date
from decimal import Decimal

import pytest

from zhiqiao.apps.plan.choices import TargetStatus
from zhiqiao.apps.plan.queries.board import figure_json, sentence
from zhiqiao.apps.plan.queries.figures import figure_of, read_counts
from zhiqiao.apps.plan.tests.factories import count
from zhiqiao.core.measures import NOTHING_KNOWN, Bound, ListState
from zhiqiao.core.policy import current_pack

TODAY = date(2026, 11, 23)


def figure(target_id, counted, *, at_deadline=None):
    pack = current_pack()
    names = dict.fromkeys(pack.measures, NOTHING_KNOWN)
    now = read_counts(pack, names | counted, year=2026)
    then = at_deadline and read_counts(pack, names | at_deadline, year=2025)
    return figure_of(pack.targets[target_id], now=now, then=then, today=TODAY)


def measure_of(target_id):
    pack = current_pack()
    return pack.formulas[pack.targets[target_id].formula].text.strip()


def test_partial_list_gives_a_lower_bound_that_cannot_tell():
    name = measure_of("T05")

    found = figure("T05", {name: count(2, state="partial")})

    assert (found.value, found.bound, found.status) == (
        Decimal(2), Bound.AT_LEAST, TargetStatus.CANNOT_TELL,
    )  # fmt: skip


def test_unloaded_list_gives_no_number_and_never_zero():
    name = measure_of("T02")

    found = figure("T02", {name: count(None, state="not-loaded")})
    row = figure_json(found)

    assert (row["value"], row["bound"], row["status"]) == (None, "none", "not-loaded")


def test_rows_that_all_wait_give_no_number():
    name = measure_of("T08")

    found = figure("T08", {name: count(None, state="partial", pending=3)})

    assert (found.value, found.pending, found.status) == (None, 3, TargetStatus.CANNOT_TELL)
    assert "3" in sentence(found)


def test_share_without_data_says_no_data():
    found = figure("T01", {})

    assert (found.value, found.list_state, found.status) == (
        None, ListState.NO_DATA, TargetStatus.NO_DATA,
    )  # fmt: skip


def test_share_shows_numerator_and_denominator():
    pack = current_pack()
    program_facts = figure("T01", {}).counts
    names = list(program_facts)
    text = pack.formulas[pack.targets["T01"].formula].text
    above, below = sorted(names, key=text.index)

    found = figure("T01", {above: count(90), below: count(120)})

    assert (found.numerator, found.denominator, found.value) == (90, 120, Decimal(75))
    assert found.status == TargetStatus.NOT_MET


def test_value_at_the_deadline_is_kept_apart_from_today():
    name = measure_of("T09")

    found = figure(
        "T09",
        {name: count(5, state="partial")},
        at_deadline={name: count(2, state="partial", undated=3)},
    )

    assert (found.value, found.value_at_deadline, found.undated) == (5, 2, 3)


@pytest.mark.parametrize("target_id", [f"T{number:02}" for number in range(1, 18)])
def test_every_target_has_an_explanation(target_id):
    row = figure_json(figure(target_id, {}))

    assert row["explanation"]["steps"]
    assert row["explanation"]["formula"]


def test_past_deadline_is_judged_by_what_stood_on_it():
    name = measure_of("T11")

    found = figure("T11", {name: count(60)}, at_deadline={name: count(3)})

    assert (found.status, found.met_late) == (TargetStatus.NOT_MET, True)
    assert figure_json(found)["met_late"] is True
    assert sentence(found).endswith("但在期限之后。")


def test_number_reached_in_time_stays_met_when_items_end_later():
    name = measure_of("T11")

    found = figure("T11", {name: count(1)}, at_deadline={name: count(60)})

    assert (found.status, found.met_late) == (TargetStatus.MET, False)


def test_lower_bound_on_the_deadline_leaves_it_open_whether_it_was_met():
    name = measure_of("T11")

    found = figure(
        "T11", {name: count(60)}, at_deadline={name: count(3, undated=57, state="partial")}
    )

    assert (found.status, found.met_late) == (TargetStatus.CANNOT_TELL, False)


def test_share_just_below_its_number_is_not_shown_as_reached():
    found = figure(
        "T06", {"bachelor_vocational_intake": count(9995), "junior_college_intake": count(90005)}
    )

    assert found.status == TargetStatus.NOT_MET
    assert "9.99" in sentence(found)
    assert "10" not in sentence(found)
