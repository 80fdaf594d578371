"""A large call is confirmed and scored by the worker, in the name of whoever asked."""

import pytest
from django.urls import reverse

from zhiqiao.apps.accounts.models import Membership
from zhiqiao.apps.projects.actions import queued
from zhiqiao.apps.projects.choices import DrawState, ReviewState
from zhiqiao.apps.projects.models import Draw, Review, Standing
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.projects.tests.reviewing import scored_by
from zhiqiao.apps.projects.tests.test_draws import applications_in, code_of, drawn, experts_of
from zhiqiao.core.errors import RuleError
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.models import AuditEntry, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(monkeypatch):
    """Let any number of reviews be too many for one request."""
    monkeypatch.setattr(queued, "AT_ONCE", 0)


def states_of(draw):
    return set(Review.objects.filter(draw=draw).values_list("state", flat=True))


def test_assignment_of_many_is_confirmed_by_the_worker_for_the_person_who_asked(client, small):
    call, who = make_call(), people()
    applications_in(call, 2)
    experts_of(4)
    draw = drawn(call)
    client.force_login(who["clerk"])
    client.post(reverse("projects:confirm_draw", args=[draw.uid]))

    assert states_of(draw) == {ReviewState.PROPOSED}
    assert code_of(RuleError, queued.confirm_or_queue, draw, actor=who["clerk"]) == "projects.work-queued"  # fmt: skip
    run_queued_jobs()
    assert states_of(draw) == {ReviewState.ASKED}
    assert Draw.objects.get().state == DrawState.CONFIRMED
    entry = AuditEntry.objects.get(verb="projects.draw.confirmed")
    assert entry.actor_id == who["clerk"].pk
    assert Job.objects.get(kind=queued.CONFIRM).result == {"asked": 6}


def test_scores_of_many_reviews_are_computed_by_the_worker(client, small):
    call, who = make_call(), people()
    scored_by(make_application(call, state="reviewing"), 1, 83)
    client.force_login(who["clerk"])
    client.post(reverse("projects:compute_scores", args=[call.uid]))

    assert Standing.objects.get().official is None
    run_queued_jobs()
    assert Standing.objects.get().official == 8300
    assert AuditEntry.objects.get(verb="projects.scores.computed").actor_id == who["clerk"].pk


def test_who_lost_the_role_meanwhile_has_nothing_done(small):
    call, who = make_call(), people()
    scored_by(make_application(call, state="reviewing"), 1, 83)
    queued.compute_or_queue(call, actor=who["clerk"])
    Membership.objects.filter(user=who["clerk"]).delete()
    run_queued_jobs()

    assert Standing.objects.get().official is None
    assert Job.objects.get(kind=queued.COMPUTE).state == "failed"


def test_few_reviews_are_done_at_once():
    call = make_call()
    scored_by(make_application(call, state="reviewing"), 1, 83)

    assert queued.compute_or_queue(call, actor=people()["clerk"]) is True
    assert Standing.objects.get().official == 8300
    assert not Job.objects.filter(kind=queued.COMPUTE).exists()
