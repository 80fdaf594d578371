import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from zhiqiao.apps.projects import actions
from zhiqiao.apps.projects.actions.lists import read_complete_lists
from zhiqiao.apps.projects.models import Judgement, ListDeclaration, Recognition
from zhiqiao.apps.projects.tests import factories
from zhiqiao.core import revisions
from zhiqiao.core.audit import history_of
from zhiqiao.core.citations import cite
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.files import store

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return factories.person()


def correct(row, actor, *, reason="Misread", version=None, **changes):
    return actions.correct_recognition(
        row, actor=actor, changes=changes, reason=reason, version=version
    )


def code_of(raised):
    return raised.value.code


def test_correction_keeps_before_after_who_and_why(clerk):
    row = factories.recognition(level="municipal", partners=["一校"])
    before = revisions.number("plan")
    correct(row, clerk, level="national", partners=["一校", "二校"], announced="2023-05")
    entry = history_of(row).get()
    assert (entry.actor, entry.verb, entry.reason) == (
        clerk,
        "projects.recognition.corrected",
        "Misread",
    )
    assert (entry.before["level"], entry.after["level"]) == ("municipal", "national")
    assert (entry.before["partners"], entry.after["partners"]) == (["一校"], ["一校", "二校"])
    row.refresh_from_db()
    assert (row.announced_from, row.announced_to) == (date(2023, 5, 1), date(2023, 5, 31))
    assert row.version == 2
    assert revisions.number("plan") == before + 1


def test_correction_of_the_name_moves_its_search_words(clerk):
    row = factories.recognition(name="甲基地")
    correct(row, clerk, name="乙基地")
    row.refresh_from_db()
    assert "乙基" in row.search_text
    assert "甲基" not in row.search_text


def test_correction_of_an_older_version_is_refused(clerk):
    row = factories.recognition()
    correct(row, clerk, level="municipal", version=1)
    with pytest.raises(RuleError) as raised:
        correct(row, clerk, level="district", version=1)
    assert code_of(raised) == "projects.changed-meanwhile"
    row.refresh_from_db()
    assert row.level == "municipal"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "projects.nothing-changed"),
        ({"name": " "}, "projects.name-empty"),
        ({"level": "galactic"}, "projects.level-unknown"),
        ({"kind": "no-such"}, "projects.kind-unknown"),
        ({"announced": "2999"}, "projects.announced-in-future"),
        ({"valid_from": date(2021, 1, 1), "valid_to": date(2020, 1, 1)}, "projects.dates-reversed"),
        ({"state": "revoked"}, "projects.field-unknown"),
        ({"name": "乙"}, "projects.already-listed"),
    ],
)
def test_correction_that_breaks_a_rule_is_refused(clerk, changes, code):
    factories.recognition(name="乙")
    row = factories.recognition(name="甲")
    with pytest.raises(RuleError) as raised:
        correct(row, clerk, **changes)
    assert code_of(raised) == code
    row.refresh_from_db()
    assert (row.name, row.version) == ("甲", 1)


def test_correction_needs_a_readable_date(clerk):
    with pytest.raises(InputError):
        correct(factories.recognition(), clerk, announced="last May")


def test_change_without_a_reason_is_refused(clerk):
    with pytest.raises(RuleError) as raised:
        correct(factories.recognition(), clerk, level="municipal", reason="  ")
    assert code_of(raised) == "projects.reason-missing"


@pytest.mark.parametrize("role", [None, "school-clerk", "system-admin", "audit-admin"])
def test_only_bureau_staff_may_change_the_register(role):
    stranger = factories.person("stranger", role)
    row = factories.recognition(level="")
    with pytest.raises(RefusedError):
        correct(row, stranger, level="municipal")
    with pytest.raises(RefusedError):
        actions.state_level(row, level="national", actor=stranger, reason="So")
    with pytest.raises(RefusedError):
        actions.withdraw_recognition(row, actor=stranger, reason="So")
    assert Recognition.objects.get().level == ""


def test_revocation_ends_the_row_on_its_day(clerk):
    row = factories.recognition()
    ended = actions.revoke_recognition(
        row, actor=clerk, ended_on=date(2024, 3, 1), reason="Notice 9"
    )
    assert (ended.state, ended.ended_on) == ("revoked", date(2024, 3, 1))
    assert history_of(row).get().verb == "projects.recognition.revoked"
    with pytest.raises(RuleError) as raised:
        correct(row, clerk, level="municipal")
    assert code_of(raised) == "projects.not-recognised"


def test_revocation_in_the_future_is_refused(clerk):
    with pytest.raises(RuleError) as raised:
        actions.revoke_recognition(
            factories.recognition(), actor=clerk, ended_on=date(2999, 1, 1), reason="Notice 9"
        )
    assert code_of(raised) == "projects.revoked-in-future"


def test_withdrawn_row_makes_room_for_the_right_one(clerk):
    actions.withdraw_recognition(factories.recognition(), actor=clerk, reason="Twice")
    factories.recognition()
    assert sorted(Recognition.objects.values_list("state", flat=True)) == [
        "recognised",
        "withdrawn",
    ]


def test_matched_holder_keeps_the_printed_name(clerk):
    school = factories.organisation("重庆电子科技职业大学")
    row = factories.recognition(holder="重庆电子工程职业学院")
    actions.match_holder(row, organisation=school.pk, actor=clerk, reason="Renamed in 2024")
    row.refresh_from_db()
    assert (row.holder, row.holder_text) == (school, "重庆电子工程职业学院")


def test_missing_holder_is_filled_by_a_match(clerk):
    school = factories.organisation("一校")
    row = factories.recognition()
    actions.match_holder(row, organisation=school.pk, actor=clerk, reason="Told by phone")
    row.refresh_from_db()
    assert row.holder_text == "一校"


def test_unknown_organisation_cannot_hold(clerk):
    with pytest.raises(InputError):
        actions.match_holder(factories.recognition(), organisation=10**9, actor=clerk, reason="So")


def test_partners_are_matched_by_present_and_former_names(clerk):
    school = factories.organisation("一职大", former=["一学院"])
    row = factories.recognition()
    correct(row, clerk, partners=["一学院", "无名社"])
    assert list(row.partners.values_list("position", "text", "organisation")) == [
        (1, "一学院", school.pk),
        (2, "无名社", None),
    ]


def test_later_answer_replaces_the_earlier_one_and_both_are_kept(clerk):
    row = factories.recognition("intl-alliance", "联盟", level="")
    decide = actions.decide_judgement
    decide(row, "alliance-strengthened", answer=False, actor=clerk, reason="No rules seen")
    decide(row, "alliance-strengthened", answer=True, actor=clerk, reason="Rules of 2024 seen")
    assert Judgement.objects.get().answer is True
    assert [(entry.before, entry.after["answer"]) for entry in history_of(row)] == [
        ({"question": "alliance-strengthened", "answer": False}, True),
        (None, False),
    ]


def test_question_of_another_kind_is_refused(clerk):
    with pytest.raises(RuleError) as raised:
        actions.decide_judgement(
            factories.recognition(), "tier-park", answer=True, actor=clerk, reason="So"
        )
    assert code_of(raised) == "projects.question-unknown"


def test_system_never_judges():
    row = factories.recognition("intl-alliance", "联盟", level="")
    with pytest.raises(RefusedError) as raised:
        actions.decide_judgement(row, "alliance-strengthened", answer=True, actor=None, reason="So")
    assert code_of(raised) == "projects.person-needed"


def test_several_rows_get_one_answer_or_none(clerk):
    rows = [factories.recognition(name=f"基地{n}", level="") for n in range(3)]
    actions.state_level(rows[2], level="municipal", actor=clerk, reason="Notice 1")
    with pytest.raises(RuleError) as raised:
        actions.decide_several(rows, "level", answer="national", actor=clerk, reason="Notice 2")
    assert code_of(raised) == "projects.changed-meanwhile"
    actions.decide_several(rows[:2], "level", answer="national", actor=clerk, reason="Notice 2")
    assert list(Recognition.objects.order_by("id").values_list("level", flat=True)) == [
        "national",
        "national",
        "municipal",
    ]


def test_evidence_is_a_file_with_its_hash_or_a_page(clerk):
    row = factories.recognition()
    stored = store("notice.pdf", b"%PDF-1.7 notice", actor=clerk)
    actions.attach_file(row, file=stored, actor=clerk, reason="The notice")
    page = cite("通知", url="https://moe.gov.cn/1", url_trusted=True)
    actions.attach_citation(row, citation=page, actor=clerk, reason="The page")
    assert [(proof.file, proof.citation) for proof in row.evidence.all()] == [
        (stored, None),
        (None, page),
    ]
    with pytest.raises(RuleError) as raised:
        actions.attach_citation(row, citation=page, actor=clerk, reason="Again")
    assert code_of(raised) == "projects.evidence-listed"


def statement(**changes):
    values = {"state": "complete", "as_of": date(2026, 1, 1), "basis": "Notice 35"}
    return actions.Statement(**(values | changes))


def test_declaration_replaces_the_earlier_one(clerk):
    factories.recognition()
    actions.declare_list("vr-base", "500000", statement=statement(), actor=clerk)
    declared = actions.declare_list(
        "vr-base", "500000", statement=statement(state="partial", basis="Doubt"), actor=clerk
    )
    newest, first = history_of(declared)
    assert (newest.before, newest.after["basis"]) == (first.after, "Doubt")


def test_declaration_keeps_its_proof_as_long_as_it_rests_on_the_same_word(clerk):
    factories.recognition()
    page = factories.citation("Notice 35")
    actions.declare_list("vr-base", "500000", statement=statement(citation_id=page.pk), actor=clerk)

    later = statement(as_of=date(2026, 2, 1))
    assert actions.declare_list("vr-base", "500000", statement=later, actor=clerk).citation == page
    other = statement(basis="Hearsay", state="partial")
    assert actions.declare_list("vr-base", "500000", statement=other, actor=clerk).citation is None


def test_declaration_of_somebody_else_is_not_overwritten_unseen(clerk):
    factories.recognition()
    looked = timezone.now()
    actions.declare_list("vr-base", "500000", statement=statement(), actor=clerk)
    mine = statement(state="partial", basis="Mine")

    with pytest.raises(RuleError) as raised:
        actions.declare_list("vr-base", "500000", statement=mine, actor=clerk, seen_at=looked)

    assert code_of(raised) == "projects.changed-meanwhile"
    assert ListDeclaration.objects.get().basis == "Notice 35"


@pytest.mark.django_db(transaction=True)
def test_two_first_declarations_at_once_are_both_heard(clerk):
    factories.recognition()
    heard = []

    def declare(basis):
        try:
            said = statement(basis=basis, state="partial")
            heard.append(actions.declare_list("vr-base", "500000", statement=said, actor=clerk))
        finally:
            connection.close()

    both = [threading.Thread(target=declare, args=(basis,)) for basis in ("One", "Two")]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert len(heard) == 2
    assert ListDeclaration.objects.count() == 1


@pytest.mark.parametrize("total", ["about 10", "10.5", "\N{SUPERSCRIPT TWO}", "Notice 35"])
def test_total_that_cannot_be_read_is_refused(total):
    factories.region()
    with pytest.raises(InputError) as raised:
        read_complete_lists(f"vr-base, 500000, {total}, Notice 35")
    assert code_of(raised) == "projects.lists-unreadable"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"declared_total": 2}, "projects.total-contradicts"),
        ({"basis": " "}, "projects.reason-missing"),
        ({"as_of": date(2999, 1, 1)}, "projects.declared-in-future"),
    ],
)
def test_declaration_that_breaks_a_rule_is_refused(clerk, changes, code):
    factories.recognition()
    with pytest.raises(RuleError) as raised:
        actions.declare_list("vr-base", "500000", statement=statement(**changes), actor=clerk)
    assert code_of(raised) == code


def test_declaration_needs_a_known_area(clerk):
    with pytest.raises(InputError):
        actions.declare_list("vr-base", "999999", statement=statement(), actor=clerk)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"level": "galactic"},
        {"state": "forgotten"},
        {"state": "revoked"},
        {"ended_on": "2024-01-01"},
        {"announced": "2023"},
        {"valid_from": "2024-01-01", "valid_to": "2023-01-01"},
        {"holder_text": ""},
    ],
)
def test_database_itself_refuses_nonsense(nonsense):
    row = factories.recognition(holder="一校")
    Recognition.objects.update(holder=factories.organisation("一校"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.filter(pk=row.pk).update(**nonsense)


def test_database_refuses_the_same_item_twice():
    factories.recognition()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.recognition()
