from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet

from zhiqiao.apps.registry.models import Region, RegionSuccession
from zhiqiao.core.access import Actor


def regions_visible_to(_user: Actor) -> QuerySet[Region]:
    """Return every region: the division of the country is public."""
    return Region.objects.all()


def valid_on(day: date) -> Q:
    """Select the units that exist on `day`; an unknown beginning or end does not exclude."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    not_over = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    return begun & not_over


def regions_named(
    names: Iterable[str | None], *, within: str | None = None
) -> Mapping[str, Region | None]:
    """Find regions by name or six-digit code in one query; None when unknown or ambiguous.

    A unit that still exists goes before one that was abolished. `within` is the code of a region
    that must contain the answer (or be it).
    """
    wanted = {name: name.strip() for name in names if name}
    texts = set(wanted.values()) - {""}
    rows = Region.objects.filter(Q(name__in=texts) | Q(code__in=texts))
    if within is not None:
        rows = rows.filter(path__contains=f"/{within}/")
    found: dict[str, list[Region]] = {}
    for region in rows:
        for key in {region.name, region.code or region.name}:
            found.setdefault(key, []).append(region)
    return {name: _the_one(found.get(text, [])) for name, text in wanted.items()}


def region_by_name(name: str, within: str | None = None) -> Region | None:
    return regions_named([name], within=within).get(name)


def _the_one(regions: list[Region]) -> Region | None:
    existing = [region for region in regions if region.valid_to is None] or regions
    return existing[0] if len(existing) == 1 else None


def area_path(code: str) -> str:
    """Return the path prefix of the region with this code; records below it start with it."""
    path = (
        Region.objects.filter(code=code).order_by("valid_to").values_list("path", flat=True).last()
    )
    return path or f"/{code}/"


def districts_of(code: str) -> QuerySet[Region]:
    """Return the districts and counties right below a region, as far as they exist."""
    rows = Region.objects.filter(parent__code=code, valid_to=None)
    return rows.exclude(code=None).order_by("code")


def wholes_of(region: int | None) -> frozenset[int]:
    """Return the keys of a region and of every region that contains it; nothing for no region."""
    if region is None:
        return frozenset()
    path = Region.objects.filter(pk=region).values_list("path", flat=True).first() or ""
    codes = [code for code in path.split("/") if code]
    above = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]
    return frozenset(Region.objects.filter(path__in=above).values_list("pk", flat=True))


def changes_of(region: Region) -> list[RegionSuccession]:
    """List what the unit came from and what became of it, in order of time."""
    steps = RegionSuccession.objects.filter(Q(predecessor=region) | Q(successor=region))
    return list(steps.select_related("predecessor", "successor", "citation"))
