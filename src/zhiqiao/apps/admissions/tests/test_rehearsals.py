"""A closed season allocated once more by the rules as they are now: seen by the bureau, counted nowhere."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.admissions import queries
from zhiqiao.apps.admissions.actions import (
    answer_offer,
    ask_step,
    check_run,
    hand_out_results,
    open_rehearsal,
    set_control_lines,
    sign_step,
)
from zhiqiao.apps.admissions.choices import Arrow, SeasonState
from zhiqiao.apps.admissions.models import (
    Candidate,
    ChoiceList,
    LotterySeed,
    PlaceLine,
    Result,
    Run,
    Season,
    SentFile,
)
from zhiqiao.apps.admissions.tests import factories
from zhiqiao.apps.admissions.tests.factories import play_until, told_on
from zhiqiao.apps.admissions.tests.test_lots import ALL, take_pack
from zhiqiao.apps.admissions.tests.test_measures import counts
from zhiqiao.apps.admissions.tests.test_season import code_of, placed
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.measures import Bound
from zhiqiao.core.models import Event
from zhiqiao.core.policy import current_pack

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(world, monkeypatch):
    """Play a season to its close; two candidates are level at the last place of C1."""
    monkeypatch.setitem(factories.MARKS, "2604", factories.MARKS["2603"])
    play_until(world, Arrow.PUBLISH)
    answer_offer(world.candidate("2603"), says="declined", actor=world.candidate("2603").account)
    Season.objects.update(appeals_until=timezone.now().date() - timedelta(days=3))
    world.step(Arrow.CLOSE)
    return world


def rehearse(world, *arrows):
    rehearsal = open_rehearsal(world.again(), actor=world.clerk)
    for arrow in arrows:
        ask_step(rehearsal, arrow, actor=world.clerk)
        run_queued_jobs()
        rehearsal = Season.objects.get(pk=rehearsal.pk)
    return rehearsal


TO_THE_END = (Arrow.RUN_TRIAL, Arrow.OPEN_REVIEW, Arrow.RUN_FINAL)


def test_same_rules_give_the_published_result_again(closed):
    published = Run.objects.latest("number")

    rehearsal = rehearse(closed, *TO_THE_END)

    run = rehearsal.runs.latest("number")
    assert (rehearsal.state, rehearsal.provenance) == (SeasonState.DECIDED, "reported")
    assert placed(closed, run) == placed(closed, published)
    assert run.moved == {"gained": 0, "lost": 0, "other": 0}
    assert list(queries.line_changes(published, run)) == []
    assert run.bundle["result_sha256"] == published.bundle["result_sha256"]
    assert check_run(run, actor=closed.clerk) == []


def test_other_rules_show_who_and_what_would_be_different(client, closed, settings, tmp_path):
    published = Run.objects.latest("number")
    before = placed(closed, published)
    assert before["2604"] == "C1"
    take_pack(settings, tmp_path, by_lot=ALL)

    run = rehearse(closed, *TO_THE_END).runs.latest("number")

    after = placed(closed, run)
    loser = next(number for number in ("2603", "2604") if after[number] != "C1")
    (line,) = (one for one in queries.line_changes(published, run) if one.line.code == "C1")
    assert (line.was[1], line.now[1]) == (2, 1)
    lines = {line.pk: line.code for line in PlaceLine.objects.all()}
    numbers = dict(Candidate.objects.values_list("pk", "number"))
    changed = queries.changed_places(published, run)
    assert [(numbers[who], lines.get(was), lines.get(now)) for who, was, now in changed] == [
        (number, before[number], after[number])
        for number in sorted(before)
        if before[number] != after[number]
    ]
    client.force_login(closed.clerk)
    told = told_on(client.get(reverse("admissions:changes", args=[run.uid])))
    assert ("2 → 1" in told, loser in told, "2601" in told) == (True, True, False)


def test_places_are_those_of_the_published_result_whatever_happened_since(closed):
    line = PlaceLine.objects.get(code="B1")
    closed.season.flows.create(
        kind="increase", to_line=line, number=9, round=0, approval="文", rule="x",
        booked_at=timezone.now(),
    )  # fmt: skip
    assert PlaceLine.objects.get(code="B1").places == 11

    run = rehearse(closed, *TO_THE_END).runs.latest("number")

    assert run.lines.get(line=line).places == 2


def test_rehearsal_copies_nobody_and_opens_no_file_to_a_school(closed):
    counted_before = [model.objects.count() for model in (Candidate, ChoiceList, PlaceLine)]
    told, files = Event.objects.count(), SentFile.objects.filter(closed_at=None).count()

    rehearse(closed, *TO_THE_END)

    assert [m.objects.count() for m in (Candidate, ChoiceList, PlaceLine)] == counted_before
    assert SentFile.objects.filter(closed_at=None).count() == files
    assert Event.objects.count() == told


@pytest.mark.parametrize("arrow", [Arrow.CONFIRM, Arrow.PUBLISH, Arrow.FREEZE_PLACES])
def test_rehearsal_ends_with_the_final_run(closed, arrow):
    rehearsal = rehearse(closed, *TO_THE_END)

    assert code_of(RuleError, ask_step, rehearsal, arrow, actor=closed.lead) in {
        "admissions.rehearsal-ends", "admissions.wrong-state",
    }  # fmt: skip
    assert queries.next_steps(rehearsal) == []
    for state in (SeasonState.CONFIRMED, SeasonState.PUBLISHED, SeasonState.CLOSED):
        refused = pytest.raises(IntegrityError, match="season_rehearsal_is_never_published")
        with refused, transaction.atomic():
            Season.objects.filter(pk=rehearsal.pk).update(state=state)


def test_rehearsal_changes_nothing_of_the_season_and_hands_nothing_out(closed):
    rehearsal = rehearse(closed, *TO_THE_END)
    run = rehearsal.runs.latest("number")

    assert code_of(RuleError, set_control_lines, rehearsal, {}, actor=closed.clerk) == (
        "admissions.rehearsal-ends"
    )
    assert code_of(RuleError, hand_out_results, run, actor=closed.clerk, reason="x") == (
        "admissions.rehearsal-ends"
    )
    assert code_of(RuleError, open_rehearsal, rehearsal, actor=closed.clerk) == (
        "admissions.rehearsal-ends"
    )
    assert code_of(RuleError, sign_step, rehearsal, actor=closed.lead) == (
        "admissions.no-step-waits"
    )


def test_only_a_closed_season_is_rehearsed(world):
    assert code_of(RuleError, open_rehearsal, world.season, actor=world.clerk) == (
        "admissions.wrong-state"
    )
    Season.objects.update(state=SeasonState.CLOSED)
    assert code_of(RuleError, open_rehearsal, world.again(), actor=world.clerk) == (
        "admissions.nothing-to-rehearse"
    )


def test_rehearsal_is_counted_nowhere(closed):
    Organisation.objects.update(region=make_region(current_pack().area, "重庆市"))
    before, of_today = counts(), counts(today())
    assert of_today["places_approved_count"].bound == Bound.EXACT
    assert before["junior_college_intake"].value == 3

    rehearse(closed, *TO_THE_END)

    assert (counts(), counts(today())) == (before, of_today)
    assert list(queries.seasons_visible_to(closed.clerk)) == [closed.again()]
    assert list(queries.all_seasons()) == [closed.again()]


def test_bureau_alone_sees_a_rehearsal_and_every_page_of_it_says_what_it_is(client, closed):
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(closed.clerk)
    opened = client.post(reverse("admissions:rehearse", args=[closed.season.uid]), follow=True)
    assert "Nothing on this page holds; it is counted nowhere." in opened.content.decode()
    rehearsal = Season.objects.latest("id")
    for arrow in TO_THE_END:
        client.post(reverse("admissions:take_step", args=[rehearsal.uid, arrow]))
        run_queued_jobs()
    run = rehearsal.runs.latest("number")
    pages = [
        rehearsal.get_absolute_url(), run.get_absolute_url(),
        *(reverse(f"admissions:{name}", args=[run.uid]) for name in ("changes", "statistics")),
    ]  # fmt: skip
    for page in pages:
        told = client.get(page).content.decode()
        assert "it is counted nowhere" in told
        assert "(rehearsal)" in told
    assert "(rehearsal)" in client.get(reverse("admissions:seasons")).content.decode()

    candidate, school = closed.candidate("2601"), closed.clerks["甲学院"]
    for person in (candidate.account, school, None):
        client.logout()
        if person:
            client.force_login(person)
        assert [client.get(page).status_code for page in pages[:2]] == [404, 404]
        assert "(rehearsal)" not in client.get(reverse("admissions:seasons")).content.decode()
    client.logout()
    client.force_login(candidate.account)
    mine = client.get(reverse("admissions:own_season", args=[candidate.uid])).content.decode()
    assert "A1" in mine
    assert "(rehearsal)" not in mine


def test_open_api_knows_no_rehearsal(client, closed):
    rehearsal = rehearse(closed, *TO_THE_END)

    listed = client.get("/api/v1/admissions").json()["items"]
    assert [one["uid"] for one in listed] == [str(closed.season.uid)]
    assert client.get(f"/api/v1/admissions/{rehearsal.uid}").status_code == 404
    with pytest.raises(MissingError):
        queries.open_run(rehearsal.runs.latest("number").uid)


def test_rehearsal_of_a_season_by_lot_draws_by_the_seed_of_then(
    world, settings, tmp_path, monkeypatch
):
    take_pack(settings, tmp_path, by_lot=ALL)
    monkeypatch.setitem(factories.MARKS, "2604", factories.MARKS["2603"])
    play_until(world, Arrow.PUBLISH)
    Season.objects.update(appeals_until=timezone.now().date() - timedelta(days=3))
    world.step(Arrow.CLOSE)

    run = rehearse(world, *TO_THE_END).runs.latest("number")

    assert LotterySeed.objects.count() == 1
    assert run.moved == {"gained": 0, "lost": 0, "other": 0}
    assert Result.objects.filter(run=run, line__code="C1").count() == 1
