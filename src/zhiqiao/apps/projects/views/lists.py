"""Lists as files: the same rows as the page shows, without its pages, as Excel or PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from zhiqiao.apps.projects.engine_io.lists import list_pdf
from zhiqiao.apps.projects.models import Call
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.fields import Provenance

EXCEL, PDF = "xlsx", "pdf"
# A longer list is refused on paper: nobody reads it there, and to typeset it would hold up a web process.
PDF_ROWS = 2_000


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


def list_file(request: HttpRequest, made: ListFile, *, default: str = PDF) -> HttpResponseBase:
    """Answer with the file that the address asks for, or the one it stands for.

    Raises
    ------
    RuleError
        ``projects.list-too-long`` for a PDF of more than ``PDF_ROWS`` rows.
    """
    wanted = wanted_file(request) or default
    name = f"{made.name}-{today():%Y-%m-%d}.{wanted}"
    if wanted == EXCEL:
        return workbook_response(name, made.columns, made.rows)
    rows = list(islice(made.rows, PDF_ROWS + 1))
    if len(rows) > PDF_ROWS:
        raise RuleError("projects.list-too-long", most=PDF_ROWS)
    content = list_pdf(
        made.title, made.columns, rows, is_sample=made.is_sample, made_at=timezone.now()
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def of_call(
    call: Call, name: str, columns: Sequence[object], rows: Iterable[Sequence[object]]
) -> ListFile:
    """Give a list of a call its title, and the mark of a demonstration where it is one."""
    is_sample = call.provenance == Provenance.DEMONSTRATION
    return ListFile(name, call.title, [str(column) for column in columns], rows, is_sample)
