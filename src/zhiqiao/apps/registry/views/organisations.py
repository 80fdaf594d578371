from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhiqiao.apps.registry.choices import VERBS, OrganisationKind, Ownership
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.queries import (
    OrganisationFilter,
    history_of_organisation,
    organisations_by_address,
    organisations_matching,
    organisations_visible_to,
    panels_of,
    regions_visible_to,
)
from zhiqiao.apps.registry.rules import can_write_registry
from zhiqiao.core.audit import history_of
from zhiqiao.core.exports import ExportColumn, workbook_response
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.paging import paginate


def _wanted(request: HttpRequest) -> OrganisationFilter:
    """Read the filters of the address; anything unknown does not filter."""
    asked = {name: request.GET.get(name, "").strip() for name in request.GET}
    code = asked.get("region", "")
    region = regions_visible_to(request.user).filter(code=code).first() if code else None
    kind, ownership = asked.get("kind", ""), asked.get("ownership", "")
    return OrganisationFilter(
        text=asked.get("q", "")[:100],
        kind=kind if kind in OrganisationKind.values else "",
        ownership=ownership if ownership in Ownership.values else "",
        region=region,
        sort=asked.get("sort", "name"),
    )


def _rows(request: HttpRequest, wanted: OrganisationFilter) -> QuerySet[Organisation]:
    return organisations_matching(organisations_visible_to(request.user), wanted)


@require_safe
def show_organisations(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request)
    places = regions_visible_to(request.user).filter(level__in=["province", "prefecture"])
    context = {
        "wanted": wanted,
        "sort": wanted.sort,
        "page": paginate(_rows(request, wanted), request),
        "kinds": OrganisationKind.choices,
        "ownerships": Ownership.choices,
        "places": places.exclude(code=None),
        "may_write": can_write_registry(request.user),
    }
    template = "registry/organisations.html"
    return render(request, f"{template}#rows" if request.htmx else template, context)  # type: ignore[attr-defined] # set by django-htmx


@require_safe
def export_organisations(request: HttpRequest) -> FileResponse:
    columns = (
        ExportColumn(_("Official name"), 34),
        ExportColumn(_("Kind"), 22),
        ExportColumn(_("National school code"), 16),
        ExportColumn(_("Unified credit code"), 22),
        ExportColumn(_("Authority in charge"), 20),
        ExportColumn(_("Place"), 20),
        ExportColumn(_("Ownership"), 14),
        ExportColumn(_("No longer exists"), 14),
    )
    rows = _rows(request, _wanted(request)).iterator(chunk_size=2000)
    return workbook_response(_("organisations.xlsx"), columns, _cells(rows))


def _cells(rows: Iterator[Organisation]) -> Iterator[Sequence[str]]:
    for row in rows:
        yield (
            row.name,
            row.get_kind_display(),
            row.national_code or "",
            row.credit_code or "",
            row.authority,
            row.region.name if row.region else "",
            row.get_ownership_display(),
            _("yes") if row.ended else _("no"),
        )


def _told(organisation: Organisation) -> list[tuple[AuditEntry, object]]:
    return [(one, VERBS.get(one.verb, one.verb)) for one in history_of(organisation)[:20]]


@require_safe
def show_organisation(request: HttpRequest, uid: UUID) -> HttpResponse:
    organisation = get_object_or_404(organisations_by_address(), uid=uid)
    may_write = can_write_registry(request.user)
    context = {
        "organisation": organisation,
        "line": history_of_organisation(organisation),
        "panels": panels_of(organisation, request.user),
        "may_write": may_write,
        "entries": _told(organisation) if may_write else [],
    }
    return render(request, "registry/organisation.html", context)
