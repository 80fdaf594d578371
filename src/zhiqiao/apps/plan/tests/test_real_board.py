"""The board over the real public records, against a count made by hand from the files alone.

The records come in through the clerk's own import. The expectations below read the CSV files and
the words of the plan and share nothing with the product: no pack, no measure, no formula.
"""

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.plan.actions import freeze_board
from zhiqiao.apps.plan.models import BoardFreeze
from zhiqiao.apps.plan.queries import replay_freeze, values_of_target
from zhiqiao.apps.projects.actions import decide_judgement, revoke_recognition
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.registry.actions import load_catalogues, load_successions
from zhiqiao.core.imports.actions import import_file
from zhiqiao.engines import formula, trace

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[5] / "data"
AREA = "重庆市"
UNNAMED = "〔名称未见〕"
ANY = ""

# Target: operator, number, unit, what counts (kinds, level), question a person must answer, key.
PLAN = {
    "T01": (">=", 90, "%", (), ANY, "", ()),
    "T02": ("about", 100, "courses", ("online-course",), "national", "", ("name", "holder")),
    "T03": ("about", 300, "titles", ("planned-textbook",), "national", "", ("name", "holder")),
    "T04": ("about", 10, "banks", ("resource-bank",), "national", "", ("name", "holder")),
    "T05": ("about", 15, "bases", ("vr-base",), "national", "", ("name", "holder")),
    "T06": (">=", 10, "%", (), ANY, "", ()),
    "T07": (
        "=",
        3,
        "consortia",
        ("municipal-consortium",),
        "municipal",
        "tier-municipal",
        ("name", "holder"),
    ),
    "T08": ("=", 10, "consortia", ("park-consortium",), ANY, "tier-park", ("name", "holder")),
    "T09": ("=", 10, "communities", ("community",), ANY, "", ("name",)),
    "T10": ("about", 3, "centres", ("innovation-centre",), "national", "", ("name", "holder")),
    "T11": ("=", 50, "classes", ("talent-class",), ANY, "", ("name", "holder")),
    "T12": ("=", 10, "platforms", ("co-training-platform",), ANY, "", ("name", "holder")),
    "T13": (
        "about",
        50,
        "bases",
        ("pilot-test-base", "application-scenario-base", "school-rd-centre"),
        ANY,
        "",
        ("name",),
    ),
    "T14": ("=", 5, "alliances", ("intl-alliance",), ANY, "alliance-strengthened", ("name",)),
    "T15": (
        "about",
        50,
        "items",
        ("chinese-plus-skills-course", "new-form-textbook"),
        ANY,
        "",
        ("name", "holder"),
    ),
    "T16": (
        "about",
        30,
        "items",
        ("intl-standard", "intl-resource", "intl-equipment"),
        ANY,
        "",
        ("name", "holder"),
    ),
    "T17": ("about", 10, "schools", ("internationalised-school",), ANY, "", ("name", "holder")),
}
DEADLINE = date(2025, 12, 31)


def rows_of(name):
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def latest_day(announced):
    """Give the last day that "2023", "2023-05" or "2023-05-16" may mean."""
    parts = [int(part) for part in announced.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = (parts[0], 12) if len(parts) == 1 else parts
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def key_of(row, components):
    stand_in = (row["kind"], row["holder"])
    named = {
        "name": stand_in if row["name"].startswith(UNNAMED) else row["name"],
        "holder": row["holder"] or stand_in,
    }
    return tuple(named[component] for component in components)


def counted(rows, level, question, components):
    """Give the rows that surely count, how many wait, and what may be said: a number or None."""
    fitting = [row for row in rows if level in (ANY, row["level"]) and not question]
    waiting = [
        row
        for row in rows
        if row not in fitting and row["level"] in ({level, ""} if level else {row["level"]})
    ]
    number = len({key_of(row, components) for row in fitting})
    return fitting, len(waiting), number or None


def list_complete(kinds):
    """Say whether the words that go with the file call every one of these lists complete."""
    said = json.loads((DATA / "recognitions.import.json").read_text(encoding="utf-8"))
    complete = {line.split(",")[0].strip() for line in said["complete_lists"].splitlines()}
    return set(kinds) <= complete


def judged(value, *, operator, goal):
    """Judge a number of a partial list after the deadline: only enough of them tells anything."""
    needed = goal * 0.95 if operator == "about" else goal
    return "met" if value is not None and operator != "=" and value >= needed else "cannot-tell"


def by_hand(target):
    operator, goal, unit, kinds, level, question, components = PLAN[target]
    rows = [r for r in rows_of("recognitions.csv") if r["kind"] in kinds and r["area"] == AREA]
    assert not (rows and list_complete(kinds))
    _fitting, pending, value = counted(rows, level, question, components)
    dated = [r for r in rows if r["announced"] and latest_day(r["announced"]) <= DEADLINE]
    _then, _pending, value_then = counted(dated, level, question, components)
    state = "no-data" if target == "T01" else "partial" if rows else "not-loaded"
    published = [
        row["code"]
        for row in rows_of("reported_figures.csv")
        if row["target"] == target and row["scope"] == "area"
    ]
    return {
        "id": target,
        "value": value,
        "bound": "none" if value is None else "at-least",
        "operator": operator,
        "target": goal,
        "unit": unit,
        "status": judged(value, operator=operator, goal=goal) if state == "partial" else state,
        "pending": pending,
        "reported": published,
        "value_at_deadline": value_then,
        "list_state": state,
        "numerator": None,
        "denominator": None,
        "coverage": None,
        "as_of": (timezone.now() + timedelta(hours=8)).date().isoformat(),
    }


@pytest.fixture
def real_records():
    load_catalogues(DATA, actor=None)
    imported("registry.organisations", "colleges.csv")
    load_successions(DATA, actor=None)
    imported("projects.recognitions", "recognitions.csv")
    imported("plan.reported_figures", "reported_figures.csv")


def imported(spec, name):
    path = DATA / name
    said = path.with_suffix(".import.json")
    options = json.loads(said.read_text(encoding="utf-8")) if said.exists() else None
    outcome = import_file(spec, path, actor=None, options=options)
    assert (outcome.problems, outcome.counts["added"]) == ((), len(rows_of(name)))


def board_of(client):
    return {row["id"]: row for row in client.get("/board.json").json()}


def leaves(step):
    below = [name for part in step.inputs for name in leaves(part)]
    return [record.label for record in step.records] + below


def test_every_figure_is_the_count_made_by_hand(client, real_records):
    board = board_of(client)

    shown = {
        target: {
            name: [one["code"] for one in row[name]] if name == "reported" else row[name]
            for name in by_hand(target)
        }
        for target, row in board.items()
    }

    assert shown == {target: by_hand(target) for target in PLAN}


def test_every_explanation_names_the_counted_rows_and_replays_to_the_value(client, real_records):
    for target, row in board_of(client).items():
        _operator, _goal, _unit, kinds, level, question, components = PLAN[target]
        rows = [r for r in rows_of("recognitions.csv") if r["kind"] in kinds and r["area"] == AREA]
        fitting, _pending, value = counted(rows, level, question, components)
        step = trace.from_json(row["explanation"]["steps"])

        assert Counter(leaves(step)) == Counter(one["name"] for one in fitting), target
        assert formula.replay(step) == value, target


def test_vocational_universities_are_those_of_the_list_of_colleges(real_records):
    listed = {
        row["name"]
        for row in rows_of("colleges.csv")
        if (row["province"], row["level"], row["vocational"]) == (AREA, "本科", "yes")
    }

    recorded = Recognition.objects.filter(kind="bachelor-vet-university", area__name=AREA)

    assert set(recorded.values_list("name", flat=True)) == listed
    assert len(listed) == 3


def test_changes_move_the_board_at_once_and_leave_the_frozen_one(client, real_records):
    clerk, lead = (
        make_member("bureau-clerk", login="clerk"),
        make_member("bureau-lead", login="lead"),
    )
    before = board_of(client)
    freeze = freeze_board(actor=lead, label="变更之前")
    community = Recognition.objects.filter(kind="community", area__name=AREA).first()
    park = Recognition.objects.filter(kind="park-consortium", area__name=AREA).first()

    revoke_recognition(community, actor=clerk, ended_on=DEADLINE, reason="公告撤销")
    decide_judgement(park, "tier-park", answer=True, actor=clerk, reason="公告写明由园区牵头")

    after = board_of(client)
    moved = {target for target in PLAN if before[target]["value"] != after[target]["value"]}
    assert moved == {"T08", "T09"}
    assert after["T09"]["value"] == before["T09"]["value"] - 1
    assert (after["T08"]["value"], after["T08"]["pending"]) == (1, before["T08"]["pending"] - 1)
    kept = BoardFreeze.objects.get(pk=freeze.pk)
    frozen = {row["id"]: row["value"] for row in kept.content["figures"]}
    assert frozen == {target: row["value"] for target, row in before.items()}
    found = replay_freeze(kept)
    assert (found.intact, found.differing) == (True, ())


def test_history_of_a_figure_names_what_moved_it(client, real_records):
    clerk = make_member("bureau-clerk", login="clerk")
    community = Recognition.objects.filter(kind="community", area__name=AREA).first()
    revoke_recognition(community, actor=clerk, ended_on=DEADLINE, reason="公告撤销")

    points = values_of_target("T09")

    told = [
        (int(point.value), point.cause.verb, point.cause.actor_id, point.cause.reason)
        for point in points
    ]
    assert told == [
        (4, "projects.recognition.revoked", clerk.pk, "公告撤销"),
        (5, "imports.batch.committed", None, ""),
    ]
    source = points[1].cause.after
    assert source["file"] == "recognitions.csv"
    assert len(source["sha256"]) == 64
