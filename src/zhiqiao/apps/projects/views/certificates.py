"""Certificates: given to whoever built the item, and checked by whoever holds the paper."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiqiao.apps.projects import queries
from zhiqiao.apps.projects.engine_io.certificates import certificate_pdf
from zhiqiao.apps.projects.models import Certificate
from zhiqiao.apps.projects.views.doors import signed_in_only
from zhiqiao.core.dates import today


@signed_in_only
@require_safe
def download_certificate(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.building_visible_to(request.user, uid)
    found = queries.certificate_of(application)
    words = queries.certificate_words(found, address=_address(request, found))
    content = certificate_pdf(words, issued_at=found.issued_at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return response


@require_safe
def verify_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Tell whoever holds the paper what the register says of the item today."""
    told = queries.certificate_of_code(code, today=today())
    return render(request, "projects/results_certificate.html", {"told": told})


def _address(request: HttpRequest, found: Certificate) -> str:
    return request.build_absolute_uri(reverse("projects:verify_certificate", args=[found.code]))
