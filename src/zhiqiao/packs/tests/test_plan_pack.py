"""The Chongqing plan as a pack: its numbers, and what the public records allow it to say."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from zhiqiao.packs import check, load

ROOT = Path(__file__).parents[4]
DIRECTORY = ROOT / "packs" / "cq-2023-22"
TARGETS = {
    "T01": (">=", 90, "explicit", "A01"),
    "T02": ("about", 100, "plan-horizon", "A01"),
    "T03": ("about", 300, "plan-horizon", "A01"),
    "T04": ("about", 10, "plan-horizon", "A01"),
    "T05": ("about", 15, "plan-horizon", "A01"),
    "T06": (">=", 10, "explicit", "A02"),
    "T07": ("=", 3, "explicit", "A04"),
    "T08": ("=", 10, "context", "A04"),
    "T09": ("=", 10, "explicit", "A05"),
    "T10": ("about", 3, "explicit", "A07"),
    "T11": ("=", 50, "explicit", "A08"),
    "T12": ("=", 10, "explicit", "A08"),
    "T13": ("about", 50, "explicit", "A09"),
    "T14": ("=", 5, "plan-horizon", "A10"),
    "T15": ("about", 50, "explicit", "A11"),
    "T16": ("about", 30, "explicit", "A11"),
    "T17": ("about", 10, "explicit", "A11"),
}


@pytest.fixture(scope="module")
def pack():
    return load(DIRECTORY)


def test_check_of_the_plan_finds_no_problem_and_prints_its_totals():
    report = check(DIRECTORY)

    assert report.problems == ()
    counts = report.counts
    states = (
        f"working {counts['working']}, generic {counts['generic']}, planned {counts['planned']}"
    )
    assert report.lines()[1:7] == [
        "articles: 15/15",
        "targets: 17/17",
        "duties: 5/5",
        f"mechanisms: 115/115 ({states})",
        "tasks: 60, bodies: 13, every target, duty and mechanism served",
        "calendars: 2023, 2024, 2025, 2026, unchecked: 4",
    ]


def test_check_of_the_national_pack_finds_no_problem():
    assert check(ROOT / "packs" / "cn-core").problems == ()


def test_targets_are_those_of_the_plan(pack):
    found = {
        key: (target.operator, target.value, target.dated, target.article)
        for key, target in pack.targets.items()
    }

    assert found == TARGETS


def test_mechanisms_are_numbered_without_a_gap(pack):
    assert list(pack.mechanisms) == [f"{number:02}" for number in range(115)]


def served(pack, what):
    return {name: task for task in pack.tasks.values() for name in getattr(task, what)}


@pytest.mark.parametrize("what", ["targets", "duties", "mechanisms"])
def test_tasks_serve_everything_once(pack, what):
    names = [name for task in pack.tasks.values() for name in getattr(task, what)]

    assert sorted(names) == sorted(getattr(pack, what))


@pytest.mark.parametrize("what", ["targets", "duties", "mechanisms"])
def test_tasks_serve_what_is_in_their_article(pack, what):
    strays = {
        name
        for name, task in served(pack, what).items()
        if getattr(pack, what)[name].article != task.article
    }

    assert strays <= {"00"}


def test_duties_and_counted_kinds_are_served_with_their_mechanisms(pack):
    mechanisms, targets, duties = (
        served(pack, what) for what in ("mechanisms", "targets", "duties")
    )
    apart = {key for key, duty in pack.duties.items() if mechanisms[duty.mechanism] != duties[key]}
    for key, target in pack.targets.items():
        measure = pack.measures.get(pack.formulas[target.formula].text)
        kinds = measure.kinds if measure else ()
        if any(mechanisms[pack.kinds[kind].mechanism] != targets[key] for kind in kinds):
            apart.add(key)

    assert apart == set()


def test_task_is_due_where_the_plan_dates_a_number_that_it_serves(pack):
    for task in pack.tasks.values():
        dated = {
            pack.targets[name].deadline
            for name in task.targets
            if pack.targets[name].dated != "plan-horizon"
        }

        assert ({task.due} - {None}) == dated


def test_yearly_duty_is_reported_every_year(pack):
    duties = served(pack, "duties")

    assert {duties[key].every for key, duty in pack.duties.items() if duty.every == "year"} == {
        "year"
    }


def test_mechanisms_of_working_together_have_their_kinds_of_task(pack):
    mechanisms = served(pack, "mechanisms")

    assert {key: str(mechanisms[key].kind) for key in ("98", "99", "100")} == {
        "98": "ministry-city",
        "99": "two-cities",
        "100": "city",
    }


def test_kind_of_a_task_has_its_bodies(pack):
    for task in pack.tasks.values():
        sides = {str(pack.bodies[name].side) for name in task.with_}

        assert ("ministry" in sides) == (task.kind == "ministry-city")
        assert ("partner" in sides) == (task.kind == "two-cities")


def test_bodies_take_part_and_none_leads_because_the_plan_names_no_lead(pack):
    taking_part = {name for task in pack.tasks.values() for name in task.with_}

    assert taking_part == set(pack.bodies)
    assert {task.lead for task in pack.tasks.values()} == {None}
    assert {task.checked_by for task in pack.tasks.values()} == {None}


def test_every_value_of_the_national_rules_is_unchecked_and_sourced(pack):
    values = [value for entry in pack.parameters.values() for value in entry.values]

    assert {value.checked_by for value in values} == {None}
    assert all(value.source in pack.sources for value in values)


def test_kinds_hold_every_kind_and_level_of_the_known_records(pack):
    with (ROOT / "data" / "recognitions.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    unknown = Counter(
        (row["kind"], row["level"])
        for row in rows
        if row["kind"] not in pack.kinds
        or row["level"] not in {"", *pack.kinds[row["kind"]].levels}
    )

    assert unknown == Counter()


def test_formulas_of_targets_rest_on_measures_of_the_plan(pack):
    """All but what the calls of the platform tell of themselves; registers also hold others' items."""
    unused = {name for name, one in pack.measures.items() if one.source != "projects.applications"}
    for formula in pack.formulas.values():
        unused -= set(formula.text.replace("(", " ").replace(")", " ").split())

    assert unused == set()


def counted_by_hand(measure, rows):
    """Count the rows in the plainest way: what counts, and what waits for a person."""
    counted, pending = set(), 0
    for row in rows:
        if row["area"] != "重庆市" or row["kind"] not in measure.kinds:
            continue
        if measure.judgements or (measure.levels and not row["level"]):
            pending += 1
        elif not measure.levels or row["level"] in measure.levels:
            unnamed = row["name"].startswith("〔名称未见〕")
            counted.add((row["kind"], row["holder"]) if unnamed else row["name"])
    return len(counted) or None, pending


def test_example_of_known_records_gives_what_a_person_counts_in_them(pack):
    with (ROOT / "data" / "recognitions.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    given = pack.tests["records-known-in-2026"].given
    by_hand = {
        measure.name: counted_by_hand(measure, rows)
        for measure in pack.measures.values()
        if measure.source == "projects.recognitions"
    }

    assert {
        name: (count.value, count.pending)
        for name, count in given.items()
        if count.list_state != "no-data"
    } == {name: count for name, count in by_hand.items() if count != (None, 0)}
