"""The rows of an import as the register understands them, and what each would do to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from django.db.models import Q

from zhiqiao.apps.projects.choices import RecognitionState
from zhiqiao.apps.projects.models import Evidence, Recognition, RecognitionPartner
from zhiqiao.apps.projects.rules import folded
from zhiqiao.apps.registry.choices import MatchState
from zhiqiao.apps.registry.queries import NameMatch, organisations_named, regions_named
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.policy import current_pack
from zhiqiao.core.values import PartialDate

CHUNK = 1_000
HOLDER = "holder"
PARTNERS = "partners"
ENDED = "ended"
ANEW = "anew"
COLUMNS = {
    "kind": "kind",
    "name": "name",
    "holder": "holder",
    "level": "level",
    "batch": "batch_or_year",
    "document": "document",
    "announced": "announced",
    "area": "area",
    "url": "source_url",
    "title": "source_title",
    "confidence": "confidence",
    "key": "natural_key",
}
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One row of the file after its cells were read."""

    number: int
    kind: str
    name: str
    holder: str
    partners: tuple[str, ...]
    level: str
    batch: str
    document: str
    announced: str
    area: str
    url: str
    title: str
    confidence: str
    key: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all rows of one import share: names and areas looked up once, and the options."""

    organisations: Mapping[str, int]
    areas: Mapping[str, int]
    provenance: str
    read_on: date | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A row that the register holds already, with what the import compares."""

    recognition: Recognition
    partners: tuple[str, ...]
    sources: frozenset[tuple[str, str]]


def staged_rows(batch: ImportBatch) -> Iterator[StagedRow]:
    """Read the rows in the order of the file; rows that could not be read are not among them."""
    for number, values in staging.rows(batch):
        partners = values["partners"]
        yield StagedRow(
            number=number,
            partners=tuple(partners) if isinstance(partners, list) else (),
            **{field: str(values[column]) for field, column in COLUMNS.items()},
        )


def in_chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    waiting = iter(items)
    while chunk := list(islice(waiting, size)):
        yield chunk


def names_in(batch: ImportBatch) -> dict[tuple[str, str], list[int]]:
    """Return each printed body by column and name, with the rows that name it."""
    found: dict[tuple[str, str], list[int]] = {}
    for row in staged_rows(batch):
        if row.holder:
            found.setdefault((HOLDER, row.holder), []).append(row.number)
        for partner in row.partners:
            found.setdefault((PARTNERS, partner), []).append(row.number)
    return found


def areas_in(batch: ImportBatch) -> list[str]:
    rows = batch.rows.filter(values__isnull=False).order_by()
    return list(rows.values_list("values__area", flat=True).distinct())


def matches_in(batch: ImportBatch) -> dict[str, NameMatch]:
    return organisations_named({name for _column, name in names_in(batch)})


def surroundings_of(batch: ImportBatch) -> Surroundings:
    options = batch.options or {}
    areas = regions_named(areas_in(batch))
    read_on = options.get("read_on")
    return Surroundings(
        organisations=_settled_names(batch),
        areas={name: region.pk for name, region in areas.items() if region},
        provenance=options.get("provenance") or Provenance.PUBLIC_SOURCE,
        read_on=date.fromisoformat(str(read_on)) if read_on else None,
    )


def listed_with(
    keys: Iterable[str], provenance: str, *, for_change: bool = False
) -> dict[str, Listed]:
    """Return the rows of the register that these keys mean, in three queries.

    A row is meant by what it says now and by what its list said; one that counts goes before one
    that ended. Rows that are read for a change are locked, so that no decision made meanwhile is
    written over.
    """
    wanted = list(keys)
    meant = Q(natural_key__in=wanted) | Q(imported_key__in=wanted)
    rows = Recognition.objects.filter(meant, provenance=provenance).select_related("area", "holder")
    if for_change:
        rows = rows.select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows}
    partners: dict[int, list[str]] = {}
    named = RecognitionPartner.objects.filter(recognition__in=found).order_by("position")
    for row, text in named.values_list("recognition_id", "text"):
        partners.setdefault(row, []).append(text)
    sources: dict[int, set[tuple[str, str]]] = {}
    cited = Evidence.objects.filter(recognition__in=found, citation__isnull=False).order_by()
    for row, title, url in cited.values_list("recognition_id", "citation__title", "citation__url"):
        sources.setdefault(row, set()).add((title, url))
    return {
        key: Listed(row, tuple(partners.get(row.pk, ())), frozenset(sources.get(row.pk, ())))
        for key, row in _meant_by_key(found.values()).items()
    }


def _meant_by_key(rows: Iterable[Recognition]) -> dict[str, Recognition]:
    """Say which row each key means; the last one written wins, so the best comes last."""
    by_age = sorted(rows, key=lambda row: row.pk)
    ended = [row for row in by_age if row.state != RecognitionState.RECOGNISED]
    in_force = [row for row in by_age if row.state == RecognitionState.RECOGNISED]
    meant: dict[str, Recognition] = {}
    for group in (ended, in_force):
        meant |= {row.imported_key: row for row in group if row.imported_key}
        meant |= {row.natural_key: row for row in group}
    return meant


def left_out(row: StagedRow, held: Listed | None, batch: ImportBatch) -> bool:
    """Say whether the register ended this item and nobody asked to enter it anew."""
    if held is None or held.recognition.state == RecognitionState.RECOGNISED:
        return False
    return batch.answer(ENDED, label_of(row)) != ANEW


def label_of(row: StagedRow) -> str:
    """Return the words that tell a row from the others of its list, the same in every language."""
    kind = current_pack().kinds[row.kind].title.zh
    parts = (row.name, row.holder, kind, row.batch, row.document)
    return " · ".join(part for part in parts if part)


def differences(listed: Listed, row: StagedRow, about: Surroundings) -> dict[str, object]:
    """Return the fields that the import would replace.

    An empty cell never erases what the register knows, a coarser date never replaces a finer one
    and a holder that somebody matched stays matched.
    """
    held = listed.recognition
    found: dict[str, object] = {}
    if row.level and row.level != held.level:
        found["level"] = row.level
    if row.announced and not _is_within(held.announced, row.announced):
        found["announced"] = row.announced
    if about.areas[row.area] != held.area_id:
        found["area_id"] = about.areas[row.area]
    organisation = about.organisations.get(row.holder)
    printed = folded(row.holder) == folded(held.holder_text)
    if organisation and held.holder_id is None and printed:
        found["holder_id"] = organisation
    if row.partners and row.partners != listed.partners:
        found[PARTNERS] = row.partners
    return found


def source_of(row: StagedRow) -> tuple[str, str] | None:
    """Return title and address of the published page that the row cites, if it cites one."""
    if not (row.title or row.url):
        return None
    return (row.title or row.document or row.url)[:300], row.url[:1000]


def _is_within(known: str, given: str) -> bool:
    if not known:
        return False
    known_day, given_day = PartialDate.parse(known), PartialDate.parse(given)
    return given_day.earliest <= known_day.earliest and known_day.latest <= given_day.latest


def _settled_names(batch: ImportBatch) -> dict[str, int]:
    """Return the organisations that names mean for certain or by a person's answer."""
    settled: dict[str, int] = {}
    for name, match in matches_in(batch).items():
        if match.organisation_id is not None:
            settled[name] = match.organisation_id
        elif match.state == MatchState.NEAR:
            answers = {str(c.uid): c.organisation_id for c in match.candidates}
            answer = batch.answer(HOLDER, name) or batch.answer(PARTNERS, name)
            if answer in answers:
                settled[name] = answers[answer]
    return settled
