"""Assignments: proposed by the worker, changed and confirmed by a person, and filled up after refusals."""

import hashlib

import pytest
from django.urls import reverse

from zhiqiao.apps.projects.actions.asking import end_review, free_letters_of, take_out
from zhiqiao.apps.projects.actions.draws import confirm_draw, discard_draw, fill_draw, start_draw
from zhiqiao.apps.projects.choices import DrawState, ReviewState
from zhiqiao.apps.projects.models import Application, Draw, Review
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import asked, set_rules, signed_in_expert
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.core.errors import RuleError
from zhiqiao.core.jobs import Progress, run_queued_jobs
from zhiqiao.core.models import AuditEntry, Event, Job

pytestmark = pytest.mark.django_db


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


@pytest.fixture
def call():
    return make_call()


def applications_in(call, number):
    return [
        make_application(call, state="reviewing", number=f"2026-{n:04d}")
        for n in range(1, number + 1)
    ]


def experts_of(number, **fields):
    """Make experts of one employer each."""
    return [
        make_expert(n, name=f"专家{n}", employer=make_organisation(f"第{n}大学"), **fields)
        for n in range(1, number + 1)
    ]


def drawn(call) -> Draw:
    draw = start_draw(call, actor=None)
    return fill_draw(draw.pk, progress=Progress())


def test_free_letters_of_each_application_are_its_own(call):
    first, second = applications_in(call, 2)
    experts = experts_of(3)
    asked(first, experts[0])
    asked(first, experts[1])
    asked(second, experts[2])

    letters = free_letters_of([first.pk, second.pk])
    assert [next(letters[row.pk]) for row in (first, second, first)] == ["C", "B", "D"]


def test_everybody_gets_as_many_reviewers_as_the_lifecycle_says_and_nobody_is_asked_yet(call):
    rows = applications_in(call, 2)
    experts_of(4)
    draw = drawn(call)

    proposed = Review.objects.filter(draw=draw, state=ReviewState.PROPOSED)
    assert [proposed.filter(application=row).count() for row in rows] == [3, 3]
    assert (draw.figures["wanted"], draw.figures["proposed"], draw.shortages) == (6, 6, [])
    assert not Event.objects.filter(name="projects.review_asked").exists()


def test_confirmation_asks_everybody_with_one_term_and_an_entry_each(call):
    applications_in(call, 1)
    experts_of(3)
    draw = drawn(call)

    assert confirm_draw(draw, actor=None) == 3
    asked_now = Review.objects.filter(draw=draw)
    assert {review.state for review in asked_now} == {ReviewState.ASKED}
    assert len({review.due_on for review in asked_now}) == 1
    assert Event.objects.filter(name="projects.review_asked").count() == 3
    assert AuditEntry.objects.filter(verb="projects.review.asked").count() == 3
    assert code_of(RuleError, confirm_draw, draw, actor=None) == "projects.draw-not-proposed"


def test_conflict_bars_and_the_shortage_is_named(call):
    (row,) = applications_in(call, 1)
    experts = experts_of(3)
    experts[0].employer = row.applicant
    experts[0].save()
    draw = drawn(call)

    assert experts[0].pk not in Review.objects.values_list("expert", flat=True)
    (shortage,) = draw.shortages
    assert (shortage["application"], shortage["missing"], shortage["barred"]) == (row.pk, 1, 1)


def test_conflict_between_proposal_and_confirmation_takes_the_expert_out(call):
    (row,) = applications_in(call, 1)
    experts = experts_of(3)
    draw = drawn(call)
    experts[1].employer = row.applicant
    experts[1].save()

    assert confirm_draw(draw, actor=None) == 2
    assert set(Review.objects.values_list("expert", flat=True)) == {experts[0].pk, experts[2].pk}


def test_one_employer_has_one_seat_and_a_quota_of_a_kind_is_met(call):
    changed = set_rules(
        call, quotas=[{"most": 1, "per_employer": True}, {"least": 1, "category": "industry"}]
    )
    applications_in(changed, 1)
    same = make_organisation("同一大学")
    for serial in range(1, 5):
        make_expert(serial, employer=same)
    firm = make_expert(5, employer=make_organisation("机电公司"), category="industry")
    drawn(changed)

    found = list(Review.objects.values_list("expert", "expert__employer"))
    assert firm.pk in [expert for expert, _employer in found]
    assert len({employer for _expert, employer in found}) == len(found) == 2


def test_share_from_outside_is_met(call):
    changed = set_rules(call, quotas=[{"share": "0.5", "outside_area": True}])
    applications_in(changed, 1)
    elsewhere = make_region("510100", "邻省市")
    for serial in (1, 2, 3):
        make_expert(serial, region=call.area, topics="示范基地")
    outside = [make_expert(serial, region=elsewhere).pk for serial in (4, 5)]
    drawn(changed)

    assert set(outside) <= set(Review.objects.values_list("expert", flat=True))


def test_load_of_an_expert_is_kept_over_all_applications(call):
    applications_in(call, 3)
    experts_of(3, most_reviews=2)
    draw = drawn(call)

    loads = [Review.objects.filter(expert__person__name=f"专家{n}").count() for n in (1, 2, 3)]
    assert loads == [2, 2, 2]
    assert sum(one["missing"] for one in draw.shortages) == 3


def test_lot_is_drawn_with_a_seed_that_was_fixed_before(call):
    changed = set_rules(call, draw=True)
    applications_in(changed, 2)
    experts_of(5)
    draw = start_draw(changed, actor=None)
    committed = AuditEntry.objects.get(verb="projects.draw.made").after["commitment"]
    filled = fill_draw(draw.pk, progress=Progress())
    first = set(Review.objects.values_list("application", "expert"))
    Review.objects.all().delete()
    Draw.objects.filter(pk=draw.pk).update(figures={})

    assert hashlib.sha256(filled.seed.encode()).hexdigest() == committed
    fill_draw(draw.pk, progress=Progress())
    assert set(Review.objects.values_list("application", "expert")) == first


def test_refused_place_is_filled_and_everything_else_stays(call):
    applications_in(call, 2)
    experts_of(4)
    confirm_draw(drawn(call), actor=None)
    before = set(Review.objects.values_list("pk", flat=True))
    lost = Review.objects.first()
    end_review(lost, reason="未交", actor=None)
    draw = drawn(call)

    (new,) = Review.objects.exclude(pk__in=before)
    assert (draw.figures["wanted"], new.application) == (1, lost.application)
    assert new.expert != lost.expert


def test_expert_asked_by_hand_counts(call):
    (row,) = applications_in(call, 1)
    experts = experts_of(3)
    asked(row, experts[0])

    assert drawn(call).figures["wanted"] == 2
    assert Review.objects.filter(expert=experts[0]).count() == 1


def test_proposal_is_changed_or_discarded_before_anybody_is_told(call):
    applications_in(call, 1)
    experts_of(3)
    draw = drawn(call)
    take_out(Review.objects.first(), actor=None)
    assert Review.objects.count() == 2

    assert code_of(RuleError, start_draw, call, actor=None) == "projects.draw-open"
    discard_draw(draw, reason="专家名单有误", actor=None)
    draw.refresh_from_db()
    assert (draw.state, Review.objects.count()) == (DrawState.DISCARDED, 0)


def test_nothing_is_begun_where_nothing_is_missing(call):
    assert code_of(RuleError, start_draw, call, actor=None) == "projects.nothing-to-assign"


def test_related_applications_share_a_panel(call):
    changed = set_rules(call, together_by="goals")
    applications_in(changed, 2)
    experts_of(6)
    drawn(changed)

    panels = [
        set(Review.objects.filter(application=row).values_list("expert", flat=True))
        for row in Application.objects.all()
    ]
    assert panels[0] == panels[1]
    assert len(panels[0]) == 3


@pytest.mark.django_db(transaction=True)
def test_worker_makes_the_proposal_and_the_page_confirms_it(client):
    call = make_call()
    applications_in(call, 1)
    experts_of(2)
    _expert, account = signed_in_expert(9)
    clerk = people()["clerk"]
    client.force_login(clerk)
    client.post(reverse("projects:start_draw", args=[call.uid]))
    run_queued_jobs()
    draw = Draw.objects.get()

    assert Job.objects.get().state == "succeeded"
    page = client.get(draw.get_absolute_url()).content.decode()
    assert "专家9" in page
    client.post(reverse("projects:confirm_draw", args=[draw.uid]))
    client.force_login(account)
    assert len(client.get(reverse("projects:own_reviews")).context["rows"]) == 1
