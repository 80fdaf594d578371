"""Choices for somebody who cannot enter them: two persons, a signed form, and the candidate told."""

from io import BytesIO

import pytest

from zhiqiao.apps.admissions.actions import (
    ask_assisted,
    confirm_assisted,
    lock_choices,
    refuse_assisted,
)
from zhiqiao.apps.admissions.models import AssistedChoices, ChoiceChange, ChoiceList
from zhiqiao.apps.admissions.queries import assisted_of, candidate_with_number, lines_with_codes
from zhiqiao.apps.admissions.tests.factories import CHOICE_CODE, open_choosing
from zhiqiao.core.errors import InputError, RefusedError, RuleError

pytestmark = pytest.mark.django_db
# The one form of the page that is sent to its own address.
CONFIRMING = '<form method="post"><input'


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def ask(world, number="2604", codes=("C1", "B1")):
    keys = [world.lines[code].pk for code in codes]
    return ask_assisted(
        world.candidate(number), keys, form="表2026-7", why="视力障碍", actor=world.clerk
    )


def test_list_counts_only_after_a_second_person_confirmed_it(world):
    open_choosing(world)
    asked = ask(world)

    assert not ChoiceList.objects.filter(lines__len__gt=0).exists()
    held = confirm_assisted(asked, actor=world.lead)
    assert held.lines == [world.lines["C1"].pk, world.lines["B1"].pk]
    assert (held.made, held.locked_at is not None) == ("assisted", True)
    change = ChoiceChange.objects.get()
    assert (change.made_by, change.second, change.form) == (world.clerk, world.lead, "表2026-7")


def test_who_wrote_the_list_in_does_not_confirm_it(world):
    open_choosing(world)
    asked = ask(world)

    code = code_of(RefusedError, confirm_assisted, asked, actor=world.clerk)
    assert code == "admissions.two-persons"
    assert AssistedChoices.objects.get().ended_at is None


@pytest.mark.parametrize("school", ["甲学院", "乙学院"])
def test_school_clerk_neither_writes_in_nor_confirms_nor_refuses(world, school):
    open_choosing(world)
    clerk, one = world.clerks[school], world.candidate("2604")
    keys = [world.lines["C1"].pk]

    asked = ask(world)
    found = {
        code_of(RefusedError, ask_assisted, one, keys, form="表", why="x", actor=clerk),
        code_of(RefusedError, confirm_assisted, asked, actor=clerk),
        code_of(RefusedError, refuse_assisted, asked, reason="x", actor=clerk),
    }
    assert found <= {"admissions.not-yours", "admissions.two-persons"}
    assert not ChoiceChange.objects.exists()


def test_one_assistance_waits_and_a_refused_one_changes_nothing(world):
    open_choosing(world)
    world.choose("2604", "B1", lock=False)
    asked = ask(world)

    assert code_of(RuleError, ask, world) == "admissions.assistance-waits"
    refuse_assisted(asked, reason="签名不符", actor=world.lead)
    assert ChoiceList.objects.get().lines == [world.lines["B1"].pk]
    again = code_of(RuleError, confirm_assisted, asked, actor=world.lead)
    assert again == "admissions.no-assistance-waits"
    assert ask(world).ended_at is None


def test_assistance_never_overrides_what_the_candidate_locked(world):
    open_choosing(world)
    asked = ask(world)
    world.choose("2604", "B1")

    assert code_of(RuleError, confirm_assisted, asked, actor=world.lead) == (
        "admissions.choices-locked"
    )
    assert ChoiceList.objects.get().lines == [world.lines["B1"].pk]


def test_candidate_changes_nothing_after_the_confirmation(world):
    open_choosing(world)
    user = world.sign_in("2604")
    held = confirm_assisted(ask(world), actor=world.lead)

    code = code_of(
        RuleError, lock_choices, world.candidate("2604"), version=held.version,
        choice_code=CHOICE_CODE, actor=user,
    )  # fmt: skip
    assert code == "admissions.choices-locked"


def test_numbers_and_codes_of_the_form_are_found_or_named(world):
    open_choosing(world)

    assert lines_with_codes(world.season, ["C1", "A1"]) == [
        world.lines["C1"].pk, world.lines["A1"].pk,
    ]  # fmt: skip
    with pytest.raises(InputError, match="X9"):
        lines_with_codes(world.season, ["C1", "X9"])
    assert code_of(InputError, candidate_with_number, world.clerk, world.season, "9999") == (
        "admissions.candidate-not-there"
    )


def test_pages_show_list_and_form_side_by_side_and_tell_the_candidate(world, client):
    open_choosing(world)
    user = world.sign_in("2604")
    scan = BytesIO(b"%PDF-1.7 form")
    scan.name = "form.pdf"
    client.force_login(world.clerk)
    sent = client.post(
        f"/admissions/{world.season.uid}/assisted/new/",
        {
            "number": "2604",
            "codes": "C1\nB1\n",
            "form": "表2026-7",
            "why": "视力障碍",
            "scan": scan,
        },
    )
    assert sent.status_code == 302
    asked = AssistedChoices.objects.get()
    own = client.get(f"/assisted/{asked.uid}/").content.decode()
    assert CONFIRMING not in own
    client.force_login(world.lead)
    page = client.get(f"/assisted/{asked.uid}/").content.decode()
    assert CONFIRMING in page
    shown = ("<strong>C1</strong>", "<strong>B1</strong>", "表2026-7", "form.pdf")
    assert sorted(page.index(words) for words in shown) == [page.index(words) for words in shown]
    client.post(f"/assisted/{asked.uid}/")

    client.force_login(user)
    told = client.get(f"/my-admission/{world.candidate('2604').uid}/").content.decode()
    for words in (world.clerk.name, world.lead.name, "表2026-7"):
        assert words in told
    form = client.get(f"/assisted/{asked.uid}/form/")
    assert b"".join(form.streaming_content) == b"%PDF-1.7 form"
    assert assisted_of(world.clerk, world.candidate("2604")) == []


def test_another_candidate_does_not_get_the_form(world, client):
    open_choosing(world)
    asked = ask(world)
    client.force_login(world.sign_in("2603"))

    assert client.get(f"/assisted/{asked.uid}/form/").status_code == 404
