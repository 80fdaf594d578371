"""What must not show: who reviews, others' scores, and that a conflicted application exists.

Each test holds something that could leak, and asks as the running program does.
"""

import pytest
from django.urls import reverse

from zhiqiao.apps.projects.actions.conflicts import recheck_call
from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import (
    Application,
    Conflict,
    Review,
    ReviewFlag,
    Scoring,
    Standing,
)
from zhiqiao.apps.projects.queries import application_visible_to, applications_visible_to
from zhiqiao.apps.projects.queries.reviews import reviews_due
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import (
    OPINION,
    as_program,
    asked,
    read_by,
    scored_by,
    signed_in_expert,
)
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.reach import reach_of, reaching

pytestmark = pytest.mark.django_db
STAFF_ROUTES = ("application_reviews", "ask_expert", "enter_conflict", "unmask_reviewers")
REVIEW_ROUTES = ("review", "put_off_review", "end_review", "show_names")


@pytest.fixture
def school():
    return make_organisation("云岭学院", kind="higher-vocational")


@pytest.fixture
def application(school):
    return make_application(make_call(), applicant=school, state="reviewing")


def page_as(client, account, name, *args):
    """Ask for a page with the rights of the running program."""
    client.force_login(account)
    with as_program():
        return client.get(reverse(f"projects:{name}", args=args))


def test_pages_of_the_bureau_are_shut_to_applicant_recommender_and_expert(client, application):
    review = scored_by(application, 1, 83)
    district = make_organisation("云岭区教委", kind="government")
    application.recommender = district
    application.save()
    who = people(applicant=application.applicant, recommender=district)
    shut = {
        (name, account.login): page_as(client, account, name, target).status_code
        for account in (who["school"], who["district"], review.expert.person.account)
        for names, target in ((STAFF_ROUTES, application.uid), (REVIEW_ROUTES, review.uid))
        for name in names
    }
    of_call = {
        page_as(client, account, name, application.call.uid).status_code
        for account in (who["school"], review.expert.person.account)
        for name in ("call_reviews", "scores", "score_flags", "make_panel")
    }

    assert set(shut.values()) == of_call == {403}
    assert page_as(client, who["clerk"], "application_reviews", application.uid).status_code == 200


def test_bureau_reads_letters_and_no_name_unless_it_says_why(client, application):
    review = scored_by(application, 1, 83)
    clerk = people()["clerk"]
    pages = [
        page_as(client, clerk, "application_reviews", application.uid),
        page_as(client, clerk, "review", review.uid),
        page_as(client, clerk, "call_reviews", application.call.uid),
        page_as(client, clerk, "unmask_reviewers", application.uid),
    ]
    told = "".join(page.content.decode() for page in pages)

    assert "83.00" in told
    assert OPINION in told
    assert "专家1" not in told
    shown = client.post(
        reverse("projects:unmask_reviewers", args=[application.uid]), {"reason": "信访核查"}
    )
    assert "专家1" in shown.content.decode()


def test_reviewer_sees_the_own_sheet_and_nothing_of_another(client, application):
    scored_by(application, 1, 83)
    expert, account = signed_in_expert(2)
    review = read_by(application, expert, account)
    other = Review.objects.exclude(pk=review.pk).get()

    page = page_as(client, account, "own_review", review.uid).content.decode()
    assert "云岭学院" in page
    assert "专家1" not in page
    assert "83.00" not in page
    assert 'value="83"' not in page
    assert page_as(client, account, "own_review", other.uid).status_code == 404
    with as_program(), reaching(reach_of(account)):
        assert list(Review.objects.all()) == [review]
        assert not Standing.objects.exists()
        assert not Conflict.objects.exists()


def test_before_the_undertaking_there_is_a_title_and_no_content(client, application):
    expert, account = signed_in_expert(1)
    review = asked(application, expert)
    page = page_as(client, account, "own_review", review.uid).content.decode()

    assert application.title in page
    assert "有三年建设经验" not in page
    with as_program():
        sent = client.get(reverse("projects:read_file", args=[review.uid, 1]))
    assert sent.status_code == 404


def test_conflicted_application_leaves_no_trace_for_the_expert(client, application):
    """Neither list nor count, address, own log nor notice tells of it, before anybody ended it."""
    expert, account = signed_in_expert(1)
    mine = asked(make_application(application.call, state="reviewing", number="2026-0002"), expert)
    gone = asked(application, expert)
    expert.employer = application.applicant
    expert.save()

    with as_program(), reaching(reach_of(account)):
        assert reviews_due(account, day=today()) == 1
    assert page_as(client, account, "own_review", gone.uid).status_code == 404
    gone.refresh_from_db()
    assert gone.state == ReviewState.CONFLICTED
    Review.objects.filter(pk=gone.pk).update(state=ReviewState.ASKED)
    listed = page_as(client, account, "own_reviews")
    assert [review.pk for review in listed.context["rows"]] == [mine.pk]
    assert recheck_call(application.call, actor=None, day=today()) == 1
    for name in ("own_review", "refuse_review", "declare_conflict"):
        assert page_as(client, account, name, gone.uid).status_code == 404
    with as_program(), reaching(reach_of(account)):
        assert application not in Application.objects.all()
        assert not AuditEntry.objects.filter(subject_type="projects.review").exists()
    with as_program(), reaching(reach_of(account)), pytest.raises(MissingError):
        application_visible_to(account, application.uid)


def test_proposed_expert_is_told_nothing(client, application):
    expert, account = signed_in_expert(1)
    review = asked(application, expert)
    Review.objects.filter(pk=review.pk).update(state=ReviewState.PROPOSED)

    assert page_as(client, account, "own_reviews").context["rows"] == []
    assert page_as(client, account, "own_review", review.uid).status_code == 404
    with as_program(), reaching(reach_of(account)):
        assert not Review.objects.exists()


def test_applicant_learns_neither_score_nor_reviewer_nor_conflict(application):
    scored_by(application, 1, 83)
    make_expert(5, employer=application.applicant)
    compute_scores(application.call, actor=None)
    assert ReviewFlag.objects.exists()
    clerk = people(applicant=application.applicant)["school"]

    with as_program(), reaching(reach_of(clerk)):
        assert list(applications_visible_to(clerk, application.call)) == [application]
        for model in (Review, Conflict, Standing, Scoring, ReviewFlag):
            assert not model.objects.exists()
        assert not AuditEntry.objects.filter(subject_type__startswith="projects.re").exists()
        assert not AuditEntry.objects.filter(verb="projects.scores.computed").exists()


def test_result_that_is_not_public_shows_no_score_to_anybody_outside(client, application):
    review = scored_by(application, 1, 83)
    compute_scores(application.call, actor=None)
    Application.objects.filter(pk=application.pk).update(phase="deciding", state="deciding")
    account = review.expert.person.account

    assert ReviewFlag.objects.filter(review=review).exists()
    page = page_as(client, account, "own_review", review.uid).content.decode()
    assert "云岭学院" not in page
    assert OPINION in page
    with as_program(), reaching(reach_of(account)):
        for model in (Standing, Scoring, ReviewFlag):
            assert not model.objects.exists()


def test_bureau_computes_scores_again_with_the_rights_of_the_program(application):
    scored_by(application, 1, 83)
    clerk = people()["clerk"]
    with as_program(), reaching(reach_of(clerk)):
        compute_scores(application.call, actor=clerk)
        first = list(ReviewFlag.objects.values_list("pk", "kind"))
        compute_scores(application.call, actor=clerk)
        second = list(ReviewFlag.objects.values_list("pk", "kind"))

    assert [kind for _key, kind in first] == [kind for _key, kind in second] == ["hardly-read"]
    assert first != second
