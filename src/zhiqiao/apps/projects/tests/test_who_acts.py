"""Who recommends, who writes along, and whom an expert may not judge."""

import pytest
from django.urls import reverse

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import bureau, make_member, make_user
from zhiqiao.apps.projects.actions import add_coauthor
from zhiqiao.apps.projects.models import CoAuthor
from zhiqiao.apps.projects.queries.conflicts import conflicts_of
from zhiqiao.apps.projects.rules import parties_of
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.projects.tests.reviewing import scored_by, signed_in_expert
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError
from zhiqiao.packs import Party

pytestmark = pytest.mark.django_db(transaction=True)


def test_bureau_recommends_where_it_is_the_recommending_body():
    application = make_application(make_call(), recommender=bureau())
    clerk = make_member(Role.BUREAU_CLERK, login="of-bureau", organisation=bureau())
    other = make_member(
        Role.BUREAU_CLERK,
        login="of-another",
        organisation=make_organisation("乌有处", kind="government"),
    )
    assert Party.RECOMMENDER in parties_of(clerk, application)
    assert Party.RECOMMENDER not in parties_of(other, application)


@pytest.mark.parametrize("role", [None, Role.AUDIT_ADMIN, Role.BUREAU_LEAD])
def test_only_clerks_of_bodies_write_along_and_a_refusal_names_nobody(role):
    application = make_application(make_call())
    clerk = people(applicant=application.applicant)["school"]
    account = make_member(role, login="somebody", organisation=bureau()) if role else make_user("somebody")  # fmt: skip
    refusals = []
    for login in ("somebody", "nobody"):
        with pytest.raises(InputError) as refused:
            add_coauthor(application, login, actor=clerk)
        refusals.append((refused.value.code, refused.value.message.replace(login, "—")))
    assert refusals[0] == refusals[1]
    assert account.name not in refusals[0][1]


def test_recommending_body_does_not_write_along_and_a_firm_may():
    district = make_organisation("云岭区教委", kind="government")
    application = make_application(make_call(), recommender=district)
    clerk = people(applicant=application.applicant, recommender=district)["school"]
    with pytest.raises(InputError):
        add_coauthor(application, "the-district", actor=clerk)
    firm = make_organisation("云岭厂", kind="enterprise")
    partner = make_member(Role.BODY_CLERK, login="partner", organisation=firm)
    add_coauthor(application, "partner", actor=clerk)
    assert CoAuthor.objects.get().user == partner


def test_expert_who_writes_along_is_in_conflict():
    application = make_application(make_call(), state="reviewing")
    expert, account = signed_in_expert(1)
    CoAuthor.objects.create(
        application=application,
        user=account,
        body=application.applicant,
        added_at=application.begun_at,
    )
    (found,) = conflicts_of(application.call, day=today())
    assert (found.application, found.expert, str(found.kind)) == (
        application.pk, expert.pk, "listed-person",
    )  # fmt: skip


def test_letters_of_reviews_stand_nowhere_beside_names(client):
    application = make_application(make_call(), state="reviewing")
    review = scored_by(application, 1, 80)
    draw = application.call.draws.create(
        state="confirmed", figures={"applications": 1}, made_at=application.begun_at
    )
    type(review).objects.filter(pk=review.pk).update(draw=draw)
    client.force_login(people()["clerk"])
    client.cookies["zhiqiao_language"] = "en"
    page = reverse("projects:draw", args=[draw.uid])

    shown = client.get(page).content.decode()
    sent = b"".join(client.get(f"{page}?format=xlsx"))

    name = review.expert.person.name
    assert name in shown
    assert str(review.uid) not in shown
    assert "Letter" not in shown
    assert _headings(sent) == ["Number", "Title", "Expert", "Employer"]


def _headings(content):
    from io import BytesIO  # noqa: PLC0415

    import openpyxl  # noqa: PLC0415

    sheet = openpyxl.load_workbook(BytesIO(content)).active
    return [cell.value for cell in next(sheet.iter_rows())]
