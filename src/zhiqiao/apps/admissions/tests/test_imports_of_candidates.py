"""Candidates from a table, whose identity numbers are nowhere to be read afterwards."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.admissions.models import Candidate, Season
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.imports.models import ImportBatch, ImportRow
from zhiqiao.core.imports.problems import described
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.sealing import unseal
from zhiqiao.core.tests.bringing import bring_in, counts_of, problems_of

pytestmark = pytest.mark.django_db
SPEC = "admissions.candidates"


def row(serial=101, **changes):
    values = {
        "number": f"27{serial}", "name": f"云{serial}", "identity_number": identity_number(serial),
        "exam_type": "secondary", "category": "computer", "school": "云岭职教中心",
        "region": "", "phone": "",
    }  # fmt: skip
    return values | changes


def bring(world, *rows, actor=None):
    return bring_in(SPEC, rows, actor=actor or world.clerk, season=world.season.pk)


def test_table_of_candidates_is_entered_with_their_files(world):
    region = make_region("500101", "万州区", parent=make_region("500000", "重庆市"))
    outcome = bring(
        world,
        row(101, region="500101", phone="13900001234"),
        row(102, school="", exam_type="高职专项类（退役军人）", category="none"),
    )

    assert counts_of(outcome) == (2, 0, 0)
    made = Candidate.objects.select_related("person").get(number="27101")
    assert (made.school, made.region, made.eligibility) == (world.origin, region, "eligible")
    assert (made.person.name, unseal(made.person.identity_sealed)) == (
        "云101",
        identity_number(101),
    )
    assert unseal(made.person.phone_sealed) == "13900001234"
    other = Candidate.objects.get(number="27102")
    assert (other.exam_type, other.category, other.eligibility) == ("veterans", "none", "pending")


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"number": "2601"}, "number", "admissions.number-taken"),
        ({"number": ""}, "number", "imports.missing_value"),
        ({"name": ""}, "name", "imports.missing_value"),
        ({"identity_number": ""}, "identity_number", "imports.missing_value"),
        ({"identity_number": "12345"}, "identity_number", "core.identity_form"),
        ({"identity_number": identity_number(102)[:17] + "A"}, "identity_number",
         "core.identity_form"),
        ({"identity_number": identity_number(102, born="20991231")}, "identity_number",
         "core.identity_date"),
        ({"identity_number": identity_number(102, born="20080231")}, "identity_number",
         "core.identity_date"),
        ({"identity_number": identity_number(601)}, "identity_number",
         "admissions.person-in-two-types"),
        ({"school": "无此学校"}, "school", "admissions.school-unknown"),
        ({"region": "亚特兰蒂斯"}, "region", "admissions.region-unknown"),
        ({"exam_type": "graduates"}, "exam_type", "admissions.word-unknown"),
        ({"exam_type": "艺术生"}, "exam_type", "imports.unknown_choice"),
        ({"category": "vocational"}, "category", "admissions.word-unknown"),
        ({"phone": "1" * 21}, "phone", "imports.too_long"),
    ],
)  # fmt: skip
def test_faulty_candidate_is_named_without_the_number_and_nothing_is_written(
    world, changes, column, code
):
    given = row(102, **changes)
    people, candidates = Person.objects.count(), Candidate.objects.count()

    outcome = bring(world, row(101), given)

    assert (outcome.state, problems_of(outcome)) == ("refused", [(3, column, code)])
    assert (Person.objects.count(), Candidate.objects.count()) == (people, candidates)
    told = " ".join(f"{one.given} {described(one)}" for one in outcome.problems)
    assert all(described(outcome.problems[0]))
    assert not given["identity_number"] or given["identity_number"] not in told


def test_check_digit_that_does_not_fit_is_refused_masked(world):
    number = identity_number(102)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    (problem,) = bring(world, row(102, identity_number=wrong)).problems
    assert (problem.code, problem.given) == ("core.identity_check", f"990***********{wrong[-4:]}")


def test_number_or_person_twice_in_a_table_is_refused(world):
    lower = identity_number(103).lower()
    outcome = bring(
        world, row(101), row(102, number="27101"), row(103), row(104, identity_number=lower)
    )
    assert problems_of(outcome) == [
        (3, "number", "imports.duplicate_row"),
        (5, "identity_number", "imports.duplicate_row"),
    ]


def test_person_with_a_file_keeps_it(world):
    bring(world, row(101))
    Candidate.objects.filter(number="27101").delete()
    before = Person.objects.count()

    assert counts_of(bring(world, row(101, number="27201"))) == (1, 0, 0)
    assert Person.objects.count() == before


def test_candidates_come_in_before_they_choose_alone(world):
    Season.objects.update(state="choosing")
    assert problems_of(bring(world, row())) == [(None, "", "admissions.wrong-state")]


def test_no_identity_number_stays_readable_beside_the_file(world):
    good, phone = identity_number(101), "13900001234"
    wrong = good[:17] + ("0" if good[17] != "0" else "1")

    refused = bring(world, row(101, identity_number=wrong, phone=phone), row(102))
    staged = json.dumps(list(ImportRow.objects.values("cells", "values", "problems")))
    assert (refused.state, "27102" in staged) == ("refused", True)
    written = bring(world, row(101, phone=phone))
    assert written.state == "committed"

    kept = staged
    for model in (ImportBatch, AuditEntry, Candidate, Person):
        kept += str(list(model.objects.values()))
    assert "990***********" in kept
    assert [text for text in (good, wrong, identity_number(102), phone) if text in kept] == []
    assert not ImportRow.objects.filter(batch=written.batch).exists()


def test_check_of_candidates_takes_a_constant_number_of_queries(world):
    found = []
    for start, count in ((111, 1), (121, 3)):
        rows = [row(start + n) for n in range(count)]
        with CaptureQueriesContext(connection) as statements:
            bring(world, *rows)
        found.append(len(statements))
    assert found[0] == found[1]
