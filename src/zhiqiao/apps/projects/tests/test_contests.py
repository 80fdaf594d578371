"""Reviews in conflict that were handed in already: seen by the bureau, decided by two, told to nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.people.actions import TieGiven, declare_tie
from zhiqiao.apps.people.choices import TieKind
from zhiqiao.apps.projects.actions import take_move
from zhiqiao.apps.projects.actions.conflicts import enter_conflict, recheck_all, recheck_call
from zhiqiao.apps.projects.actions.contests import decide_contest, refuse_contest, sign_contest
from zhiqiao.apps.projects.actions.reviewing import declare_conflict
from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import (
    Application,
    Conflict,
    Content,
    Review,
    ReviewDecision,
    Standing,
)
from zhiqiao.apps.projects.queries import application_visible_to, viewers_of
from zhiqiao.apps.projects.queries.contests import contests_of, short_of_reviews
from zhiqiao.apps.projects.queries.reviews import (
    is_content_open,
    own_review,
    reviews_missing,
    sheet_of,
)
from zhiqiao.apps.projects.rules import Viewer
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.projects.tests.reviewing import as_program, scored_by
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RefusedError, ZhiqiaoError
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.reach import reach_of, reaching

pytestmark = pytest.mark.django_db
REASON = "评审专家与申报单位有利害关系"


@pytest.fixture
def who():
    return people()


@pytest.fixture
def application():
    return make_application(make_call(), state="reviewing")


@pytest.fixture
def reviews(application):
    return [scored_by(application, serial, mark) for serial, mark in ((1, 90), (2, 80), (3, 70))]


def contested(review, *, kind="kinship"):
    enter_conflict(review.application, review.expert.uid, kind=kind, words="表亲", actor=None)
    return again(review)


def again(review):
    return Review.objects.select_related("application__call", "expert__person").get(pk=review.pk)


def set_aside(review, who):
    decide_contest(review, sets_aside=True, reason=REASON, actor=who["clerk"])
    sign_contest(again(review), actor=who["lead"])
    return again(review)


def code_of(call, *args, **given):
    with pytest.raises(ZhiqiaoError) as caught:
        call(*args, **given)
    return caught.value.code


def test_conflict_that_is_entered_after_handing_in_leaves_the_review_counting(application, reviews):
    review = contested(reviews[0])

    assert (review.state, review.total) == (ReviewState.HANDED_IN, 9000)
    assert review.contested_at is not None
    compute_scores(application.call, actor=None)
    assert Standing.objects.get(application=application).official == 8000
    (one,) = contests_of(application.call)
    assert (one.review, one.is_open, [row.kind for row in one.conflicts]) == (review, True, ["kinship"])  # fmt: skip


def test_conflict_that_the_records_show_later_contests_the_review_once(application, reviews):
    expert = reviews[0].expert
    expert.employer = application.applicant
    expert.save()

    assert recheck_all(today()) == 1
    first = again(reviews[0]).contested_at
    assert recheck_all(today()) == 0
    assert again(reviews[0]).contested_at == first
    assert Conflict.objects.get().kind == "employer"
    assert again(reviews[1]).contested_at is None


def test_tie_that_is_declared_after_handing_in_contests_the_review(application, reviews):
    expert = reviews[0].expert
    name = application.applicant.name
    tie = TieGiven(kind=TieKind.JOINT_WORK, organisation_text=name)
    declare_tie(expert, tie, actor=expert.person.account)

    assert again(reviews[0]).contested_at is not None


def test_expert_declares_a_conflict_after_handing_in(application, reviews):
    account = reviews[0].expert.person.account
    declare_conflict(reviews[0], kind="kinship", words="表亲", actor=account)

    (one,) = contests_of(application.call)
    assert [(row.kind, row.origin, row.words) for row in one.conflicts] == [
        ("kinship", "declared", "表亲")
    ]
    assert again(reviews[0]).state == ReviewState.HANDED_IN


def test_review_that_is_set_aside_by_two_stays_stored_and_does_not_count(application, reviews, who):
    compute_scores(application.call, actor=None)
    review = contested(reviews[0])
    decide_contest(review, sets_aside=True, reason=REASON, actor=who["clerk"])
    assert again(review).state == ReviewState.HANDED_IN
    assert Standing.objects.get(application=application).official == 8000

    sign_contest(review, actor=who["lead"])
    kept = again(review)
    assert (kept.state, kept.total, kept.words) == (ReviewState.SET_ASIDE, 9000, review.words)
    assert len(sheet_of(kept)) > 0
    standing = Standing.objects.get(application=application)
    assert (standing.official, standing.figures["reviews"]) == (7500, 2)
    decision = ReviewDecision.objects.get()
    assert (decision.asked_by, decision.signed_by, decision.reason) == (
        who["clerk"], who["lead"], REASON,
    )  # fmt: skip


def test_shortage_of_reviews_is_shown_and_can_be_filled_while_under_review(
    application, reviews, who
):
    assert reviews_missing(application.call) == {}
    set_aside(contested(reviews[0]), who)

    assert reviews_missing(application.call) == {application.pk: 1}
    assert [(one.application, one.there, one.wanted) for one in short_of_reviews(application.call)] == [
        (application, 2, 3)
    ]  # fmt: skip
    scored_by(application, 4, 60)
    assert list(short_of_reviews(application.call)) == []


def test_nothing_goes_on_before_a_contested_review_is_decided(application, reviews, who):
    review = contested(reviews[0])
    assert code_of(take_move, application, "to-panel", actor=who["clerk"]) == (
        "projects.reviews-contested"
    )
    decide_contest(review, sets_aside=False, reason="关系已于五年前结束", actor=who["clerk"])
    assert code_of(take_move, application, "to-panel", actor=who["clerk"]) == (
        "projects.reviews-contested"
    )
    sign_contest(review, actor=who["lead"])
    take_move(application, "to-panel", actor=who["clerk"])

    assert Application.objects.get().state == "panel"
    assert again(review).state == ReviewState.HANDED_IN


def test_result_is_not_announced_over_a_contested_review(application, reviews, who):
    Application.objects.filter(pk=application.pk).update(state="deciding", phase="deciding")
    Standing.objects.update(proposal="recognise")
    application.refresh_from_db()
    contested(reviews[0])

    assert code_of(take_move, application, "announce", actor=who["lead"]) == (
        "projects.reviews-contested"
    )


def test_one_person_alone_decides_nothing(reviews, who):
    review = contested(reviews[0])
    other = make_member(Role.BUREAU_CLERK, login="another-clerk")
    decide_contest(review, sets_aside=True, reason=REASON, actor=who["clerk"])

    for signer in (who["clerk"], other):
        with pytest.raises(RefusedError):
            sign_contest(review, actor=signer)
    assert again(review).state == ReviewState.HANDED_IN


def test_one_person_is_enough_where_the_flow_signs_nothing(application, reviews, who):
    call = application.call
    for move in call.kept_rules["flow"]["moves"].values():
        move.pop("signed", None)
    call.rules_digest = "no-signatures"
    call.save()
    decide_contest(contested(reviews[0]), sets_aside=True, reason=REASON, actor=who["clerk"])

    assert again(reviews[0]).state == ReviewState.SET_ASIDE


def test_decision_needs_a_conflict_a_reason_and_nothing_that_waits(reviews, who):
    clerk = {"actor": who["clerk"]}
    given = {"sets_aside": True, "reason": REASON, **clerk}
    assert code_of(decide_contest, reviews[0], **given) == "projects.review-not-contested"
    review = contested(reviews[0])
    blank = given | {"reason": " "}
    assert code_of(decide_contest, review, **blank) == "projects.reason-needed"
    decide_contest(review, **given)
    assert code_of(decide_contest, review, **given) == "projects.decision-waits"
    refuse_contest(review, reason="先核实", **clerk)
    assert code_of(sign_contest, review, actor=who["lead"]) == "projects.no-decision-waits"
    set_aside(review, who)
    assert code_of(decide_contest, again(review), **given) == "projects.review-not-contested"


def test_review_that_was_kept_is_decided_anew_only_for_a_new_conflict(application, reviews, who):
    review = contested(reviews[0])
    decide_contest(review, sets_aside=False, reason="已核实", actor=who["clerk"])
    sign_contest(review, actor=who["lead"])
    assert recheck_call(application.call, actor=None, day=today()) == 0
    again_given = {"sets_aside": True, "reason": REASON, "actor": who["clerk"]}
    assert code_of(decide_contest, review, **again_given) == "projects.review-not-contested"

    contested(review, kind="teacher-student")
    (one,) = contests_of(application.call)
    assert one.is_open


def test_result_that_is_public_is_not_changed_by_a_decision(application, reviews, who):
    review = contested(reviews[0])
    Application.objects.filter(pk=application.pk).update(state="publicity", phase="publicity")

    code = code_of(
        decide_contest, again(review), sets_aside=True, reason=REASON, actor=who["clerk"]
    )
    assert code == "projects.result-settled"


def test_audit_says_who_set_a_review_aside_and_why(reviews, who):
    review = set_aside(contested(reviews[0]), who)
    rows = AuditEntry.objects.filter(subject_type="projects.review", subject_uid=review.uid)

    told = list(rows.order_by("id").values_list("verb", "actor", "reason"))[-3:]
    assert told == [
        ("projects.review.contested", None, "kinship"),
        ("projects.review.decision_asked", who["clerk"].pk, REASON),
        ("projects.review.set_aside", who["lead"].pk, REASON),
    ]


@pytest.mark.parametrize("ends", ["contested", "kept", "set-aside"])
def test_expert_sees_the_own_review_as_handed_in_whatever_was_decided(
    client, application, reviews, who, ends
):
    """List, page, count and order stay as they were; only the application is closed to the expert."""
    account = reviews[0].expert.person.account
    before = _seen(client, account, reviews[0])
    review = contested(reviews[0])
    if ends != "contested":
        decide_contest(review, sets_aside=ends == "set-aside", reason=REASON, actor=who["clerk"])
        sign_contest(review, actor=who["lead"])
    after = _seen(client, account, review)

    assert after == before
    with as_program(), reaching(reach_of(account)):
        assert not is_content_open(own_review(account, review.uid))
        assert not Content.objects.exists()
        assert not ReviewDecision.objects.exists()
        assert not Conflict.objects.exists()
        assert Viewer.REVIEWER not in viewers_of(account, application)


def _seen(client, account, review):
    client.force_login(account)
    with as_program():
        listed = client.get(reverse("projects:own_reviews")).content.decode()
        page = client.get(reverse("projects:own_review", args=[review.uid]))
    rows = listed[listed.index("<tbody>") : listed.index("</tbody>")]
    return rows, page.context["review"].get_state_display(), page.context["questions"]


def test_expert_whose_review_was_set_aside_declares_as_before_and_learns_nothing(
    client, reviews, who
):
    review = set_aside(contested(reviews[0]), who)
    account = review.expert.person.account
    client.force_login(account)
    client.cookies["zhiqiao_language"] = "en"
    address = reverse("projects:declare_conflict", args=[review.uid])
    with as_program():
        answer = client.post(address, {"kind": "kinship", "words": "表亲"}, follow=True)

    assert "Thank you. The bureau has been told." in answer.content.decode()
    assert "Set aside" not in answer.content.decode()
    assert again(review).state == ReviewState.SET_ASIDE


def test_conflicts_and_decisions_are_shown_to_nobody_but_the_bureau(
    client, application, reviews, who
):
    school = make_member(Role.SCHOOL_CLERK, login="the-school", organisation=application.applicant)
    client.force_login(school)
    page = reverse("projects:application", args=[application.uid])
    with as_program():
        before = client.get(page).content.decode()
    set_aside(contested(reviews[0]), who)
    with as_program():
        after = client.get(page).content.decode()
        shut = {
            client.get(reverse(f"projects:{name}", args=[reviews[0].uid])).status_code
            for name in ("decide_contest", "refuse_contest")
        }
        scores = client.get(reverse("projects:scores", args=[application.call.uid]))

    assert _body(after) == _body(before)
    assert (shut, scores.status_code) == ({403}, 403)
    with as_program(), reaching(reach_of(school)):
        assert application_visible_to(school, application.uid) == application
        assert not ReviewDecision.objects.exists()


def _body(page):
    return page[page.index("<main") : page.index("</main>")]


def test_bureau_decides_and_signs_on_the_page_of_the_scores(client, application, reviews, who):
    contested(reviews[0])
    scores = reverse("projects:scores", args=[application.call.uid])
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(who["clerk"])
    assert "Waits for a decision" in client.get(scores).content.decode()
    decide = reverse("projects:decide_contest", args=[reviews[0].uid])
    assert client.post(decide, {"reason": REASON}).status_code == 422
    given = {"decision": "set-aside", "reason": REASON}
    assert client.post(decide, given)["Location"] == scores
    assert "To be set aside; waits for a second person" in client.get(scores).content.decode()
    client.force_login(who["lead"])
    client.post(reverse("projects:sign_contest", args=[reviews[0].uid]))

    page = client.get(scores).content.decode()
    assert "Set aside; does not count" in page
    assert "2 of 3" in page
    assert "专家1" not in page


def test_decision_that_waits_is_taken_back_with_a_reason(client, application, reviews, who):
    review = contested(reviews[0])
    decide_contest(review, sets_aside=True, reason=REASON, actor=who["clerk"])
    client.force_login(who["lead"])
    client.post(reverse("projects:refuse_contest", args=[review.uid]), {"reason": "先核实"})

    decision = ReviewDecision.objects.get()
    assert (decision.is_taken, decision.ended_at is None) == (False, False)
    (one,) = contests_of(application.call)
    assert (one.is_open, one.decision) == (True, None)


def test_scores_ask_as_often_for_three_contests_as_for_one(client, application, reviews, who):
    contested(reviews[0])
    client.force_login(who["clerk"])
    page = reverse("projects:scores", args=[application.call.uid])
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for review in reviews[1:]:
        contested(review)
    with CaptureQueriesContext(connection) as three:
        answer = client.get(page)

    assert len(answer.context["contests"]) == 3
    assert len(three) == len(one)
