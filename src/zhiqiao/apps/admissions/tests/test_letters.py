"""Letters of admission: issued in one go, checked by their code, and withdrawn when they no longer hold."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from zhiqiao.apps.admissions.actions import (
    answer_appeal,
    answer_offer,
    correct_scores,
    file_appeal,
    issue_letters,
    withdraw_letter,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.engine_io import letters as typesetting
from zhiqiao.apps.admissions.models import Letter
from zhiqiao.apps.admissions.queries import letter_of_code, letter_words, letters_visible_to
from zhiqiao.apps.admissions.queries.letters import masked
from zhiqiao.apps.admissions.tests.factories import play_until, told_on
from zhiqiao.core.errors import MissingError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def numbers():
    rows = Letter.objects.filter(withdrawn_at=None)
    return dict(rows.values_list("candidate__number", "number"))


def test_letters_go_to_all_who_are_admitted_and_did_not_decline(world):
    play_until(world, Arrow.PUBLISH)
    one = world.candidate("2605")
    answer_offer(one, says="declined", actor=one.account)

    issue_letters(world.again(), actor=world.clerk)
    assert numbers() == {"2601": "2026-A1-001", "2602": "2026-B1-001", "2603": "2026-C1-001"}
    assert issue_letters(world.again(), actor=world.clerk) == []


def test_school_issues_its_own_letters_and_no_others(world):
    play_until(world, Arrow.PUBLISH)
    own, other = world.colleges["甲学院"].pk, world.colleges["乙学院"].pk
    clerk = world.clerks["甲学院"]

    issue_letters(world.again(), schools=[own], actor=clerk)
    assert set(numbers()) == {"2602", "2605"}
    for schools in ([own, other], None):
        code = code_of(RefusedError, issue_letters, world.again(), schools=schools, actor=clerk)
        assert code == "admissions.not-yours"
    assert not letters_visible_to(world.clerks["乙学院"], world.season).exists()


def test_no_letter_before_publication(world):
    play_until(world, Arrow.CONFIRM)

    code = code_of(RuleError, issue_letters, world.again(), actor=world.clerk)
    assert code == "admissions.wrong-state"


def test_code_tells_school_major_and_a_masked_name_and_nothing_else(world, client):
    play_until(world, Arrow.PUBLISH)
    issue_letters(world.again(), actor=world.clerk)
    letter = Letter.objects.get(candidate__number="2601")

    text = told_on(client.get(f"/admissions/letters/{letter.code}/"))
    for told in ("2026-A1-001", "云岭职业大学", "计算机应用技术", "云****"):
        assert told in text
    person = letter.candidate.person
    for hidden in (person.name, person.identity_hint, "690"):
        assert hidden not in text
    assert not re.search(r"\b2601\b", text)
    assert len(letter.code) == 32
    assert client.get(f"/admissions/letters/{letter.code[:-1]}/").status_code == 404


def test_unknown_code_is_told_apart_from_a_withdrawn_letter(world):
    play_until(world, Arrow.PUBLISH)
    issue_letters(world.again(), actor=world.clerk)
    one = world.candidate("2603")
    code = Letter.objects.get(candidate=one).code
    assert letter_of_code(code).is_genuine

    answer_offer(one, says="declined", actor=one.account)
    assert not letter_of_code(code).is_genuine
    assert code_of(MissingError, letter_of_code, "x" * 32) == "admissions.letter-unknown"


def test_correction_withdraws_the_letters_of_whom_it_moves(world):
    play_until(world, Arrow.PUBLISH)
    issue_letters(world.again(), actor=world.clerk)
    four = world.candidate("2604")
    appeal = file_appeal(four, text="少录50分", actor=four.account)
    appeal = answer_appeal(appeal, upheld=True, answer="属实", actor=world.clerk)
    correct_scores(appeal, {"practice": 250}, actor=world.clerk, reason="属实")
    for arrow in (Arrow.CORRECT, Arrow.CONFIRM, Arrow.PUBLISH):
        world.step(arrow)

    # 2604 takes C1 from 2603, who takes B1 from 2605.
    assert set(numbers()) == {"2601", "2602"}
    issue_letters(world.again(), actor=world.clerk)
    assert numbers() == {
        "2601": "2026-A1-001", "2602": "2026-B1-001", "2603": "2026-B1-003", "2604": "2026-C1-002",
    }  # fmt: skip


def test_candidate_school_and_bureau_print_the_letter_and_nobody_else(world, client):
    play_until(world, Arrow.PUBLISH)
    issue_letters(world.again(), actor=world.clerk)
    letter = Letter.objects.get(candidate__number="2601")
    readers = (world.clerk, world.clerks["职业大学"], letter.candidate.account)
    strangers = (world.clerks["甲学院"], world.candidate("2602").account)

    for user in readers:
        client.force_login(user)
        page = client.get(f"/letters/{letter.uid}/").content.decode()
        assert "云2601" in page
        assert "<svg width=" in page
        assert f"/admissions/letters/{letter.code}/" in page
        assert letter.candidate.person.identity_hint not in page
    for user in strangers:
        client.force_login(user)
        assert client.get(f"/letters/{letter.uid}/").status_code == 404


def test_pdf_is_made_with_its_font_or_refused_in_words(world, client, monkeypatch):
    play_until(world, Arrow.PUBLISH)
    issue_letters(world.again(), actor=world.clerk)
    letter = Letter.objects.get(candidate__number="2601")
    client.force_login(letter.candidate.account)

    monkeypatch.setattr(typesetting, "fonts_here", tuple)
    assert client.get(f"/letters/{letter.uid}/letter.pdf").status_code == 409
    monkeypatch.undo()
    answer = client.get(f"/letters/{letter.uid}/letter.pdf")
    if not typesetting.fonts_here():
        pytest.skip("no font with Chinese characters on this machine")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    # PDF/A forbids a font that does not come along.
    assert b"pdfaid:part" in answer.content


def test_name_on_a_letter_is_never_read_as_markup(world):
    words = typesetting.LetterWords(
        language="zh", title="#panic()", school="*甲*", greeting="$x$", sentences=("= 标题",),
        facts=(("#set", "[a"),), day="2026", check="\\", address="https://x.example/", warning="",
    )  # fmt: skip
    if not typesetting.fonts_here():
        pytest.skip("no font with Chinese characters on this machine")
    assert typesetting.letter_pdf(words, issued_at=world.season.opened_at).startswith(b"%PDF-")


def test_withdrawn_letter_has_no_pdf(world, client):
    play_until(world, Arrow.PUBLISH)
    issue_letters(world.again(), actor=world.clerk)
    one = world.candidate("2601")
    answer_offer(one, says="declined", actor=one.account)
    client.force_login(one.account)

    letter = Letter.objects.get(candidate=one)
    assert client.get(f"/letters/{letter.uid}/letter.pdf").status_code == 409


def test_workbook_lists_the_numbers_of_the_school(world, client):
    play_until(world, Arrow.PUBLISH)
    client.force_login(world.clerks["甲学院"])
    client.post(f"/admissions/{world.season.uid}/letters/issue/")

    answer = client.get(f"/admissions/{world.season.uid}/letters/excel/")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = [tuple(row)[:3] for row in book.active.iter_rows(min_row=2, values_only=True)]
    assert rows == [("2026-B1-001", "2602", "云2602"), ("2026-B1-002", "2605", "云2605")]


def test_candidate_finds_the_letter_on_the_own_page(world, client):
    play_until(world, Arrow.PUBLISH)
    one = world.candidate("2601")
    client.force_login(one.account)
    address = f"/my-admission/{one.uid}/"
    assert "2026-A1-001" not in client.get(address).content.decode()

    issue_letters(world.again(), actor=world.clerk)
    assert "2026-A1-001" in client.get(address).content.decode()


def test_mask_keeps_the_first_character():
    assert [masked(name) for name in ("云", "云岭", "欧阳小明")] == ["云", "云*", "欧***"]


def test_list_of_letters_asks_as_often_for_three_as_for_one(
    world, client, django_assert_max_num_queries
):
    play_until(world, Arrow.PUBLISH)
    client.force_login(world.clerk)
    address = f"/admissions/{world.season.uid}/letters/"
    issue_letters(world.again(), schools=[world.colleges["职业大学"].pk], actor=world.clerk)
    client.get(address)
    with django_assert_max_num_queries(100) as one:
        client.get(address)
    issue_letters(world.again(), actor=world.clerk)
    with django_assert_max_num_queries(len(one)) as more:
        client.get(address)
    assert len(more) == len(one)


def test_letter_names_a_pathway_only_where_there_is_one(world):
    play_until(world, Arrow.PUBLISH)
    letter = issue_letters(world.again(), actor=world.clerk)[0]
    told = {}
    for pathway in ("direct", "three-four"):
        letter.line.pathway = pathway
        with override("en"):
            told[pathway] = dict(letter_words(letter, address="/").facts).get("Pathway")
    assert told == {"direct": None, "three-four": "3+4 secondary to bachelor"}


def test_school_withdraws_a_letter_by_hand_and_may_issue_another(client, world):
    play_until(world, Arrow.PUBLISH)
    school = world.clerks["乙学院"]
    (letter,) = issue_letters(world.again(), schools=[world.colleges["乙学院"].pk], actor=school)
    client.force_login(school)
    address = reverse("admissions:withdraw_letter", args=[letter.uid])
    assert address in client.get(letter.get_absolute_url()).content.decode()
    assert client.post(address, {"reason": " "}).status_code == 422

    assert client.post(address, {"reason": "姓名有误"}).status_code == 302

    letter.refresh_from_db()
    assert (letter.withdrawn_at is None, letter.why_withdrawn) == (False, "姓名有误")
    assert "姓名有误" in client.get(letter.get_absolute_url()).content.decode()
    told = client.get(reverse("admissions:verify_letter", args=[letter.code])).content.decode()
    assert "姓名有误" not in told
    entry = AuditEntry.objects.filter(verb="admissions.candidate.letter_withdrawn").get()
    assert (entry.reason, entry.actor) == ("姓名有误", school)
    again = issue_letters(world.again(), schools=[world.colleges["乙学院"].pk], actor=school)
    assert [one.number for one in again] == ["2026-C1-002"]
    with pytest.raises(RuleError):
        withdraw_letter(letter, actor=school, reason="再次")


def test_other_school_and_candidate_withdraw_no_letter(world):
    play_until(world, Arrow.PUBLISH)
    letter = issue_letters(world.again(), actor=world.clerk)[0]
    candidate = world.candidate(letter.candidate_number).account
    other = next(
        clerk for name, clerk in world.clerks.items()
        if world.colleges[name].pk != letter.line.school_id
    )  # fmt: skip
    for person in (other, candidate):
        with pytest.raises(RefusedError):
            withdraw_letter(letter, actor=person, reason="x")
