"""Notices of a call: more time goes to whose drafts it concerns, and a co-author learns of it."""

from datetime import timedelta

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.portal.models import Notice
from zhiqiao.apps.projects.actions import add_coauthor, extend_call
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.events import deliver_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_more_time_is_told_to_whom_it_concerns():
    call = make_call()
    one, two = (
        make_application(call, number="1"),
        make_application(call, number="2", title="另一个"),
    )
    people(applicant=one.applicant)
    make_member(Role.SCHOOL_CLERK, login="other-school", organisation=two.applicant)
    until = call.closes_at + timedelta(days=5)
    extend_call(call, until=until, actor=None, reason="洪水", organisation=one.applicant_id)
    deliver_waiting()
    found = set(Notice.objects.values_list("recipient__login", "kind"))
    assert found == {("the-school", "call-extended")}


def test_co_author_is_told():
    application = make_application(make_call())
    clerk = people(applicant=application.applicant)["school"]
    firm = make_organisation("云岭厂", kind="enterprise")
    partner = make_member(Role.BODY_CLERK, login="partner", organisation=firm)
    add_coauthor(application, "partner", actor=clerk)
    deliver_waiting()
    told = Notice.objects.get(recipient=partner)
    assert (told.kind, told.address) == ("coauthor-added", application.get_absolute_url())
