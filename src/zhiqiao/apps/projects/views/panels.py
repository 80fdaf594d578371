"""Panels and visits of the bureau: the meeting, its sheet for signature and payment, its advice."""

from collections.abc import Callable
from uuid import UUID

from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.projects.actions import panels as actions
from zhiqiao.apps.projects.forms.panels import (
    AdviceForm,
    AttendanceForm,
    MinutesForm,
    PanelForm,
    SeatForm,
    VisitForm,
)
from zhiqiao.apps.projects.models import Panel
from zhiqiao.apps.projects.queries.panels import (
    barred_from,
    fees_of,
    for_panel,
    item_of,
    items_of,
    panel_table,
    panel_visible_to,
    seat_named,
    seats_of,
    visit_visible_to,
)
from zhiqiao.apps.projects.queries.reviews import reviewed_call
from zhiqiao.apps.projects.views.doors import FORM_METHODS, Asked, answered, posted, staff_only
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.apps.projects.views.reviews import application_under_review
from zhiqiao.core import files
from zhiqiao.core.answering import attempted
from zhiqiao.core.errors import MissingError


@staff_only
@require_http_methods(FORM_METHODS)
def make(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    form = PanelForm(for_panel(call), posted(request))
    back = reverse("projects:call_reviews", args=[call.uid])
    asked = Asked(_("Call a panel"), _("Save"), _("The panel was made."), call, back)
    return answered(
        request,
        form,
        lambda: actions.make_panel(call, **form.cleaned_data, actor=request.user),
        asked,
    )


@staff_only
@require_safe
def show_panel(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    panel = panel_visible_to(request.user, uid)
    if wanted_file(request):
        return list_file(
            request, of_call(panel.call, *panel_table(panel, request.GET.get("list", "")))
        )
    items = list(items_of(panel))
    barred = barred_from(panel, [item.application_id for item in items])
    context = {
        "panel": panel,
        "call": panel.call,
        "rule": panel.call.rules.lifecycle.panel,
        "seats": seats_of(panel),
        "items": [(item, len(barred.get(item.application_id, ()))) for item in items],
        "fees": fees_of(panel),
    }
    return render(request, "projects/reviews_panel.html", context)


@staff_only
@require_http_methods(FORM_METHODS)
def seat(request: HttpRequest, uid: UUID) -> HttpResponse:
    panel, form = panel_visible_to(request.user, uid), SeatForm(posted(request))

    def write() -> None:
        expert = seat_named(panel, form.cleaned_data["name"])
        actions.seat_expert(panel, expert, actor=request.user)

    return _on_panel(request, panel, form, _("Seat an expert"), write)


@staff_only
@require_http_methods(FORM_METHODS)
def attendance(request: HttpRequest, uid: UUID) -> HttpResponse:
    panel = panel_visible_to(request.user, uid)
    form = AttendanceForm(seats_of(panel), posted(request))
    return _on_panel(
        request, panel, form, _("Attendance and fees"),
        lambda: actions.note_attendance(panel, form.given(), actor=request.user),
    )  # fmt: skip


@staff_only
@require_http_methods(FORM_METHODS)
def advise(request: HttpRequest, uid: UUID, item: int) -> HttpResponse:
    panel = panel_visible_to(request.user, uid)
    row, form = item_of(panel, item), AdviceForm(posted(request))
    title = _("Votes and advice on %(number)s") % {"number": row.application}
    return _on_panel(
        request, panel, form, title,
        lambda: actions.advise(row, form.given(), actor=request.user),
    )  # fmt: skip


@staff_only
@require_http_methods(FORM_METHODS)
def minutes(request: HttpRequest, uid: UUID) -> HttpResponse:
    panel = panel_visible_to(request.user, uid)
    form = MinutesForm(posted(request), initial={"minutes": panel.minutes})
    return _on_panel(
        request, panel, form, _("Minutes"),
        lambda: actions.write_minutes(panel, **form.cleaned_data, actor=request.user),
    )  # fmt: skip


@staff_only
@require_POST
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    panel = panel_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.close_panel(panel, actor=request.user),
        done=_("The panel is closed."),
        back=panel.get_absolute_url(),
    )


@staff_only
@require_safe
def show_sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show attendance and fees as a sheet to be signed on paper."""
    panel = panel_visible_to(request.user, uid)
    context = {"panel": panel, "call": panel.call, "seats": seats_of(panel), "fees": fees_of(panel)}
    return render(request, "projects/reviews_panel_sheet.html", context)


@staff_only
@require_http_methods(FORM_METHODS)
def report_visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = application_under_review(request, uid)
    form = VisitForm(posted(request), request.FILES or None)
    back = reverse("projects:application_reviews", args=[application.uid])
    asked = Asked(_("Report a visit on site"), _("Save"), _("The visit was reported."),
                  application.call, back, "", str(application))  # fmt: skip
    return answered(
        request,
        form,
        lambda: actions.report_visit(application, **form.cleaned_data, actor=request.user),
        asked,
    )


@staff_only
@require_safe
def download_visit(request: HttpRequest, uid: UUID) -> FileResponse:
    visit = visit_visible_to(request.user, uid)
    if visit.file is None:
        raise MissingError("projects.missing")
    return FileResponse(
        files.open_file(visit.file),
        as_attachment=True,
        filename=visit.file.name,
        content_type=visit.file.media_type or "application/octet-stream",
    )


def _on_panel(
    request: HttpRequest, panel: Panel, form: Form, title: str, write: Callable[[], object]
) -> HttpResponse:
    asked = Asked(title, _("Save"), _("The panel was changed."), panel.call,
                  panel.get_absolute_url(), "", panel.title)  # fmt: skip
    return answered(request, form, write, asked)
