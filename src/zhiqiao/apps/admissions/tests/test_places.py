"""Places: requests, review, and a ledger whose sums nobody can change behind its back."""

import contextlib
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiqiao.apps.admissions.actions import (
    Adjustment,
    Wanted,
    adjust_places,
    approve_request,
    refuse_request,
    return_request,
    save_request,
    submit_request,
)
from zhiqiao.apps.admissions.engine_io.planning import (
    Bounds,
    propose_places,
    shares_at_points,
    shares_of,
)
from zhiqiao.apps.admissions.models import PlaceFlow, PlaceLine
from zhiqiao.apps.admissions.queries import lines_visible_to
from zhiqiao.apps.admissions.tests.factories import approve_all
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.policy import current_pack

pytestmark = pytest.mark.django_db


def wanted(world, code="B9", **more):
    facts = {
        "school": world.colleges["甲学院"].pk, "code": code, "major": "护理", "batch": "college",
        "exam_type": "secondary", "category": "nursing", "requested": 30,
    }  # fmt: skip
    return Wanted(**{**facts, **more})


def refusal(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def in_ledger(line):
    got = line.inflows.aggregate(n=Sum("number"))["n"] or 0
    gone = line.outflows.aggregate(n=Sum("number"))["n"] or 0
    return got - gone


def test_request_goes_back_and_forth_until_it_is_decided(world):
    clerk = world.clerks["甲学院"]
    line = save_request(world.season, wanted(world), actor=clerk)
    submit_request(line, actor=clerk)

    assert refusal(
        RuleError, save_request, world.season, wanted(world), actor=clerk, line=line
    ) == ("admissions.line-closed")
    return_request(line, reply="请核对专业代码", actor=world.clerk)
    save_request(world.season, wanted(world, requested=20), actor=clerk, line=line)
    submit_request(line, actor=clerk)
    approve_request(line, places=18, approval="渝教计〔2026〕1号", actor=world.clerk)
    line.refresh_from_db()
    assert (line.state, line.requested, line.places) == ("approved", 20, 18)
    flow = PlaceFlow.objects.get(to_line=line)
    assert (flow.kind, flow.number, flow.approval) == ("grant", 18, "渝教计〔2026〕1号")


def test_refused_request_has_no_places(world):
    line = world.lines["C1"]
    assert refusal(InputError, refuse_request, line, reply=" ", actor=world.clerk) == (
        "admissions.reason-needed"
    )
    refuse_request(line, reply="该校无此专业资格", actor=world.clerk)

    line.refresh_from_db()
    assert (line.state, line.places) == ("refused", 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"batch": "third"}, "admissions.line-word"),
        ({"exam_type": "army"}, "admissions.line-word"),
        ({"category": "magic"}, "admissions.line-word"),
        ({"pathway": "nine-one"}, "admissions.line-word"),
        ({"batch": "bachelor", "exam_type": "veterans"}, "admissions.line-word"),
        ({"code": "  "}, "admissions.line-code"),
        ({"code": "A1"}, "admissions.line-code"),
    ],
)
def test_request_that_does_not_fit_is_refused(world, change, code):
    before = PlaceLine.objects.count()

    found = refusal((RuleError, InputError), save_request, world.season, wanted(world, **change),
                    actor=world.clerks["甲学院"])  # fmt: skip

    assert (found, PlaceLine.objects.count()) == (code, before)


def test_school_writes_for_itself_alone(world):
    stranger = world.clerks["乙学院"]

    assert refusal(RefusedError, save_request, world.season, wanted(world), actor=stranger) == (
        "admissions.not-yours"
    )
    assert refusal(RefusedError, approve_request, world.lines["B1"], places=9, approval="x",
                   actor=stranger) == "admissions.not-yours"  # fmt: skip


def test_school_sees_its_requests_and_approved_places_of_others(world):
    approve_request(world.lines["B1"], places=2, approval="文", actor=world.clerk)

    seen = lines_visible_to(world.clerks["乙学院"], world.season).values_list("code", flat=True)

    assert list(seen) == ["B1", "C1"]


def test_places_move_only_by_the_ledger(world):
    approve_all(world)
    b, c = world.lines["B1"], world.lines["C1"]
    given = Adjustment(number=1, from_line=b, to_line=c, approval="纪要", rule="unfilled")
    adjust_places(world.season, given, actor=world.clerk)

    b.refresh_from_db()
    c.refresh_from_db()
    assert (b.places, c.places) == (1, 2)
    refused = pytest.raises((IntegrityError, InternalError), match="place_line_changes_by_flows")
    with refused, transaction.atomic():
        PlaceLine.objects.filter(pk=b.pk).update(places=50)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        PlaceFlow.objects.update(number=50)
    too_many = Adjustment(number=9, from_line=b, to_line=c, approval="纪要", rule="x")
    assert refusal(RuleError, adjust_places, world.season, too_many, actor=world.clerk) == (
        "admissions.few-places"
    )
    bare = Adjustment(number=1, from_line=b, approval=" ", rule="x")
    assert refusal(InputError, adjust_places, world.season, bare, actor=world.clerk) == (
        "admissions.approval-needed"
    )


moves = st.lists(
    st.tuples(
        st.sampled_from(["A1", "B1", "C1", None]),
        st.sampled_from(["A1", "B1", "C1", None]),
        st.integers(1, 4),
    ),
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=moves)
def test_ledger_conserves_places_whatever_is_booked(world, moves):
    approve_all(world) if world.lines["A1"].state == "submitted" else None
    for line in world.lines.values():
        line.refresh_from_db()
    for source, target, number in moves:
        if source == target:
            continue
        given = Adjustment(
            number=number, from_line=world.lines.get(source), to_line=world.lines.get(target),
            approval="文", rule="r",
        )  # fmt: skip
        with contextlib.suppress(RuleError):
            adjust_places(world.season, given, actor=world.clerk)
    for line in world.lines.values():
        line.refresh_from_db()
        assert line.places == in_ledger(line)
    total = PlaceLine.objects.aggregate(n=Sum("places"))["n"]
    outside = {"from_line": None}, {"to_line": None}
    came, went = (
        PlaceFlow.objects.filter(**side).aggregate(n=Sum("number"))["n"] or 0 for side in outside
    )
    assert total == came - went


def test_share_is_told_under_each_reading_at_each_point(world):
    approve_all(world)
    adjust_places(
        world.season,
        Adjustment(number=2, to_line=world.lines["A1"], approval="文", rule="r"),
        actor=world.clerk,
    )

    points = dict(shares_at_points(world.clerk, world.season))

    assert len(points) == 3
    first, _approved, adjusted = points.values()
    assert {one.reading: one.value for one in first} == {
        "schools-college": Fraction(1, 3), "schools-all": Fraction(1, 4),
        "any-college": Fraction(1, 3), "any-all": Fraction(1, 4),
    }  # fmt: skip
    assert adjusted[0].value == Fraction(3, 3)


def scheme_of(least):
    return (
        current_pack()
        .schemes["he-classified"]
        .model_copy(update={"least_bachelor_share": Decimal(least)})
    )


class School:
    kind = "bachelor-vocational"


class Line:
    school = School()

    def __init__(self, batch):
        self.batch = batch


@pytest.mark.parametrize(("bachelor", "met"), [(9, False), (10, True), (11, True)])
def test_share_against_college_alone_is_exact_at_the_bar(bachelor, met):
    scheme = scheme_of("0.1")

    shares = shares_of(scheme, [Line("bachelor"), Line("college")], [bachelor, 100])

    assert {one.reading: one.is_met for one in shares}["schools-college"] is met
    assert shares_of(scheme, [Line("bachelor"), Line("college")], [0, 0])[0].value is None


def test_proposal_meets_total_and_share_with_least_change(world):
    for number in range(3):
        line = save_request(
            world.season, wanted(world, code=f"N{number}", requested=40),
            actor=world.clerks["甲学院"],
        )  # fmt: skip
        submit_request(line, actor=world.clerks["甲学院"])
    lines = list(lines_visible_to(world.clerk, world.season).filter(state="submitted"))

    proposal = propose_places(world.season, lines, Bounds(total=124, reading="schools-college"))

    places = dict(zip((line.code for line in proposal.lines), proposal.places, strict=True))
    bachelor = places.pop("A1")
    assert sum(places.values()) + bachelor == 124
    assert bachelor * 10 >= sum(places.values())
    assert proposal.cost > 0
    with pytest.raises(RuleError) as refused:
        propose_places(world.season, lines, Bounds(total=10_000, reading=""))
    assert refused.value.code == "admissions.no-plan"


def test_pages_of_places_from_request_to_ledger(client, world):
    clerk = world.clerks["甲学院"]
    client.force_login(clerk)
    new = reverse("admissions:write_line", args=[world.season.uid])
    form = {
        "code": "N1", "major": "护理", "batch": "college", "exam_type": "secondary",
        "category": "nursing", "pathway": "direct", "requested": "40",
    }  # fmt: skip
    assert client.post(new, {**form, "requested": "-5"}).status_code == 422
    assert client.post(new, {**form, "region": "乌有县"}).status_code == 422
    assert client.post(new, form).status_code == 302
    line = PlaceLine.objects.get(code="N1")
    client.post(reverse("admissions:submit_line", args=[line.uid]))
    client.force_login(world.clerk)
    review = reverse("admissions:review_line", args=[line.uid])
    assert client.post(review, {"decision": "approve", "places": "35"}).status_code == 422
    given = {"decision": "approve", "places": "35", "words": "渝教计〔2026〕1号"}
    assert client.post(review, given).status_code == 302
    adjust = reverse("admissions:adjust_line", args=[line.uid])
    more = {"direction": "decrease", "number": "5", "approval": "纪要", "rule": "r"}
    assert client.post(adjust, more).status_code == 302
    line.refresh_from_db()
    assert line.places == 30
    client.logout()
    ledger = client.get(reverse("admissions:ledger", args=[world.season.uid])).content.decode()
    assert "渝教计〔2026〕1号" in ledger
    excel = client.get(reverse("admissions:lines_xlsx", args=[world.season.uid]))
    assert b"".join(excel.streaming_content)[:2] == b"PK"


def test_proposal_page_approves_what_stands_on_it(client, world):
    client.force_login(world.clerk)
    page = reverse("admissions:propose", args=[world.season.uid])

    assert client.post(page, {"total": "3"}).status_code == 200
    assert client.post(page, {"total": "5000"}).status_code == 422
    numbers = {f"places-{line.pk}": "1" for line in world.lines.values()}
    approve = reverse("admissions:approve_proposal", args=[world.season.uid])
    client.post(approve, numbers)
    assert not PlaceFlow.objects.exists()
    client.post(approve, {**numbers, "approval": "文"})
    assert list(PlaceLine.objects.values_list("places", flat=True)) == [1, 1, 1]


@pytest.mark.parametrize("page", ["lines", "ledger", "candidates", "season"])
def test_lists_ask_as_often_for_many_as_for_few(client, world, page):
    client.force_login(world.clerk)
    address = reverse(f"admissions:{page}", args=[world.season.uid])
    approve_request(world.lines["A1"], places=1, approval="文", actor=world.clerk)
    client.get(address)
    counts = []
    for code in ("B1", "C1"):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
        approve_request(world.lines[code], places=1, approval="文", actor=world.clerk)

    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert counts[0] == len(asked)
