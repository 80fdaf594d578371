"""Bring a list into the register: what is wrong with it, what is doubtful, and the writing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions.keeping import RECORDED, search_words
from zhiqiao.apps.projects.actions.lists import declare_imported_lists, notice_of
from zhiqiao.apps.projects.actions.sources import attach_sources
from zhiqiao.apps.projects.actions.staging import (
    ANEW,
    ENDED,
    HOLDER,
    PARTNERS,
    Listed,
    StagedRow,
    Surroundings,
    areas_in,
    differences,
    in_chunks,
    label_of,
    left_out,
    listed_with,
    matches_in,
    names_in,
    source_of,
    staged_rows,
    surroundings_of,
)
from zhiqiao.apps.projects.choices import RecognitionState
from zhiqiao.apps.projects.models import Recognition, RecognitionPartner
from zhiqiao.apps.projects.rules import can_be_announced, can_keep_register, is_unnamed
from zhiqiao.apps.registry.queries import regions_named
from zhiqiao.core import audit, revisions
from zhiqiao.core.access import Actor, require
from zhiqiao.core.dates import today
from zhiqiao.core.imports import Candidate, Change, Doubt, Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress
from zhiqiao.core.values import PartialDate

FACTS = ("name", "holder", "partners", "level", "batch_or_year", "document", "announced", "area")
"""What two rows about one item must agree on; they may well cite different pages."""


ENDING_VERBS = ("projects.recognition.revoked", "projects.recognition.withdrawn")


@dataclass(slots=True)
class Tally:
    """What an import has written so far."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    ids: dict[str, int] = field(default_factory=dict)


def import_problems(batch: ImportBatch) -> Iterator[Problem]:
    """Find what no single row shows, in a fixed number of queries."""
    yield from staging.conflicts(batch, key=["natural_key"], fields=FACTS)
    yield from _unknown_areas(batch)
    yield from _future_days(batch)
    yield from _without_source(batch)


def import_doubts(batch: ImportBatch) -> Iterator[Doubt]:
    """Ask about items that the register ended and about names that resemble an organisation."""
    yield from _ended(batch)
    yield from _near_names(batch)


def _ended(batch: ImportBatch) -> Iterator[Doubt]:
    """Ask whether an item that somebody revoked or took out is entered anew."""
    about = surroundings_of(batch)
    asked: dict[str, tuple[list[int], Listed]] = {}
    for chunk in in_chunks(staged_rows(batch)):
        listed = listed_with((row.key for row in chunk), about.provenance)
        for row in chunk:
            held = listed.get(row.key)
            if held and held.recognition.state != RecognitionState.RECOGNISED:
                asked.setdefault(label_of(row), ([], held))[0].append(row.number)
    for label, (numbers, held) in asked.items():
        yield Doubt(
            row_numbers=tuple(numbers),
            field=ENDED,
            given=label,
            candidates=(Candidate(ANEW, str(_("Enter it anew")), _ended_because(held)),),
            otherwise=_("Leave it ended; the row is not entered."),
        )


def _ended_because(held: Listed) -> str:
    entry = audit.history_of(held.recognition).filter(verb__in=ENDING_VERBS).first()
    day = held.recognition.ended_on or (entry.at.date() if entry else None)
    words = _("%(state)s, %(day)s: %(reason)s")
    return str(words) % {
        "state": held.recognition.get_state_display(),
        "day": day.isoformat() if day else "",
        "reason": entry.reason if entry else "",
    }


def _near_names(batch: ImportBatch) -> Iterator[Doubt]:
    matches = matches_in(batch)
    asked: set[str] = set()
    for (column, name), numbers in sorted(names_in(batch).items()):
        candidates = matches[name].candidates
        if matches[name].organisation_id is not None or not candidates or name in asked:
            continue
        asked.add(name)
        yield Doubt(
            row_numbers=tuple(numbers),
            field=column,
            given=name,
            candidates=tuple(Candidate(str(c.uid), c.name, c.why) for c in candidates),
            otherwise=_("Keep the name as text; the organisation is filed later."),
        )


def import_changes(batch: ImportBatch) -> Iterator[Change]:
    """List the values that rows of the register would lose to the file."""
    about = surroundings_of(batch)
    for chunk in in_chunks(staged_rows(batch)):
        listed = listed_with((row.key for row in chunk), about.provenance)
        for row in chunk:
            held = listed.get(row.key)
            if held and held.recognition.state == RecognitionState.RECOGNISED:
                yield from _shown_changes(held, row, about)


def record_recognitions(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Write every row of a checked file: new ones are added, known ones completed or changed.

    Runs inside the one transaction of the import. Each changed row has its audit entry. Added rows
    point to the import, whose entry holds the digest of the file that says them and is the cause of
    every figure that moves.
    """
    require(can_keep_register(actor))
    about = surroundings_of(batch)
    tally = Tally()
    for chunk in in_chunks(staged_rows(batch)):
        _write(chunk, tally, batch=batch, about=about, actor=actor)
        progress.advance(len(chunk))
    declared = declare_imported_lists(batch, actor=actor)
    if tally.added or tally.changed or declared:
        revisions.bump("plan")
    return {"added": tally.added, "changed": tally.changed, "unchanged": tally.unchanged}


def _write(
    chunk: Sequence[StagedRow],
    tally: Tally,
    *,
    batch: ImportBatch,
    about: Surroundings,
    actor: Actor,
) -> None:
    listed = listed_with((row.key for row in chunk), about.provenance, for_change=True)
    fresh: list[StagedRow] = []
    changed: list[tuple[Listed, StagedRow, dict[str, object]]] = []
    for row in chunk:
        held = listed.get(row.key)
        if row.key in tally.ids or left_out(row, held, batch):
            tally.unchanged += 1
        elif held is None or held.recognition.state != RecognitionState.RECOGNISED:
            fresh.append(row)
            tally.ids[row.key] = 0
        else:
            tally.ids[row.key] = held.recognition.pk
            replaced = differences(held, row, about)
            if replaced or _cites_more(held, row):
                changed.append((held, row, replaced))
            else:
                tally.unchanged += 1
    _add(fresh, tally, batch=batch, about=about)
    _change(changed, actor=actor, about=about)
    tally.added += len(fresh)
    tally.changed += len(changed)
    sources = [
        (tally.ids[row.key], row)
        for row in chunk
        if row.key in tally.ids and _adds_source(listed, row)
    ]
    attach_sources(sources, about, notice=notice_of(batch))


def _cites_more(held: Listed, row: StagedRow) -> bool:
    return source_of(row) not in (None, *held.sources)


def _adds_source(listed: Mapping[str, Listed], row: StagedRow) -> bool:
    held = listed.get(row.key)
    if held is None or held.recognition.state != RecognitionState.RECOGNISED:
        return True
    return _cites_more(held, row)


def _add(
    rows: Sequence[StagedRow], tally: Tally, *, batch: ImportBatch, about: Surroundings
) -> None:
    made = Recognition.objects.bulk_create(
        [_recognition(row, about, batch) for row in rows], batch_size=2_000
    )
    tally.ids |= {found.natural_key: found.pk for found in made}
    _name_partners(((tally.ids[row.key], row.partners) for row in rows), about)


def _recognition(row: StagedRow, about: Surroundings, batch: ImportBatch) -> Recognition:
    day = PartialDate.parse(row.announced) if row.announced else None
    return Recognition(
        kind=row.kind,
        name=row.name,
        name_filed=not is_unnamed(row.name),
        level=row.level,
        batch=row.batch,
        document=row.document,
        announced=row.announced,
        announced_from=day.earliest if day else None,
        announced_to=day.latest if day else None,
        area_id=about.areas[row.area],
        holder_id=about.organisations.get(row.holder),
        holder_text=row.holder,
        provenance=about.provenance,
        natural_key=row.key,
        imported_key=row.key,
        import_batch=batch,
        **search_words(row.name, row.holder, row.partners),
    )


def _name_partners(rows: Iterable[tuple[int, Sequence[str]]], about: Surroundings) -> None:
    RecognitionPartner.objects.bulk_create(
        (
            RecognitionPartner(
                recognition_id=pk,
                position=position,
                text=text,
                organisation_id=about.organisations.get(text),
            )
            for pk, partners in rows
            for position, text in enumerate(partners, start=1)
        ),
        batch_size=2_000,
    )


def _change(
    rows: Sequence[tuple[Listed, StagedRow, dict[str, object]]],
    *,
    actor: Actor,
    about: Surroundings,
) -> None:
    """Replace what the file says anew; few rows of a file change, so each is written alone."""
    partners = {held.recognition.pk: row.partners for held, row, new in rows if PARTNERS in new}
    changes: list[audit.Change] = []
    for held, row, replaced in rows:
        found = held.recognition
        before = {**audit.snapshot(found, RECORDED), PARTNERS: list(held.partners)}
        for name, value in replaced.items():
            if name != PARTNERS:
                setattr(found, name, value)
        named = partners.get(found.pk, held.partners)
        _update(found, named)
        after = {**audit.snapshot(found, RECORDED), PARTNERS: list(named)}
        changes.append(audit.Change(found, before, after, reason=row.document))
    RecognitionPartner.objects.filter(recognition__in=partners).delete()
    _name_partners(partners.items(), about)
    audit.record_many(changes, actor=actor, verb="projects.recognition.imported")


def _update(found: Recognition, partners: Sequence[str]) -> None:
    day = PartialDate.parse(found.announced) if found.announced else None
    found.announced_from = day.earliest if day else None
    found.announced_to = day.latest if day else None
    words = search_words(found.name, found.holder_text, partners)
    found.name_key, found.search_text = words["name_key"], words["search_text"]
    found.version += 1
    found.save()


def _shown_changes(held: Listed, row: StagedRow, about: Surroundings) -> Iterator[Change]:
    known = held.recognition
    words = {
        "level": (known.level, row.level),
        "announced": (known.announced, row.announced),
        "area_id": (known.area.name, row.area),
        "holder_id": ("", row.holder),
        PARTNERS: ("; ".join(held.partners), "; ".join(row.partners)),
    }
    for name in differences(held, row, about):
        before, after = words[name]
        yield Change(row.number, row.name, COLUMN_OF[name], before, after)


COLUMN_OF = {
    "level": "level",
    "announced": "announced",
    "area_id": "area",
    "holder_id": HOLDER,
    PARTNERS: PARTNERS,
}


def _unknown_areas(batch: ImportBatch) -> list[Problem]:
    regions = regions_named(areas_in(batch))
    known = [name for name, region in regions.items() if region]
    return staging.unknown_values(batch, "area", known, code="projects.area-unknown")


def _future_days(batch: ImportBatch) -> Iterator[Problem]:
    limit = today()
    late = batch.rows.filter(values__announced__gt=str(limit.year)).order_by("number")
    for number, announced in late.values_list("number", "values__announced"):
        earliest = PartialDate.parse(announced).earliest
        verdict = can_be_announced(announced, earliest=earliest, today=limit)
        if not verdict:
            yield Problem(number, "announced", announced, verdict.code, verdict.parameters)


def _without_source(batch: ImportBatch) -> Iterator[Problem]:
    if notice_of(batch) is not None:
        return
    bare = batch.rows.filter(values__source_title="", values__source_url="").order_by("number")
    for number in bare.values_list("number", flat=True):
        yield Problem(number, "source_title", "", "projects.source-missing")
