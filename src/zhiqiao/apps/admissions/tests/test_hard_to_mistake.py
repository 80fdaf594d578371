"""What one person cannot do alone, and what is refused rather than half done."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.admissions.actions import (
    Adjustment,
    Marked,
    Wanted,
    adjust_places,
    ask_step,
    enter_scores,
    extend_window,
    refuse_step,
    save_request,
    set_window,
    sign_step,
    window_end,
)
from zhiqiao.apps.admissions.choices import Arrow, RequestState
from zhiqiao.apps.admissions.models import ChoiceList, ScoreSheet
from zhiqiao.apps.admissions.tests.factories import (
    CHOICE_CODE,
    approve_all,
    open_choosing,
)
from zhiqiao.apps.people.actions import merge_people
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.errors import InputError, RefusedError, RuleError

pytestmark = pytest.mark.django_db


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


@pytest.mark.parametrize(("one", "other"), [("first", "second"), ("second", "first")])
def test_nobody_gives_both_entries_of_a_candidate(world, one, other):
    row = Marked("2601", {"theory": Decimal(180)})
    enter_scores(world.season, [row], entry=one, actor=world.clerk)
    assert code_of(
        RuleError, enter_scores, world.season, [row], entry=other, actor=world.clerk
    ) == ("admissions.entered-by-one")
    enter_scores(world.season, [row], entry=one, actor=world.clerk)
    enter_scores(world.season, [row], entry=other, actor=world.lead)

    sheet = ScoreSheet.objects.get()
    assert {sheet.first_by, sheet.second_by} == {world.clerk, world.lead}
    assert sheet.marks == {"theory": "180"}


def test_two_candidates_of_one_season_are_not_joined(world):
    one, two = world.candidate("2601").person, world.candidate("2602").person
    assert code_of(RuleError, merge_people, one, two, actor=world.clerk, reason="错") == (
        "people.other-names"
    )
    two.name = one.name
    two.save(update_fields=["name"])
    assert code_of(RuleError, merge_people, one, two, actor=world.clerk, reason="错") == (
        "admissions.candidate-twice"
    )
    two.refresh_from_db()
    assert two.merged_into is None


@pytest.mark.parametrize("given", ["-5", "x", "99999999999", "1.5", "²", ""])
def test_plan_with_one_bad_number_approves_nothing(client, world, given):
    client.force_login(world.clerk)
    client.cookies["zhiqiao_language"] = "en"
    places = {f"places-{line.pk}": "1" for line in world.lines.values()}
    places[f"places-{world.lines['B1'].pk}"] = given
    page = reverse("admissions:approve_proposal", args=[world.season.uid])

    answer = client.post(page, {**places, "approval": "文"}, follow=True)

    assert "is no number of places for B1; nothing was approved" in answer.content.decode()
    for line in world.lines.values():
        line.refresh_from_db()
        assert line.state == RequestState.SUBMITTED


def test_plan_that_is_not_of_the_present_requests_approves_nothing(client, world):
    client.force_login(world.clerk)
    client.cookies["zhiqiao_language"] = "en"
    first, *_rest = world.lines.values()
    page = reverse("admissions:approve_proposal", args=[world.season.uid])
    client.post(page, {f"places-{first.pk}": "1", "approval": "文"})
    places = {f"places-{line.pk}": "1" for line in world.lines.values()}

    answer = client.post(page, {**places, "approval": "文"}, follow=True)

    assert "1 of the requests are not under review any more" in answer.content.decode()
    assert client.post(page, {"places-999999": "1", "approval": "文"}).status_code == 404


def test_places_do_not_change_between_asking_and_signing(world):
    approve_all(world)
    ask_step(world.season, Arrow.FREEZE_PLACES, actor=world.clerk)
    more = Adjustment(number=1, to_line=world.lines["B1"], approval="纪要", rule="x")
    assert code_of(RuleError, adjust_places, world.season, more, actor=world.clerk) == (
        "admissions.step-waits"
    )
    refuse_step(world.season, actor=world.lead, reason="再看")
    adjust_places(world.season, more, actor=world.clerk)
    asked = ask_step(world.season, Arrow.FREEZE_PLACES, actor=world.clerk)
    type(asked).objects.filter(pk=asked.pk).update(digest="another")
    assert code_of(RuleError, sign_step, world.season, actor=world.lead) == (
        "admissions.changed-since-asked"
    )


def test_only_a_lead_changes_frozen_places(world):
    approve_all(world)
    world.step(Arrow.FREEZE_PLACES)
    more = Adjustment(number=1, to_line=world.lines["B1"], approval="纪要", rule="x")
    assert code_of(RefusedError, adjust_places, world.season, more, actor=world.clerk) == (
        "admissions.lead-needed"
    )
    adjust_places(world.season, more, actor=world.lead)


def test_a_programme_gives_no_places_to_itself(client, world):
    approve_all(world)
    client.force_login(world.clerk)
    client.cookies["zhiqiao_language"] = "en"
    given = {"direction": "move", "target": "B1", "number": "1", "approval": "纪要", "rule": "x"}

    answer = client.post(reverse("admissions:adjust_line", args=[world.lines["B1"].uid]), given)

    assert answer.status_code == 422
    assert "cannot give places to itself" in answer.content.decode()
    answer = client.post(
        reverse("admissions:adjust_line", args=[world.lines["B1"].uid]), given | {"target": "ZZ"}
    )
    assert "no programme with the code “ZZ”" in answer.content.decode()


def test_step_that_is_none_is_missing(client, world):
    client.force_login(world.clerk)
    page = reverse("admissions:take_step", args=[world.season.uid, "nonsense"])
    assert client.post(page).status_code == 404


def test_smallest_class_is_not_above_the_places_asked_for(world):
    wanted = Wanted(
        school=world.colleges["甲学院"].pk, code="B9", major="护理", batch="college",
        exam_type="secondary", category="nursing", requested=10, minimum=50,
    )  # fmt: skip
    assert code_of(RuleError, save_request, world.season, wanted, actor=world.clerk) == (
        "admissions.class-too-large"
    )


def test_a_list_that_was_tampered_with_is_not_saved(client, world):
    open_choosing(world)
    client.force_login(world.sign_in("2601"))
    client.cookies["zhiqiao_language"] = "en"
    page = reverse("admissions:choose", args=[world.candidate("2601").uid])
    lines = [str(world.lines["B1"].uid), "3f2504e0-4f89-41d3-9a0c-0305e82c3301"]

    answer = client.post(
        page, {"line": lines, "save": "1", "version": "0", "choice_code": CHOICE_CODE}
    )

    assert answer.status_code == 422
    assert "1 programmes of the list are not open to you" in answer.content.decode()
    assert not ChoiceList.objects.exists()


def test_mistaken_extension_is_taken_back_by_a_later_one(world):
    open_choosing(world)
    season, region = world.again(), make_region("500101", "万州区")
    type(world.candidate("2601")).objects.filter(number="2601").update(region=region)
    far = season.choices_until + timedelta(days=300)
    extend_window(season, region=region.pk, until=far, actor=world.clerk, reason="洪水")
    assert window_end(world.candidate("2601")) == far
    early = season.choices_until - timedelta(minutes=1)
    assert code_of(
        InputError,
        extend_window,
        season,
        region=region.pk,
        until=early,
        actor=world.clerk,
        reason="误",
    ) == ("admissions.extension-early")

    end = season.choices_until
    extend_window(season, region=region.pk, until=end, actor=world.clerk, reason="误录")

    assert window_end(world.candidate("2601")) == end


def test_window_that_is_over_before_it_opens_is_refused(world):
    now = timezone.now()
    assert code_of(
        InputError, set_window, world.season, choices_from=now - timedelta(days=9),
        choices_until=now - timedelta(days=8), actor=world.clerk,
    ) == ("admissions.window-past")  # fmt: skip
