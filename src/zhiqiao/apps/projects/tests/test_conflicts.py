"""Conflicts by identity: every kind, bodies that go on under another name, and what is over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.people.actions import TieGiven, declare_tie
from zhiqiao.apps.people.choices import TieKind
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.apps.projects.actions.asking import ask_expert
from zhiqiao.apps.projects.actions.conflicts import enter_conflict, recheck_all, recheck_call
from zhiqiao.apps.projects.choices import ConflictKind, ConflictOrigin, ReviewState
from zhiqiao.apps.projects.models import Conflict, NamedBody, NamedPerson, Review, UnsuitableExpert
from zhiqiao.apps.projects.queries.conflicts import conflicts_of, unclear_names
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert
from zhiqiao.apps.projects.tests.reviewing import asked, read_by, set_rules, signed_in_expert
from zhiqiao.apps.registry.choices import OrganisationChange
from zhiqiao.apps.registry.models import OrganisationSuccession
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.core.blind_index import index_of
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.values import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return make_call()


@pytest.fixture
def application(call):
    return make_application(call, state="reviewing")


def kinds(call):
    return [(one.application, one.expert, one.kind) for one in conflicts_of(call, day=today())]


def test_employer_of_the_applicant_partner_or_named_person_is_in_conflict(call, application):
    partner, firm = make_organisation("云岭集团"), make_organisation("云岭机电公司")
    NamedBody.objects.create(
        application=application, field="partners", position=1, text="云岭集团", organisation=partner
    )
    NamedPerson.objects.create(
        application=application, field="contact_people", position=1, name="甲", employer=firm
    )
    own = make_expert(1, employer=application.applicant)
    other = make_expert(2, employer=partner)
    third = make_expert(3, employer=firm)
    make_expert(4, employer=make_organisation("无关大学"))

    assert kinds(call) == [
        (application.pk, own.pk, ConflictKind.EMPLOYER),
        (application.pk, other.pk, ConflictKind.AFFILIATED),
        (application.pk, third.pk, ConflictKind.AFFILIATED),
    ]


def test_body_that_went_into_the_applicant_counts_as_the_applicant(call, application):
    former = make_organisation("云岭中专")
    OrganisationSuccession.objects.create(
        predecessor=former,
        successor=application.applicant,
        kind=OrganisationChange.MERGED,
        happened_on=PartialDate.parse("2024"),
    )
    expert = make_expert(1, employer=former)

    assert kinds(call) == [(application.pk, expert.pk, ConflictKind.EMPLOYER)]


def test_former_employer_counts_for_the_years_of_the_lifecycle_and_kinship_for_good(
    call, application
):
    expert, name = make_expert(1), application.applicant.name
    long_ago, lately = today() - timedelta(days=366 * 3), today() - timedelta(days=366 * 2)
    declare_tie(
        expert,
        TieGiven(kind=TieKind.EMPLOYER, organisation_text=name, until_on=long_ago),
        actor=None,
    )
    assert kinds(call) == []

    declare_tie(
        expert,
        TieGiven(kind=TieKind.EMPLOYER, organisation_text=name, until_on=lately),
        actor=None,
    )
    kin = make_expert(2)
    declare_tie(
        kin,
        TieGiven(kind=TieKind.KINSHIP, organisation_text=name, until_on=long_ago),
        actor=None,
    )
    assert kinds(call) == [
        (application.pk, expert.pk, ConflictKind.FORMER_EMPLOYER),
        (application.pk, kin.pk, ConflictKind.KINSHIP),
    ]


def test_person_of_the_application_is_found_by_the_identity_number(call, application):
    number, own = identity_number(55, born="19700101"), identity_number(899, born="19750315")
    for place, one in enumerate((number, own)):
        NamedPerson.objects.create(
            application=application,
            field="contact_people",
            position=place,
            name="某人",
            identity_index=index_of(one),
        )
    teacher, listed = make_expert(2), make_expert(1)
    declare_tie(teacher, TieGiven(kind=TieKind.TEACHER, identity_number=number), actor=None)

    assert set(kinds(call)) == {
        (application.pk, teacher.pk, ConflictKind.TEACHER_STUDENT),
        (application.pk, listed.pk, ConflictKind.LISTED_PERSON),
    }


def test_unwanted_name_counts_with_its_employer_and_is_asked_about_without(call, application):
    university = make_organisation("云岭大学")
    named = make_expert(1, name="王评审", employer=university, employer_text="云岭大学")
    namesake = make_expert(2, name="王评审", employer_text="另一大学")
    for place, text in enumerate(("云岭大学", "")):
        UnsuitableExpert.objects.create(
            application=application,
            position=place,
            name="王评审",
            employer_text=text,
            reason="纠纷",
        )

    assert kinds(call) == [(application.pk, named.pk, ConflictKind.UNSUITABLE)]
    (unclear,) = unclear_names(call, call.applications.all())
    assert unclear.experts == (named.pk, namesake.pk)


def test_own_area_bars_only_where_the_lifecycle_says_so(call, application):
    district = make_region("500199", "云岭区")
    application.area = district
    application.save()
    expert = make_expert(1, region=district)
    assert kinds(call) == []

    changed = set_rules(call, own_area=True)
    assert kinds(changed) == [(application.pk, expert.pk, ConflictKind.DISTRICT)]


def test_whole_call_asks_as_often_as_one_application(call, application):
    make_expert(1, employer=application.applicant)
    conflicts_of(call, day=today())
    with CaptureQueriesContext(connection) as one:
        conflicts_of(call, day=today(), applications=[application.pk])
    for serial in (2, 3, 4):
        make_application(call, state="reviewing", number=f"2026-000{serial}")
        make_expert(serial)
    with CaptureQueriesContext(connection) as whole:
        conflicts_of(call, day=today())

    assert len(one) == len(whole)


def test_expert_in_conflict_is_never_asked(application):
    expert = make_expert(1, employer=application.applicant)

    with pytest.raises(RuleError) as refused:
        ask_expert(application, expert.pk, actor=None)
    assert refused.value.code == "projects.expert-in-conflict"
    assert Review.objects.count() == 0


def test_conflict_that_comes_up_later_ends_the_review_and_is_kept(call, application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    untouched = asked(application, make_expert(2))
    expert.employer = application.applicant
    expert.save()

    assert recheck_call(call, actor=None, day=today()) == 1
    review.refresh_from_db()
    untouched.refresh_from_db()
    assert (review.state, untouched.state) == (ReviewState.CONFLICTED, ReviewState.ASKED)
    kept = Conflict.objects.get()
    assert (kept.kind, kept.origin) == (ConflictKind.EMPLOYER, ConflictOrigin.FOUND)


def test_tie_that_is_declared_ends_the_review_in_the_same_moment(application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    name = application.applicant.name
    expert.person.refresh_from_db()
    tie = TieGiven(kind=TieKind.JOINT_WORK, organisation_text=name)
    declare_tie(expert, tie, actor=account)

    review.refresh_from_db()
    assert review.state == ReviewState.CONFLICTED


def test_morning_finds_bodies_that_were_joined_since(application):
    former = make_organisation("云岭中专")
    expert, account = signed_in_expert(1, employer=former)
    review = read_by(application, expert, account)
    assert recheck_all(today()) == 0
    OrganisationSuccession.objects.create(
        predecessor=former, successor=application.applicant, kind=OrganisationChange.MERGED
    )

    assert recheck_all(today()) == 1
    review.refresh_from_db()
    assert review.state == ReviewState.CONFLICTED


def test_conflict_entered_by_the_bureau_ends_the_review_at_once(application):
    expert = make_expert(1)
    review = asked(application, expert)
    enter_conflict(application, expert.uid, kind="kinship", words="表亲", actor=None)

    review.refresh_from_db()
    assert review.state == ReviewState.CONFLICTED
    assert Conflict.objects.get().origin == ConflictOrigin.BUREAU
