from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from zhiqiao.apps.registry.choices import CATALOGUE_PARTS, CatalogueName
from zhiqiao.apps.registry.models import CatalogueEdition
from zhiqiao.apps.registry.queries import (
    changes_of,
    editions_of,
    entries_of,
    organisations_visible_to,
    regions_visible_to,
    valid_on,
)
from zhiqiao.core.dates import today
from zhiqiao.core.paging import paginate
from zhiqiao.core.search import filter_by_text


@require_safe
def show_regions(request: HttpRequest) -> HttpResponse:
    """Show the tree, or what a search found; `all` also shows the units that are no more."""
    text = request.GET.get("q", "").strip()[:100]
    everything = request.GET.get("all") == "1"
    rows = regions_visible_to(request.user).select_related("parent")
    if not everything:
        rows = rows.filter(valid_on(today()))
    if text:
        rows = filter_by_text(rows, text)
    page = paginate(rows.order_by("path", "id"), request, per_page=60)
    context = {"page": page, "text": text, "everything": everything}
    return render(request, "registry/regions.html", context)


@require_safe
def show_region(request: HttpRequest, uid: UUID) -> HttpResponse:
    rows = regions_visible_to(request.user).select_related("parent__parent")
    region = get_object_or_404(rows, uid=uid)
    below = regions_visible_to(request.user).filter(parent=region).order_by("path", "id")
    bodies = organisations_visible_to(request.user).filter(region__path__startswith=region.path)
    context = {
        "region": region,
        "changes": changes_of(region),
        "below": below,
        "organisations": paginate(bodies.order_by("name_key", "id"), request),
    }
    return render(request, "registry/region.html", context)


def _noted(edition: CatalogueEdition) -> dict[str, object]:
    chinese = (get_language() or "").startswith("zh")
    return {
        "edition": edition,
        "part": CATALOGUE_PARTS[edition.catalogue](edition.part).label,
        "note": edition.note_zh if chinese else edition.note_en,
        "missing": None
        if edition.declared_total is None
        else edition.declared_total - edition.loaded,
    }


@require_safe
def show_catalogues(request: HttpRequest) -> HttpResponse:
    editions = editions_of(CatalogueName.values)
    catalogues = [
        (name, [_noted(one) for one in editions if one.catalogue == name]) for name in CatalogueName
    ]
    return render(request, "registry/catalogues.html", {"catalogues": catalogues})


@require_safe
def show_catalogue(request: HttpRequest, name: str) -> HttpResponse:
    if name not in CatalogueName.values:
        raise Http404(name)
    text = request.GET.get("q", "").strip()[:100]
    part = request.GET.get("part", "")
    context = {
        "catalogue": CatalogueName(name),
        "parts": CATALOGUE_PARTS[name].choices,
        "part": part if part in CATALOGUE_PARTS[name].values else "",
        "text": text,
        "editions": [_noted(edition) for edition in editions_of([name])],
        "page": paginate(entries_of(name, text=text, part=part), request, per_page=50),
    }
    return render(request, "registry/catalogue.html", context)
