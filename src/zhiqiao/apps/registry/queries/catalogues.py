from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Model, Q, QuerySet

from zhiqiao.apps.registry.choices import CATALOGUE_PARTS, CatalogueName
from zhiqiao.apps.registry.models import (
    CatalogueEdition,
    Cluster,
    Industry,
    Major,
    Occupation,
)
from zhiqiao.core.search import filter_by_text

CATALOGUE_MODELS: Mapping[str, type[Model]] = {
    CatalogueName.MAJORS: Major,
    CatalogueName.OCCUPATIONS: Occupation,
    CatalogueName.INDUSTRIES: Industry,
    CatalogueName.CLUSTERS: Cluster,
}


def part_field(catalogue: str) -> str:
    """Return the column that says to which part of its catalogue an entry belongs."""
    return "tier" if catalogue == CatalogueName.CLUSTERS else "level"


def entries_of(catalogue: str, *, text: str = "", part: str = "") -> QuerySet[Model]:
    """Return the entries of a catalogue, which is public, in the order of their codes."""
    rows = CATALOGUE_MODELS[catalogue]._default_manager.all()  # noqa: SLF001 - Django's documented name
    if catalogue in {CatalogueName.OCCUPATIONS, CatalogueName.INDUSTRIES}:
        rows = rows.select_related("parent")
    if part in CATALOGUE_PARTS[catalogue].values:
        rows = rows.filter(**{part_field(catalogue): part})
    return filter_by_text(rows, text) if text else rows


def editions_of(catalogues: Sequence[str]) -> list[CatalogueEdition]:
    """List what is loaded of each part, and what is declared missing."""
    editions = CatalogueEdition.objects.filter(catalogue__in=catalogues)
    return list(editions.select_related("citation").order_by("catalogue", "position"))


def unknown_major_codes(codes: Iterable[str]) -> set[str]:
    """Return the codes that no major has, with or without its mark; none while no catalogue is loaded."""
    wanted = {code for code in codes if code}
    if not wanted or not Major.objects.exists():
        return set()
    rows = Major.objects.filter(Q(code__in=wanted) | Q(base_code__in=wanted))
    return wanted - {code for pair in rows.values_list("code", "base_code") for code in pair}
