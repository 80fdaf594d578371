from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.portal.actions import start_minors_evidence
from zhiqiao.apps.portal.forms import EvidenceForm
from zhiqiao.apps.portal.queries.evidence import register_columns, register_rows
from zhiqiao.apps.portal.rules import can_read_audit
from zhiqiao.core.access import require
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.personal_data import register_of_personal_data


@require_safe
def show_privacy(request: HttpRequest) -> HttpResponse:
    """Tell everybody what is kept about people here, and for how long."""
    return render(request, "portal/privacy.html", {"kinds": register_of_personal_data()})


@require_safe
@login_required
def show_register(request: HttpRequest) -> HttpResponse:
    require(can_read_audit(request.user))
    return _register(request, EvidenceForm(initial={"year": today().year}))


@require_safe
@login_required
def export_register(request: HttpRequest) -> FileResponse:
    require(can_read_audit(request.user))
    name = f"personal-data-{today():%Y-%m-%d}.xlsx"
    return workbook_response(name, register_columns(), register_rows())


@require_POST
@login_required
def make_evidence(request: HttpRequest) -> HttpResponse:
    require(can_read_audit(request.user))
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _register(request, form, status=422)
    job = start_minors_evidence(form.cleaned_data["year"], actor=request.user)
    return redirect("portal:job", uid=job.uid)


def _register(request: HttpRequest, form: EvidenceForm, *, status: int = 200) -> HttpResponse:
    context = {"kinds": register_of_personal_data(), "form": form}
    return render(request, "portal/personal_data.html", context, status=status)
