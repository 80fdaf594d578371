"""What a candidate does on a phone: open the account, choose, lock, read the result."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.admissions.actions import (
    activate,
    ask_assisted,
    confirm_assisted,
    extend_window,
    issue_code,
    pause_choices,
    save_choices,
    set_window,
    window_end,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Answer, Candidate, ChoiceChange, ChoiceList, Run, Season
from zhiqiao.apps.admissions.tests.factories import (
    CHOICE_CODE,
    PASSWORD,
    end_window,
    open_choosing,
    play_until,
)
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.signing import public_key

pytestmark = pytest.mark.django_db
FIRST = "admissions:activate"
VERIFIER = Path(__file__).parents[5] / "verifier" / "zhiqiao_verify.py"


def sent(number, code, **more):
    return {
        "number": number,
        "code": code,
        "password": PASSWORD,
        "choice_code": CHOICE_CODE,
        **more,
    }


def test_candidate_opens_the_account_with_number_and_code(client, world):
    issued = issue_code(world.candidate("2601"), actor=world.clerk)

    answer = client.post(reverse(FIRST), sent("2601", issued.code))

    assert answer.status_code == 302
    candidate = world.candidate("2601")
    assert candidate.account.login == "2026-2601"
    assert candidate.person.account == candidate.account
    home = client.get(reverse("admissions:own"), follow=True)
    assert "2601" in home.content.decode()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"code": "wrongwrong23"}, "Number and code do not fit"),
        ({"number": "9999"}, "Number and code do not fit"),
        ({"choice_code": "123"}, "A choice code has six"),
        ({"choice_code": ""}, "A choice code has six"),
        ({"password": "123"}, ""),
    ],
)
def test_wrong_entry_opens_nothing(client, world, change, word):
    issued = issue_code(world.candidate("2601"), actor=world.clerk)
    client.cookies["zhiqiao_language"] = "en"

    answer = client.post(reverse(FIRST), sent("2601", issued.code) | change)

    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert world.candidate("2601").account is None


def test_code_works_once(client, world):
    issued = issue_code(world.candidate("2601"), actor=world.clerk)
    client.post(reverse(FIRST), sent("2601", issued.code))
    client.logout()

    assert client.post(reverse(FIRST), sent("2601", issued.code)).status_code == 422


def test_reset_by_the_school_has_no_power_over_choices(world):
    open_choosing(world)
    user = world.choose("2601", "B1", lock=False)
    issued = issue_code(world.candidate("2601"), actor=world.clerk)
    activate("2601", issued.code, password="another-long-password-1", choice_code="stolen1")

    with pytest.raises(RefusedError) as refused:
        save_choices(world.candidate("2601"), [], version=1, choice_code="stolen1", actor=user)
    assert refused.value.code == "admissions.choice-code-wrong"
    assert ChoiceList.objects.get(candidate__number="2601").lines == [world.lines["B1"].pk]


def test_nobody_else_saves_choices(world):
    open_choosing(world)
    world.sign_in("2601")
    one = world.candidate("2601")

    for actor in (world.clerk, world.lead, world.clerks["甲学院"], None, world.sign_in("2602")):
        with pytest.raises(RefusedError) as refused:
            save_choices(one, [], version=0, choice_code=CHOICE_CODE, actor=actor)
        assert refused.value.code == "admissions.choices-not-yours"


def choosing(client, world, number="2602"):
    client.force_login(world.sign_in(number))
    return reverse("admissions:choose", args=[world.candidate(number).uid])


def shown(answer):
    """Return the programmes of the list on the page, in order."""
    draft = answer.context["draft"]
    return list(draft.keys)


def test_list_is_made_on_the_page_and_counts_once_saved(client, world):
    open_choosing(world)
    address = choosing(client, world)
    b, c = world.lines["B1"], world.lines["C1"]

    found = client.post(address, {"q": "计算机", "search": "1"})
    assert {row.line.code for row in found.context["found"]} == {"A1", "B1", "C1"}
    one = client.post(address, {"add": str(b.uid)})
    two = client.post(address, {"line": [str(b.uid)], "add": str(c.uid)})
    swapped = client.post(address, {"line": [str(b.uid), str(c.uid)], "up": "2"})
    less = client.post(address, {"line": [str(c.uid), str(b.uid)], "remove": "2"})

    assert (shown(one), shown(two)) == ([b.pk], [b.pk, c.pk])
    assert (shown(swapped), shown(less)) == ([c.pk, b.pk], [c.pk])
    assert not ChoiceList.objects.exists()
    listed = {"line": [str(c.uid), str(b.uid)], "save": "1", "version": "0"}
    wrong = client.post(address, listed | {"choice_code": "nonsense"})
    assert wrong.status_code == 422
    assert client.post(address, listed | {"choice_code": CHOICE_CODE}).status_code == 302
    assert ChoiceList.objects.get().lines == [c.pk, b.pk]
    again = client.post(address, listed | {"choice_code": CHOICE_CODE})
    assert again.status_code == 422
    assert ChoiceChange.objects.count() == 1


def test_page_adds_nothing_that_is_not_open_to_the_candidate(client, world):
    open_choosing(world)
    address = choosing(client, world)
    Candidate.objects.filter(number="2602").update(category="nursing")

    answer = client.post(address, {"add": str(world.lines["B1"].uid), "line": ["x", "y"]})

    assert answer.status_code == 200
    assert shown(answer) == []


def test_action_refuses_what_the_page_would_not_offer(world):
    open_choosing(world)
    user = world.sign_in("2601")
    one, b = world.candidate("2601"), world.lines["B1"].pk
    Candidate.objects.filter(number="2602").update(category="nursing")
    world.sign_in("2602")
    two = world.candidate("2602")

    def refusal(candidate, keys, actor):
        with pytest.raises((InputError, RuleError)) as refused:
            save_choices(candidate, keys, version=0, choice_code=CHOICE_CODE, actor=actor)
        return refused.value.code

    assert refusal(one, [b, b], user) == "admissions.choice-twice"
    assert refusal(two, [b], two.account) == "admissions.not-open-to-you"
    Candidate.objects.filter(number="2601").update(eligibility="ineligible", reason="学籍不符")
    assert refusal(world.candidate("2601"), [b], user) == "admissions.not-eligible"


def test_locked_list_has_a_receipt_and_never_changes(client, world):
    open_choosing(world)
    address = choosing(client, world)
    save = {"line": [str(world.lines["C1"].uid)], "save": "1", "version": "0"}
    client.post(address, save | {"choice_code": CHOICE_CODE})
    lock = reverse("admissions:lock", args=[world.candidate("2602").uid])

    assert client.post(lock, {"version": "1", "choice_code": "nonsense"}).status_code == 422
    assert client.post(lock, {"version": "1", "choice_code": CHOICE_CODE}).status_code == 302
    held = ChoiceList.objects.get()
    assert len(held.receipt) == 64
    assert world.candidate("2602").locked_round == 0
    page = client.get(reverse("admissions:own_season", args=[world.candidate("2602").uid]))
    assert held.receipt in page.content.decode()
    late = client.post(address, save | {"version": "2", "choice_code": CHOICE_CODE})
    assert late.status_code == 422
    assert ChoiceList.objects.get().lines == [world.lines["C1"].pk]


def test_after_the_window_nothing_is_saved(client, world):
    open_choosing(world)
    address = choosing(client, world)
    end_window(world)

    save = {"line": [str(world.lines["C1"].uid)], "save": "1", "version": "0"}
    answer = client.post(address, save | {"choice_code": CHOICE_CODE})

    assert answer.status_code == 422
    assert not ChoiceList.objects.exists()


def test_assisted_list_needs_two_persons_and_is_shown_to_the_candidate(world):
    open_choosing(world)
    user = world.sign_in("2604")
    keys = [world.lines["C1"].pk]
    asked = ask_assisted(
        world.candidate("2604"), keys, form="表 7", why="视力障碍", actor=world.clerk
    )

    with pytest.raises(RefusedError):
        confirm_assisted(asked, actor=world.clerk)
    with pytest.raises(RefusedError):
        ask_assisted(
            world.candidate("2603"), keys, form="表", why="x", actor=world.clerks["甲学院"]
        )
    assert not ChoiceList.objects.exists()
    confirm_assisted(asked, actor=world.lead)
    change = ChoiceChange.objects.get()
    assert (change.made_by, change.second, change.form) == (world.clerk, world.lead, "表 7")
    assert change.candidate.account == user


def test_result_page_tells_reason_offer_and_how_to_appeal(client, world):
    play_until(world, Arrow.PUBLISH)
    two = world.candidate("2602")
    client.force_login(two.account)
    client.cookies["zhiqiao_language"] = "en"

    page = client.get(reverse("admissions:own_season", args=[two.uid])).content.decode()

    assert "云岭甲学院" in page
    assert (
        "is below that of the last one admitted, 690: -30. In its ranking you stand 1 place behind the last one admitted. More than 690 would have brought you this or a better choice."
        in page
    )
    assert "You are admitted here" in page
    answer = reverse("admissions:answer", args=[two.uid])
    assert client.post(answer, {"says": "accepted"}).status_code == 302
    assert client.post(answer, {"says": "declined"}).status_code == 422
    assert Answer.objects.get().says == "accepted"
    appeal = reverse("admissions:appeal", args=[two.uid])
    assert client.post(appeal, {"text": "请复核"}).status_code == 302


def test_day_of_results_asks_the_database_a_fixed_number_of_times(
    client, world, django_assert_num_queries
):
    play_until(world, Arrow.PUBLISH)
    two = world.candidate("2602")
    client.force_login(two.account)
    address = reverse("admissions:own_season", args=[two.uid])
    client.get(address)

    with django_assert_num_queries(4):  # session, account, roles, and all of the result
        page = client.get(address).content.decode()

    assert reverse("admissions:own_file", args=[two.uid]) in page


def test_scores_choices_and_their_history_stay_on_file_beside_the_result(client, world):
    play_until(world, Arrow.PUBLISH)
    one, two = world.candidate("2601"), world.candidate("2602")
    client.force_login(two.account)
    client.cookies["zhiqiao_language"] = "en"

    page = client.get(reverse("admissions:own_file", args=[two.uid]))

    told = page.content.decode()
    assert "660" in told
    assert ChoiceList.objects.get(candidate=two).receipt in told
    assert reverse("admissions:own_season", args=[two.uid]) in told
    assert client.get(reverse("admissions:own_file", args=[one.uid])).status_code == 404


def test_who_has_no_place_chooses_anew_beside_the_result(client, world):
    play_until(world, Arrow.PUBLISH)
    world.step(Arrow.OPEN_SUPPLEMENTARY)
    four = world.candidate("2604")
    client.force_login(four.account)
    client.cookies["zhiqiao_language"] = "en"
    own = reverse("admissions:own_season", args=[four.uid])

    told = client.get(own).content.decode()

    assert "None of your choices led to a place" in told
    assert "It is not said from when until when candidates may choose." in told
    assert reverse("admissions:choose", args=[four.uid]) not in told

    now = timezone.now()
    set_window(
        world.season, choices_from=now - timedelta(hours=1), choices_until=now + timedelta(days=1),
        actor=world.clerk, reason="补录",
    )  # fmt: skip
    assert reverse("admissions:choose", args=[four.uid]) in client.get(own).content.decode()
    pause_choices(world.season, paused=True, actor=world.clerk, reason="断网")
    paused = client.get(own).content.decode()
    assert reverse("admissions:choose", args=[four.uid]) not in paused
    assert "paused" in paused


def test_result_is_nobody_elses_before_and_after_publication(client, world):
    play_until(world, Arrow.CONFIRM)
    one, two = world.candidate("2601"), world.candidate("2602")
    client.force_login(one.account)

    own = client.get(reverse("admissions:own_season", args=[one.uid])).content.decode()
    assert "admissions/own_season.html" not in own
    assert client.get(reverse("admissions:own_season", args=[two.uid])).status_code == 404
    assert "A1 计算机" in own  # the own choice
    assert client.get(reverse("admissions:leaf", args=[one.uid])).status_code == 404
    run = Run.objects.order_by("-number").first()
    assert client.get(reverse("admissions:run", args=[run.uid])).status_code == 404


def verified(folder, leaf, *more):
    """Run the public verifier as anybody would, on what was downloaded."""
    (folder / "my-leaf.json").write_text(json.dumps(leaf), encoding="utf-8")
    files = [str(folder / name) for name in ("bundle.json", "leaves.txt", "my-leaf.json")]
    command = [sys.executable, "-I", "-S", str(VERIFIER), "leaf", *files, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0  # noqa: S603 - our own file


def test_own_leaf_is_found_among_the_published_ones_by_the_public_verifier(client, world, tmp_path):
    play_until(world, Arrow.PUBLISH)
    three = world.candidate("2603")
    client.force_login(three.account)

    leaf = client.get(reverse("admissions:leaf", args=[three.uid])).json()

    run = Run.objects.order_by("-number").first()
    for name, page in (("leaves.txt", "leaves"), ("bundle.json", "bundle")):
        content = client.get(reverse(f"admissions:{page}", args=[run.uid])).content
        (tmp_path / name).write_bytes(content)
    assert verified(tmp_path, leaf, "--key", public_key(), "--own", "C1=630", "--own", "B1=1")
    assert not verified(tmp_path, leaf, "--key", "00" * 32)
    other = {**leaf, "content": leaf["content"].replace("C1", "A1")}
    assert not verified(tmp_path, other)


def test_school_of_origin_sees_neither_scores_nor_choices(client, world):
    play_until(world, Arrow.PUBLISH)
    teacher = make_member(Role.SCHOOL_CLERK, login="teacher", organisation=world.origin)
    client.force_login(teacher)
    one = world.candidate("2601")

    page = client.get(reverse("admissions:candidate", args=[one.uid])).content.decode()

    assert "2601" in page
    for secret in ("690", "280", "A1", "B1"):
        assert f">{secret}<" not in page
    assert client.get(reverse("admissions:own_season", args=[one.uid])).status_code == 404


def test_window_of_the_district_holds_for_its_candidates(world):
    open_choosing(world)
    city = make_region("500000", "重庆市")
    region = make_region("500101", "万州区", parent=city)
    Candidate.objects.filter(number="2601").update(region=region)
    until = timezone.now() + timedelta(days=2)
    extend_window(world.again(), region=region.pk, until=until, actor=world.clerk, reason="暴雨")

    assert window_end(world.candidate("2601")) == until
    assert window_end(world.candidate("2602")) == Season.objects.get().choices_until
