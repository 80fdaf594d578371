"""A province that does not exist runs on the same code: nothing knows the first plan."""

import re
from decimal import Decimal
from pathlib import Path

from zhiqiao.packs import check, load

SOURCE = Path(__file__).parents[2]
DIRECTORY = Path(__file__).parent / "fixtures" / "nanhu-2030"


def test_imagined_plan_has_no_problem():
    report = check(DIRECTORY)

    assert report.problems == ()
    assert report.counts["targets"] == 4


def test_imagined_plan_has_its_own_area_and_kinds():
    pack = load(DIRECTORY)

    assert pack.area == "990000"
    assert list(pack.kinds) == ["water-workshop", "ship-school", "online-course"]
    assert pack.targets["T04"].tolerance == Decimal("0.25")


def test_imagined_plan_has_its_own_tasks_and_holidays():
    pack = load(DIRECTORY)

    assert [(task.lead, task.with_, str(task.every)) for task in pack.tasks.values()] == [
        ("skills-office", ("counties",), "month"),
        (None, ("neighbour",), "none"),
        ("lake-academy", (), "year"),
    ]
    assert list(pack.calendars) == ["2028"]


def test_no_code_names_a_place_or_its_number():
    """Only the settings may name the pack used by default, and a column may show an example."""
    named = re.compile(r"500000|chongqing|sichuan|cq-2023|重庆", re.IGNORECASE)
    files = [
        path
        for suffix in ("*.py", "*.html")
        for path in SOURCE.rglob(suffix)
        if "tests" not in path.parts and path != SOURCE / "config" / "env.py"
    ]
    found = [
        f"{path.name}: {line.strip()}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if named.search(line) and not line.strip().startswith("example=")
    ]

    assert found == []
