"""Statistics of a run, for everybody once it is published."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhiqiao.apps.admissions import queries
from zhiqiao.apps.admissions.rules import SMALLEST_SHOWN
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response


@require_safe
def show_statistics(request: HttpRequest, uid: UUID) -> HttpResponse:
    run = queries.run_visible_to(request.user, uid)
    context = {
        "run": run,
        "season": run.season,
        "breakdowns": queries.statistics_of(run),
        "least": SMALLEST_SHOWN,
    }
    return render(request, "admissions/statistics.html", context)


@require_safe
def download_statistics(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    run = queries.run_visible_to(request.user, uid)
    columns = (_("Divided by"), _("Group"), _("Candidates"), _("Admitted"), _("Places"), _("Note"))
    note = _("kept back: small counts")
    rows = (
        (breakdown.title, group.title, None, None, None, note)
        if group.is_hidden
        else (breakdown.title, group.title, group.candidates, group.admitted, group.places, "")
        for breakdown in queries.statistics_of(run)
        for group in breakdown.groups
    )
    return workbook_response(f"statistics-{today():%Y-%m-%d}.xlsx", columns, rows)
