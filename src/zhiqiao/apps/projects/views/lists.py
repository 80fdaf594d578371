"""Lists as files: the same rows as the page shows, without its pages, as Excel or PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from zhiqiao.apps.projects.engine_io.lists import list_pdf
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response

EXCEL, PDF = "xlsx", "pdf"


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list to be sent: the name of the file, the title on paper, columns and rows."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    is_sample: bool = False


def wanted_file(request: HttpRequest) -> str:
    """Return which file the address asks for instead of a page, if it does."""
    given = request.GET.get("format", "")
    return given if given in {EXCEL, PDF} else ""


def list_file(request: HttpRequest, made: ListFile) -> HttpResponseBase:
    name = f"{made.name}-{today():%Y-%m-%d}.{wanted_file(request)}"
    if wanted_file(request) == EXCEL:
        return workbook_response(name, made.columns, made.rows)
    content = list_pdf(
        made.title, made.columns, made.rows, is_sample=made.is_sample, made_at=timezone.now()
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
