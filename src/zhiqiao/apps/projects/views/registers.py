from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.choices import DeclaredState, HolderState, Level
from zhiqiao.apps.projects.forms import DeclarationForm
from zhiqiao.apps.projects.models import ListDeclaration
from zhiqiao.apps.projects.rules import can_keep_register
from zhiqiao.apps.projects.schemas import COLUMNS
from zhiqiao.apps.projects.views.doors import keepers_only
from zhiqiao.apps.projects.views.lists import EXCEL, ListFile, list_file, wanted_file
from zhiqiao.core.access import Actor
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.paging import paginate
from zhiqiao.core.policy import current_pack, spoken


@require_safe
def registers(request: HttpRequest) -> HttpResponseBase:
    lines = queries.register_summary(request.user)
    if wanted_file(request):
        table = queries.register_table(lines)
        return list_file(request, ListFile("registers", _("Registers of recognised items"), *table))
    articles = current_pack().articles
    groups = [
        (articles[article], list(members))
        for article, members in groupby(
            sorted(lines, key=lambda line: line.kind.article), key=lambda line: line.kind.article
        )
    ]
    context = {
        "groups": groups,
        "loaded": sum(line.list_state != "not-loaded" for line in lines),
        "total": len(lines),
        "pending": sum(line.pending for line in lines),
        "may_keep": can_keep_register(request.user),
    }
    return render(request, "projects/registers.html", context)


@require_safe
def register(request: HttpRequest, kind: str) -> HttpResponse:
    found = queries.kind_or_missing(kind)
    wanted = _wanted(request)
    head = queries.register_head(request.user, found)
    context = {
        "kind": found,
        "page": _lines(request, kind, wanted=wanted, total=head.total),
        "wanted": wanted,
        "sort": wanted.sort,
        "kept_as": f"{head.key}?{request.GET.urlencode()}",
    }
    if request.htmx:  # type: ignore[attr-defined] # set by the htmx middleware
        return render(request, "projects/register.html#rows", context)
    context |= {
        "line": head.line,
        "declarations": head.declarations,
        "targets": queries.targets_of_kind(kind),
        "areas": head.areas,
        "levels": Level.choices,
        "holders": HolderState.choices,
        "may_keep": can_keep_register(request.user),
    }
    return render(request, "projects/register.html", context)


def _lines(
    request: HttpRequest, kind: str, *, wanted: queries.RegisterFilter, total: int
) -> SimpleLazyObject:
    """Give the page of lines; it is read only when none is kept from an earlier request."""
    rows = queries.recognitions_of_kind(request.user, kind, wanted=wanted)
    counted = None if wanted.restricts else total
    shown = rows.values(*queries.LISTED_FIELDS)
    return SimpleLazyObject(lambda: paginate(shown, request, total=counted))


@require_safe
def register_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the list in the columns of the import; without a word in the address as a workbook."""
    found = queries.kind_or_missing(kind)
    rows = queries.recognitions_of_kind(request.user, kind, wanted=_wanted(request))
    columns = [str(column.title) for column in COLUMNS]
    made = ListFile(kind, spoken(found.title), columns, queries.export_rows(rows))
    return list_file(request, made, default=EXCEL)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def declare_list(request: HttpRequest, kind: str) -> HttpResponse:
    found = queries.kind_or_missing(kind)
    line = queries.register_head(request.user, found).line
    form = DeclarationForm(request.POST or None, initial=_as_shown(line.declaration))
    if form.is_valid():
        try:
            _declare(kind, form.cleaned_data, request.user)
        except (RuleError, InputError) as error:
            note_refusal(form, error)
            # The page that comes back shows the present declaration; saving again is meant.
            form.data = request.POST.dict() | {"seen_at": timezone.now().isoformat()}
        else:
            messages.success(request, _("The declaration was saved; the board uses it now."))
            return redirect("projects:register", kind=kind)
    context = {"kind": found, "form": form, "line": line}
    return render(request, "projects/declare.html", context, status=422 if form.errors else 200)


def _declare(kind: str, given: Mapping[str, Any], actor: Actor) -> None:
    statement = actions.Statement(
        state=DeclaredState(given["state"]),
        as_of=given["as_of"],
        basis=given["basis"],
        declared_total=given["declared_total"],
    )
    area = given["area"].code
    actions.declare_list(kind, area, statement=statement, actor=actor, seen_at=given["seen_at"])


def _wanted(request: HttpRequest) -> queries.RegisterFilter:
    given = request.GET
    return queries.RegisterFilter(
        text=given.get("q", "")[:100],
        area=given.get("area", ""),
        level=given.get("level", ""),
        holder=given.get("holder", ""),
        state=given.get("state", ""),
        sort=given.get("sort", ""),
    )


def _as_shown(found: ListDeclaration | None) -> dict[str, object]:
    """Return what the form shows at first: the present declaration, or today and the plan's area."""
    seen_at = timezone.now().isoformat()
    if found is None:
        return {"as_of": today(), "area": queries.area_of_plan(), "seen_at": seen_at}
    return {
        "state": found.state,
        "area": found.area_id,
        "as_of": found.as_of,
        "declared_total": found.declared_total,
        "basis": found.basis,
        "seen_at": seen_at,
    }
