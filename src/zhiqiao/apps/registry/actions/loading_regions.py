import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Protocol

from zhiqiao.apps.registry.actions.regions import path_of
from zhiqiao.apps.registry.actions.sources import Source
from zhiqiao.apps.registry.choices import RegionChange
from zhiqiao.apps.registry.models import Region, RegionSuccession
from zhiqiao.core.search import searchable_fields

Row = Mapping[str, str]


class Advances(Protocol):
    """What a long load tells of itself; the kit's Progress fits."""

    def begin(self, total: int, message: str) -> None: ...

    def advance(self, n: int = 1, /) -> None: ...


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def source_of(row: Row) -> Source:
    return Source(
        title=row["source_title"],
        url=row.get("source_url", ""),
        read_on=date.fromisoformat(row["source_read_on"]),
        confidence=row["confidence"],
    )


def load_regions(path: Path) -> int:
    known = {region.code: region for region in Region.objects.exclude(code=None)}
    rows = sorted(rows_of(path), key=_depth)
    written = 0
    for row in rows:
        if row["code"] in known:
            continue
        region = Region(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            parent=known.get(row["parent_code"]),
            in_twin_city_circle=row["in_twin_city_circle"],
            **searchable_fields(name=row["name"], codes=[row["code"]]),
        )
        region.path = path_of(region)
        region.save(force_insert=True)
        known[region.code] = region
        written += 1
    return written


def _depth(row: Row) -> tuple[int, str]:
    order = {"province": 0, "prefecture": 1, "county": 2}
    return order[row["level"]], row["code"]


def load_region_changes(path: Path) -> int:
    written = 0
    for row in rows_of(path):
        predecessor = Region.objects.get(code=row["predecessor_code"])
        successor = _successor(row)
        _step, created = RegionSuccession.objects.get_or_create(
            predecessor=predecessor,
            successor=successor,
            kind=row["kind"],
            happened_on=date.fromisoformat(row["happened_on"]),
            defaults={"citation": source_of(row).citation()},
        )
        if created and row["kind"] != RegionChange.BOUNDARY:
            predecessor.valid_to = date.fromisoformat(row["happened_on"])
            predecessor.save(update_fields=["valid_to"])
        written += created
    return written


def _successor(row: Row) -> Region:
    """Find the unit that followed, or make it: by code when known, else by name and first day."""
    begun = date.fromisoformat(row["happened_on"])
    code = row["successor_code"] or None
    parent = Region.objects.get(code=row["successor_parent_code"])
    same = Region.objects.filter(parent=parent, name=row["successor_name"], valid_from=begun)
    existing = (Region.objects.filter(code=code).first() if code else None) or same.first()
    if existing is not None:
        return existing
    region = Region(
        code=code,
        name=row["successor_name"],
        level=row["successor_level"],
        parent=parent,
        valid_from=begun,
        **searchable_fields(name=row["successor_name"], codes=_present([code])),
    )
    region.path = path_of(region)
    region.save(force_insert=True)
    return region


def _present(codes: Iterable[str | None]) -> list[str]:
    return [code for code in codes if code]
