"""Panels and visits: who may vote, what a close needs, and the sheet that is signed and paid."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from zhiqiao.apps.projects.actions import take_move
from zhiqiao.apps.projects.actions.panels import (
    AdviceGiven,
    Attendance,
    advise,
    close_panel,
    make_panel,
    note_attendance,
    report_visit,
    seat_expert,
    write_minutes,
)
from zhiqiao.apps.projects.models import Panel, PanelItem, Visit
from zhiqiao.apps.projects.queries import Moment, judged_needs
from zhiqiao.apps.projects.queries.panels import fees_of, for_panel
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.packs import Need

pytestmark = pytest.mark.django_db
HELD_ON = date(2026, 12, 10)


@pytest.fixture
def application():
    return make_application(make_call(), state="panel")


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def panel_about(*applications) -> Panel:
    return make_panel(
        applications[0].call,
        title="专家评审会",
        held_on=HELD_ON,
        place="第一会议室",
        applications=applications,
        actor=None,
    )


def seated(panel, number, *, fee="500", first=None):
    """Seat experts who are all present."""
    experts = [first] if first else []
    experts += [make_expert(20 + n, name=f"委员{n}") for n in range(number - len(experts))]
    for expert in experts:
        seat_expert(panel, expert.pk, actor=None)
    there = Attendance(was_present=True, fee_cny=Decimal(fee))
    note_attendance(panel, {seat.pk: there for seat in panel.seats.all()}, actor=None)
    return experts


def voted(panel, *, votes=(3, 0, 0), advice="recognise"):
    given = AdviceGiven(
        votes_for=votes[0], votes_against=votes[1], abstentions=votes[2], advice=advice
    )
    return advise(panel.items.get(), given, actor=None)


def test_panel_closes_when_enough_were_there_and_everything_has_an_advice(application):
    panel = panel_about(application)
    held = judged_needs()[Need.PANEL_HELD]
    seated(panel, 2)
    assert code_of(RuleError, close_panel, panel, actor=None) == "projects.panel-too-few"

    seated_more = make_expert(30, name="委员九")
    seat_expert(panel, seated_more.pk, actor=None)
    there = {seat.pk: Attendance(was_present=True) for seat in panel.seats.all()}
    note_attendance(panel, there, actor=None)
    assert code_of(RuleError, close_panel, panel, actor=None) == "projects.panel-open-items"
    voted(panel)
    assert not held(application, Moment(timezone.now()))

    close_panel(panel, actor=None)
    assert held(application, Moment(timezone.now()))
    take_move(application, "close-panel", actor=people()["clerk"])
    assert code_of(RuleError, write_minutes, panel, minutes="x", actor=None) == (
        "projects.panel-closed"
    )


def test_nobody_votes_beyond_those_present_and_free_of_conflict(application):
    panel = panel_about(application)
    seated(panel, 3, first=make_expert(1, employer=application.applicant))

    assert code_of(InputError, voted, panel, votes=(3, 0, 0)) == "projects.votes-do-not-fit"
    assert voted(panel, votes=(1, 1, 0)).votes_for == 1


def test_panel_has_no_more_seats_than_the_lifecycle_says(application):
    panel = panel_about(application)
    seated(panel, 5)

    assert code_of(RuleError, seat_expert, panel, make_expert(1).pk, actor=None) == (
        "projects.panel-too-many"
    )


def test_application_on_an_open_panel_is_not_offered_for_another(application):
    other = make_application(application.call, state="panel", number="2026-0002")
    panel_about(application)

    assert list(for_panel(application.call)) == [other]


def test_only_those_present_are_paid_and_the_sheet_names_all(client, application):
    panel = panel_about(application)
    experts = seated(panel, 3, fee="800.50")
    absent = panel.seats.get(expert=experts[0])
    note_attendance(panel, {absent.pk: Attendance(was_present=False)}, actor=None)
    assert fees_of(panel) == Decimal("1601.00")

    client.force_login(people()["clerk"])
    sent = client.get(panel.get_absolute_url(), {"format": "xlsx"})
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(sent))).get_sheet_by_index(0).to_python()
    assert [(row[0], row[5]) for row in rows[1:]] == [
        ("委员0", ""),
        ("委员1", 800.5),
        ("委员2", 800.5),
    ]
    printed = client.get(reverse("projects:panel_sheet", args=[panel.uid])).content.decode()
    assert "委员0" in printed
    assert "1601" in printed


def test_pages_of_a_panel_keep_what_was_typed(client, application):
    client.force_login(people()["clerk"])
    made = client.post(
        reverse("projects:make_panel", args=[application.call.uid]),
        {"title": "评审会", "held_on": "2026-12-10", "applications": [application.pk]},
    )
    panel = Panel.objects.get()
    assert made.status_code == 302
    seated(panel, 3)
    item = PanelItem.objects.get()
    typed = {
        "votes_for": 9,
        "votes_against": 0,
        "abstentions": 0,
        "advice": "refuse",
        "opinion": "理由",
    }
    page = client.post(reverse("projects:advise", args=[panel.uid, item.pk]), typed)

    assert page.status_code == 422
    assert page.context["form"]["opinion"].value() == "理由"
    client.post(reverse("projects:advise", args=[panel.uid, item.pk]), typed | {"votes_for": 1})
    assert PanelItem.objects.get().advice == "refuse"


def test_visit_is_reported_with_its_file_and_never_changed(client, application):
    clerk = people()["clerk"]
    visit = report_visit(
        application,
        visited_on=HELD_ON,
        visitors="甲、乙",
        report="设备属实。",
        file=SimpleUploadedFile("report.txt", "设备属实".encode()),
        actor=clerk,
    )
    client.force_login(clerk)

    assert judged_needs()[Need.VISIT_REPORTED](application, Moment(timezone.now()))
    sent = client.get(reverse("projects:visit_file", args=[visit.uid]))
    assert b"".join(sent).decode() == "设备属实"
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(report="改")
