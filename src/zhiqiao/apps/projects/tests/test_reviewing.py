"""A review from being asked to being handed in, and everything that ends it sooner."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.apps.projects.actions import take_move
from zhiqiao.apps.projects.actions.asking import (
    end_review,
    put_off_review,
    show_names,
    unmask_reviewers,
)
from zhiqiao.apps.projects.actions.reviewing import (
    accept_review,
    declare_conflict,
    hand_in_review,
    note_reading,
    refuse_review,
    save_sheet,
)
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Conflict, Review
from zhiqiao.apps.projects.queries import Moment, judged_needs
from zhiqiao.apps.projects.queries.reviews import own_review, own_reviews
from zhiqiao.apps.projects.rules import total_of
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import (
    asked,
    read_by,
    scored_by,
    sheet,
    signed_in_expert,
)
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry, Event
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import Need, Sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return make_application(make_call(), state="reviewing")


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def reviews_in(application):
    return judged_needs()[Need.REVIEWS_IN](application, Moment(timezone.now()))


def test_expert_is_asked_with_a_letter_and_a_term_in_working_days(application):
    first, second = asked(application, make_expert(1)), asked(application, make_expert(2))

    assert (first.letter, second.letter, first.state) == ("A", "B", ReviewState.ASKED)
    assert first.due_on == add_working_days(today(), 10).day
    assert Event.objects.filter(name="projects.review_asked").count() == 2


def test_expert_is_not_asked_twice_nor_beyond_the_load(application):
    expert = make_expert(1, most_reviews=1)
    asked(application, expert)
    other = make_application(application.call, state="reviewing", number="2026-0002")

    assert code_of(RuleError, asked, application, expert) == "projects.expert-asked-already"
    assert code_of(RuleError, asked, other, expert) == "projects.expert-full"


def test_nothing_opens_without_the_undertaking(application):
    expert, account = signed_in_expert(1)
    review = asked(application, expert)

    assert code_of(InputError, accept_review, review, undertaking=False, actor=account) == (
        "projects.undertaking-missing"
    )
    assert code_of(RuleError, note_reading, review, actor=account) == "projects.review-not-open"
    assert accept_review(review, undertaking=True, actor=account)
    assert note_reading(review, actor=account)


def test_review_is_taken_on_by_the_expert_alone(application):
    expert, _account = signed_in_expert(1)
    review = asked(application, expert)

    for actor in (make_user("somebody"), people()["clerk"], None):
        code = code_of(RefusedError, accept_review, review, undertaking=True, actor=actor)
        assert code == "projects.no-review"


def test_declared_conflict_ends_the_review_and_tells_the_bureau(application):
    expert, account = signed_in_expert(1)
    review = asked(application, expert)
    declare_conflict(review, kind="teacher-student", words="我的博士生", actor=account)

    review.refresh_from_db()
    assert review.state == ReviewState.CONFLICTED
    assert (Conflict.objects.get().origin, Conflict.objects.get().words) == (
        "declared",
        "我的博士生",
    )
    assert Event.objects.filter(name="projects.review_given_back").count() == 1
    assert own_reviews(account, day=today()) == []


def test_conflict_since_the_assignment_closes_the_door_at_the_next_step(application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    expert.employer = application.applicant
    expert.save()

    assert own_reviews(account, day=today()) == []
    assert not hand_in_review(review, sheet(), actor=account)
    review.refresh_from_db()
    assert (review.state, review.total) == (ReviewState.CONFLICTED, None)
    assert code_of(MissingError, own_review, account, review.uid) == "projects.no-review"


def test_refusal_needs_words_and_frees_the_place(application):
    expert, account = signed_in_expert(1)
    review = asked(application, expert)

    assert code_of(InputError, refuse_review, review, reason=" ", actor=account) == (
        "projects.reason-needed"
    )
    refuse_review(review, reason="出差", actor=account)
    assert reviews_in(application).parameters == {"there": 0, "wanted": 3}


def test_reading_time_is_counted_by_the_server_and_pauses_are_cut(application):
    expert, account = signed_in_expert(1)
    with time_machine.travel("2026-11-02 09:00+08:00", tick=False) as clock:
        review = read_by(application, expert, account)
        clock.shift(timedelta(seconds=30))
        note_reading(review, actor=account)
        clock.shift(timedelta(hours=8))
        note_reading(review, actor=account)

    review.refresh_from_db()
    assert review.seconds_read == 30 + 300


def test_draft_may_have_gaps_but_no_mark_out_of_scale(application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)

    kept = save_sheet(review, sheet(80, plan=None, words=""), actor=account)
    assert kept.marks == {"basis": "80", "effect": "80"}
    for mark in ("101", "-1", "80.5"):
        code = code_of(RuleError, save_sheet, review, sheet(mark), actor=account)
        assert code == "projects.mark-out-of-scale"


def test_draft_of_another_window_is_not_overwritten(application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    save_sheet(review, sheet(70, version=review.version), actor=account)

    stale = sheet(90, version=review.version)
    assert code_of(RuleError, save_sheet, review, stale, actor=account) == "projects.sheet-changed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (sheet(80, plan=None), "projects.mark-missing"),
        (sheet(80, words="好"), "projects.words-too-few"),
    ],
)
def test_incomplete_sheet_is_not_handed_in(application, given, code):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)

    assert code_of(RuleError, hand_in_review, review, given, actor=account) == code


def test_score_is_the_weighted_share_of_the_marks_and_stands(application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    assert hand_in_review(review, sheet(80, basis=95, effect=61), actor=account)

    review.refresh_from_db()
    assert (review.state, review.total) == (ReviewState.HANDED_IN, 7880)
    code = code_of(RuleError, save_sheet, review, sheet(10), actor=account)
    assert code == "projects.review-not-open"


def test_score_is_rounded_once_and_half_up():
    given = {
        "criteria": {
            "a": {"title": {"zh": "甲", "en": "A"}, "weight": 1, "most": 7},
            "b": {"title": {"zh": "乙", "en": "B"}, "weight": 2, "most": 3},
        }
    }
    rounded = Sheet.model_validate(given)
    # 1/3 * 1/7 + 2/3 * 1/3 = 17/63, which is 26.984126… of 100.
    assert total_of(rounded, {"a": Decimal(1), "b": Decimal(1)}) == 2698
    given["criteria"] = {"a": {"title": {"zh": "甲", "en": "A"}, "weight": 1, "most": 20_000}}
    half = Sheet.model_validate(given)
    assert total_of(half, {"a": Decimal(1)}) == 1
    assert total_of(half, {"a": Decimal(3)}) == 2


def test_reviews_far_apart_ask_for_one_more_and_then_are_in(application):
    for serial, mark in ((1, 60), (2, 70)):
        scored_by(application, serial, mark)
    assert not reviews_in(application)
    scored_by(application, 3, 81)
    assert reviews_in(application).parameters == {"there": 3, "wanted": 4}

    fourth = scored_by(application, 4, 75)
    assert fourth.is_third
    assert reviews_in(application)


def test_ended_review_is_replaced_and_not_waited_for(application):
    for serial in (1, 2):
        scored_by(application, serial, 80)
    late = asked(application, make_expert(3))
    put_off_review(late, due_on=today() + timedelta(days=9), reason="住院", actor=None)
    end_review(late, reason="未交", actor=None)
    assert reviews_in(application).parameters == {"there": 2, "wanted": 3}

    scored_by(application, 4, 80)
    assert reviews_in(application)


def test_withdrawal_ends_what_is_open(application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    school = people(applicant=application.applicant)["school"]
    take_move(application, "withdraw", actor=school, reason="撤回")

    review.refresh_from_db()
    assert review.state == ReviewState.ENDED
    assert own_reviews(account, day=today()) == []


def test_every_look_behind_a_letter_is_kept_with_its_reason(application):
    clerk = people()["clerk"]
    review = asked(application, make_expert(1, name="王评审"))

    assert code_of(InputError, unmask_reviewers, application, reason="", actor=clerk) == (
        "projects.reason-needed"
    )
    assert unmask_reviewers(application, reason="信访核查", actor=clerk) == {"A": "王评审"}
    show_names(review, reason="利益冲突核查", actor=clerk)
    kept = AuditEntry.objects.filter(actor=clerk).values_list("verb", "reason")
    assert set(kept) == {
        ("projects.review.unmasked", "信访核查"),
        ("projects.review.names_shown", "利益冲突核查"),
    }


def test_scores_and_words_stand_in_no_audit_entry(application):
    scored_by(application, 1, 83)

    kept = list(AuditEntry.objects.filter(verb__startswith="projects.review."))
    assert len(kept) == 3
    told = " ".join(f"{row.before} {row.after} {row.reason}" for row in kept)
    assert "8300" not in told
    assert sheet().words not in told
    assert Review.objects.get().words == sheet().words
