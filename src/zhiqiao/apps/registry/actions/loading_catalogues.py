from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from django.db.models import Count

from zhiqiao.apps.registry.actions.loading_regions import Row, rows_of, source_of
from zhiqiao.apps.registry.choices import ClusterTier, EditionState, MajorLevel
from zhiqiao.apps.registry.models import (
    CatalogueEdition,
    Cluster,
    Industry,
    Major,
    Occupation,
)
from zhiqiao.apps.registry.queries.catalogues import CATALOGUE_MODELS, part_field
from zhiqiao.core.search import searchable_fields

# The first digit of a major's code says its level: the categories of the three levels are the same,
# twenty apart.
_LEVELS_BY_DIGIT: Mapping[str, str] = {
    "2": MajorLevel.BACHELOR,
    "3": MajorLevel.BACHELOR,
    "4": MajorLevel.HIGHER,
    "5": MajorLevel.HIGHER,
    "6": MajorLevel.SECONDARY,
    "7": MajorLevel.SECONDARY,
}


Grouped = TypeVar("Grouped", Occupation, Industry)


def load_majors(path: Path) -> int:
    known = set(Major.objects.values_list("code", flat=True))
    new = [_major(row) for row in rows_of(path) if row["code"] not in known]
    Major.objects.bulk_create(new, batch_size=500)
    return len(new)


def _major(row: Row) -> Major:
    return Major(
        code=row["code"],
        base_code=row["code"][:6],
        name=row["name"],
        level=_LEVELS_BY_DIGIT[row["code"][0]],
        category_code=row["major_category_code"],
        category=row["major_category"],
        class_code=row["class_code"],
        class_name=row["class_name"],
        **searchable_fields(name=row["name"], codes=[row["code"]]),
    )


def load_grouped(model: type[Grouped], path: Path) -> int:
    """Load a catalogue of groups within groups, level by level, so that parents come first."""
    known = {entry.code: entry for entry in model.objects.all()}
    waiting = [row for row in rows_of(path) if row["code"] not in known]
    written = 0
    while waiting:
        ready = [row for row in waiting if not row["parent_code"] or row["parent_code"] in known]
        if not ready:
            orphans = ", ".join(row["code"] for row in waiting[:5])
            raise ValueError(f"{path.name}: entries without their group: {orphans}")
        made = [_entry(model, row, known.get(row["parent_code"])) for row in ready]
        for entry in model.objects.bulk_create(made, batch_size=500):
            known[entry.code] = entry
        written += len(made)
        waiting = [row for row in waiting if row["code"] not in known]
    return written


def _entry(model: type[Grouped], row: Row, parent: Grouped | None) -> Grouped:
    return model(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent=parent,
        **searchable_fields(name=row["name"], codes=[row["code"]]),
    )


def load_clusters(path: Path) -> int:
    """Load the clusters; the tiers of the file come in the order of their size."""
    known = set(Cluster.objects.values_list("name", flat=True))
    rows = rows_of(path)
    tiers = dict(zip(dict.fromkeys(row["tier"] for row in rows), ClusterTier, strict=False))
    new = [
        Cluster(
            name=row["name"],
            tier=tiers[row["tier"]],
            position=position,
            confidence=row["evidence"],
            **searchable_fields(name=row["name"]),
        )
        for position, row in enumerate(rows, start=1)
        if row["name"] not in known
    ]
    Cluster.objects.bulk_create(new)
    return len(new)


def load_editions(path: Path) -> int:
    """Count what is loaded and compare it with what was published; a gap is a state, not a zero."""
    rows = rows_of(path)
    counts = {name: _loaded_by_part(name) for name in {row["catalogue"] for row in rows}}
    written = 0
    for position, row in enumerate(rows, start=1):
        loaded = counts[row["catalogue"]].get(row["part"], 0)
        declared = int(row["declared_total"]) if row["declared_total"] else None
        values = {
            "position": position,
            "title": row["edition"],
            "loaded": loaded,
            "declared_total": declared,
            "state": _state(loaded, declared),
            "note_zh": row["note_zh"],
            "note_en": row["note_en"],
        }
        written += _keep_edition(row, values)
    return written


def _keep_edition(row: Row, values: Mapping[str, object]) -> bool:
    same = CatalogueEdition.objects.filter(catalogue=row["catalogue"], part=row["part"])
    if same.filter(**values).exists():
        return False
    CatalogueEdition.objects.update_or_create(
        catalogue=row["catalogue"],
        part=row["part"],
        defaults={**values, "citation": source_of(row).citation()},
    )
    return True


def _loaded_by_part(catalogue: str) -> Mapping[str, int]:
    model, part = CATALOGUE_MODELS[catalogue], part_field(catalogue)
    rows = model._default_manager.order_by().values_list(part).annotate(count=Count("id"))  # noqa: SLF001 - Django's documented name
    return dict(rows)


def _state(loaded: int, declared: int | None) -> str:
    if not loaded:
        return EditionState.NOT_LOADED
    return EditionState.COMPLETE if loaded == declared else EditionState.PARTIAL
