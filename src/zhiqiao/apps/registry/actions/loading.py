"""Loads the reference data of ``data/``: idempotent, one transaction, row by row compared.

Colleges are not loaded here: they come through the clerk's import of organisations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from zhiqiao.apps.registry.actions.loading_catalogues import (
    load_clusters,
    load_editions,
    load_grouped,
    load_majors,
)
from zhiqiao.apps.registry.actions.loading_regions import (
    Advances,
    load_region_changes,
    load_regions,
)
from zhiqiao.apps.registry.actions.loading_successions import record_known
from zhiqiao.apps.registry.models import Industry, Occupation
from zhiqiao.apps.registry.rules import can_write_registry
from zhiqiao.core import revisions
from zhiqiao.core.access import Actor, require


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many rows each file added or changed; nothing when it was loaded before."""

    written: Mapping[str, int] = field(default_factory=dict)


def _steps(directory: Path) -> Mapping[str, Callable[[], int]]:
    return {
        "regions.csv": lambda: load_regions(directory / "regions.csv"),
        "region_changes.csv": lambda: load_region_changes(directory / "region_changes.csv"),
        "vet_majors.csv": lambda: load_majors(directory / "vet_majors.csv"),
        "occupations.csv": lambda: load_grouped(Occupation, directory / "occupations.csv"),
        "industries.csv": lambda: load_grouped(Industry, directory / "industries.csv"),
        "clusters.csv": lambda: load_clusters(directory / "clusters.csv"),
        "catalogues.csv": lambda: load_editions(directory / "catalogues.csv"),
    }


@transaction.atomic
def load_catalogues(
    directory: Path, *, actor: Actor, progress: Advances | None = None
) -> LoadReport:
    """Load regions with their changes, majors, occupations, industries and clusters."""
    require(can_write_registry(actor))
    steps = _steps(directory)
    if progress is not None:
        progress.begin(len(steps), "")
    written: dict[str, int] = {}
    for name, step in steps.items():
        written[name] = step()
        if progress is not None:
            progress.advance()
    if any(written.values()):
        revisions.bump("plan")
    return LoadReport(written)


@transaction.atomic
def load_successions(
    directory: Path, *, actor: Actor, progress: Advances | None = None
) -> LoadReport:
    """Record the upgrades and renamings of ``successions.csv``, after the colleges are there."""
    require(can_write_registry(actor))
    return LoadReport(
        {"successions.csv": record_known(directory / "successions.csv", actor, progress)}
    )
