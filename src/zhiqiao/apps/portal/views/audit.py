from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.portal.actions import start_audit_check
from zhiqiao.apps.portal.forms import AuditForm
from zhiqiao.apps.portal.queries.audit import audit_visible_to, latest_seal, line
from zhiqiao.apps.portal.rules import can_read_audit
from zhiqiao.core.access import require
from zhiqiao.core.paging import paginate


@require_safe
@login_required
def list_audit(request: HttpRequest) -> HttpResponse:
    require(can_read_audit(request.user))
    form = AuditForm(request.GET or None)
    page = paginate(audit_visible_to(request.user, form.wanted()), request, per_page=50)
    context = {
        "form": form,
        "page": page,
        "lines": [line(entry) for entry in page],
        "seal": latest_seal(),
    }
    return render(request, "portal/audit.html", context)


@require_POST
@login_required
def check_audit(request: HttpRequest) -> HttpResponse:
    job = start_audit_check(actor=request.user)
    return redirect("portal:job", uid=job.uid)
