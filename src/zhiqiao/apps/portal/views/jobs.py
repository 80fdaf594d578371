from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.portal.choices import COUNTS
from zhiqiao.apps.portal.queries.jobs import (
    file_visible_to,
    import_of,
    job_visible_to,
    jobs_visible_to,
)
from zhiqiao.core.errors import FAILED, message_of
from zhiqiao.core.files import open_file
from zhiqiao.core.jobs import kind_of, request_cancel
from zhiqiao.core.models import Job
from zhiqiao.core.paging import paginate


@require_safe
@login_required
def list_jobs(request: HttpRequest) -> HttpResponse:
    page = paginate(jobs_visible_to(request.user).order_by("-id"), request)
    rows = [(job, kind_of(job.kind).title) for job in page]
    return render(request, "portal/jobs.html", {"page": page, "rows": rows})


@require_safe
@never_cache
@login_required
def show_job(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show how far a job is; while it runs, the page asks again for the part with the progress."""
    job = job_visible_to(request.user, uid)
    context = {
        "job": job,
        "batch": import_of(job, request.user),
        "title": kind_of(job.kind).title,
        "counts": _counts(job),
        "failure": message_of(job.error_code or FAILED, job.error_parameters),
    }
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, f"portal/job.html{part}", context)


@require_POST
@login_required
def cancel_job(request: HttpRequest, uid: UUID) -> HttpResponse:
    job = request_cancel(job_visible_to(request.user, uid), actor=request.user)
    return redirect("portal:job", uid=job.uid)


@require_safe
def download_file(request: HttpRequest, uid: UUID) -> FileResponse:
    """Send a stored file after its hash was checked; never shown inside of the site."""
    stored = file_visible_to(request.user, uid)
    return FileResponse(
        open_file(stored),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.media_type or "application/octet-stream",
    )


def _counts(job: Job) -> list[tuple[object, int]]:
    result = job.result or {}
    return [(label, result[name]) for name, label in COUNTS.items() if name in result]
