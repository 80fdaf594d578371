"""Notices about reviews: to the expert who is asked, and to the bureau when a review comes back."""

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.portal.models import Notice
from zhiqiao.apps.projects.actions.asking import ask_expert
from zhiqiao.apps.projects.actions.conflicts import recheck_call
from zhiqiao.apps.projects.tests.calls import make_application, make_call
from zhiqiao.apps.projects.tests.reviewing import signed_in_expert
from zhiqiao.core.dates import today
from zhiqiao.core.events import deliver_waiting

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
