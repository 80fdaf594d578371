"""Notices about reviews: to the expert who is asked, and to the bureau when a review comes back."""

from datetime import timedelta

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.portal.actions import remind_of_terms
from zhiqiao.apps.portal.models import Notice
from zhiqiao.apps.projects.actions.asking import ask_expert
from zhiqiao.apps.projects.actions.conflicts import recheck_call
from zhiqiao.apps.projects.actions.contests import decide_contest
from zhiqiao.apps.projects.actions.reviewing import refuse_review
from zhiqiao.apps.projects.models import Review
from zhiqiao.apps.projects.tests.calls import make_application, make_call
from zhiqiao.apps.projects.tests.reviewing import asked, scored_by, set_rules, signed_in_expert
from zhiqiao.core.dates import today
from zhiqiao.core.events import deliver_waiting
from zhiqiao.core.workdays import add_working_days

pytestmark = pytest.mark.django_db(transaction=True)


def test_notices_name_nobody_and_go_to_the_expert_or_the_bureau_alone():
    application = make_application(make_call(), state="reviewing")
    expert, account = signed_in_expert(1, category="industry")
    clerk = make_member(Role.BUREAU_CLERK, login="the-clerk")
    make_member(Role.SCHOOL_CLERK, login="the-school", organisation=application.applicant)
    review = ask_expert(application, expert.pk, actor=None)
    expert.employer = application.applicant
    expert.save()
    recheck_call(application.call, actor=None, day=today())
    deliver_waiting()

    told = {(row.recipient, row.kind, row.code, row.address) for row in Notice.objects.all()}
    assert told == {
        (account, "review-asked", "2026-0001", f"/my-reviews/{review.uid}/"),
        (clerk, "review-given-back", "2026-0001", f"/applications/{application.uid}/reviews/"),
    }


def told():
    deliver_waiting()
    found = sorted(Notice.objects.values_list("recipient__login", "kind", "address"))
    Notice.objects.all().delete()
    return found


def test_refusal_is_told_to_the_bureau_and_names_nobody():
    application = make_application(make_call(), state="reviewing")
    expert, account = signed_in_expert(1)
    make_member(Role.BUREAU_CLERK, login="the-clerk")
    review = ask_expert(application, expert.pk, actor=None)
    told()
    refuse_review(review, reason="时间不够", actor=account)

    page = f"/applications/{application.uid}/reviews/"
    assert told() == [("the-clerk", "review-given-back", page)]


def test_review_is_called_to_mind_before_its_day_and_told_to_the_bureau_when_late():
    application = make_application(set_rules(make_call(), remind_before=2), state="reviewing")
    make_member(Role.BUREAU_CLERK, login="the-clerk")
    make_member(Role.SCHOOL_CLERK, login="the-school", organisation=application.applicant)
    reviews = [asked(application, signed_in_expert(serial)[0]) for serial in (1, 2)]
    told()
    put_off(reviews, add_working_days(today(), 3).day)
    remind_of_terms()
    assert told() == []

    put_off(reviews, add_working_days(today(), 2).day)
    remind_of_terms()
    remind_of_terms()
    pages = [f"/my-reviews/{review.uid}/" for review in reviews]
    assert told() == [
        ("expert-1", "review-due", pages[0]),
        ("expert-2", "review-due", pages[1]),
    ]

    put_off(reviews, today() - timedelta(days=1))
    remind_of_terms()
    remind_of_terms()
    assert told() == [
        ("expert-1", "review-overdue", pages[0]),
        ("expert-2", "review-overdue", pages[1]),
        ("the-clerk", "review-overdue", f"/applications/{application.uid}/reviews/"),
    ]


def test_review_in_conflict_after_handing_in_is_told_to_the_bureau_alone():
    application = make_application(make_call(), state="reviewing")
    clerk = make_member(Role.BUREAU_CLERK, login="the-clerk")
    make_member(Role.BUREAU_LEAD, login="the-lead")
    make_member(Role.SCHOOL_CLERK, login="the-school", organisation=application.applicant)
    review = scored_by(application, 1, 80)
    told()
    review.expert.employer = application.applicant
    review.expert.save()
    recheck_call(application.call, actor=None, day=today())
    recheck_call(application.call, actor=None, day=today())
    page = f"/calls/{application.call.uid}/scores/"
    assert told() == [
        ("the-clerk", "review-contested", page),
        ("the-lead", "review-contested", page),
    ]

    decide_contest(review, sets_aside=True, reason="利害关系", actor=clerk)
    assert told() == [("the-lead", "application-step-waits", page)]


def put_off(reviews, day):
    Review.objects.filter(pk__in=[review.pk for review in reviews]).update(due_on=day)


@pytest.mark.parametrize("state", ["proposed", "handed-in", "refused", "ended"])
def test_review_that_nobody_owes_is_not_called_to_mind(state):
    application = make_application(make_call(), state="reviewing")
    make_member(Role.BUREAU_CLERK, login="the-clerk")
    review = scored_by(application, 1, 80)
    told()
    others = {"handed_in_at": None, "total": None, "refusal": "忙"}
    given = {} if state == "handed-in" else others
    day = today() - timedelta(days=1)
    Review.objects.filter(pk=review.pk).update(state=state, due_on=day, **given)
    remind_of_terms()

    assert told() == []


def test_review_in_conflict_is_called_to_nobodys_mind_before_anybody_ended_it():
    application = make_application(make_call(), state="reviewing")
    make_member(Role.BUREAU_CLERK, login="the-clerk")
    expert, _account = signed_in_expert(1)
    review = asked(application, expert)
    told()
    put_off([review], today() - timedelta(days=1))
    expert.employer = application.applicant
    expert.save()
    remind_of_terms()
    assert told() == []

    expert.employer = None
    expert.save()
    remind_of_terms()
    assert [(login, kind) for login, kind, _page in told()] == [
        ("expert-1", "review-overdue"),
        ("the-clerk", "review-overdue"),
    ]
