"""Lists of organisations that a clerk brings in: all rows or none, nothing renamed in silence."""

from collections.abc import Iterable, Iterator, Mapping

from zhiqiao.apps.registry.actions.organisations import AUDITED, announce_changes
from zhiqiao.apps.registry.actions.staged import (
    Places,
    RegisteredBodies,
    StagedBody,
    staged_bodies,
)
from zhiqiao.apps.registry.choices import MatchState, NameKind, OrganisationKind, Ownership
from zhiqiao.apps.registry.models import Organisation, OrganisationName, Region
from zhiqiao.apps.registry.queries import organisations_named
from zhiqiao.apps.registry.queries.names import folded
from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.citations import cite
from zhiqiao.core.errors import InputError
from zhiqiao.core.identifiers import check_uscc
from zhiqiao.core.imports import Candidate, Change, Doubt, Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress
from zhiqiao.core.models import Citation
from zhiqiao.core.search import searchable_fields

#: Below this likeness a similar name is taken for another body without asking.
DOUBTED_FROM = 0.9
CHUNK = 500


def organisation_problems(batch: ImportBatch) -> Iterator[Problem]:
    rows = list(staged_bodies(batch))
    yield from staging.duplicates(batch, ["name", "national_code"])
    yield from _repeated_codes(rows)
    places, bodies = Places(), RegisteredBodies(batch, rows)
    for row in rows:
        yield from _cell_problems(row, places)
        yield from _clashes(row, bodies)


def _repeated_codes(rows: Iterable[StagedBody]) -> Iterator[Problem]:
    first: dict[tuple[str, str], StagedBody] = {}
    for row in rows:
        for column in ("national_code", "credit_code"):
            code = str(getattr(row, column))
            earlier = first.setdefault((column, code), row) if code else row
            if earlier is not row and earlier.name != row.name:
                parameters = {"number": code, "name": earlier.name, "given": row.name}
                code_name = "registry.import_name_differs"
                yield Problem(row.number, "name", row.name, code_name, parameters)


def _cell_problems(row: StagedBody, places: Places) -> Iterator[Problem]:
    if (row.location or row.province) and places.find(row.location, row.province) is None:
        given = row.location or row.province
        column = "location" if row.location else "province"
        unknown = "registry.import_region_unknown"
        yield Problem(row.number, column, given, unknown, {"given": given})
    if row.credit_code:
        try:
            check_uscc(row.credit_code)
        except InputError:
            given = row.credit_code
            wrong = "registry.import_credit_code_wrong"
            yield Problem(row.number, "credit_code", given, wrong, {"given": given})


def _clashes(row: StagedBody, bodies: RegisteredBodies) -> Iterator[Problem]:
    meant = bodies.meant_by(row)
    if meant.ambiguous:
        parameters: dict[str, str | int] = {"given": row.name}
        yield Problem(row.number, "name", row.name, "registry.import_name_ambiguous", parameters)
    if meant.body is None:
        return
    body = meant.body
    if row.name != body.name and not bodies.bears(body, row):
        code = row.national_code or row.credit_code
        parameters = {"number": code, "name": body.name, "given": row.name}
        yield Problem(row.number, "name", row.name, "registry.import_name_differs", parameters)
    for column in ("national_code", "credit_code"):
        present, given = getattr(body, column), str(getattr(row, column))
        if present and given and present != given:
            parameters = {"number": present, "name": body.name, "given": given}
            yield Problem(row.number, column, given, "registry.import_code_differs", parameters)


def organisation_doubts(batch: ImportBatch) -> Iterator[Doubt]:
    """Ask about new names that differ from a registered one in usual words only."""
    rows = list(staged_bodies(batch))
    bodies = RegisteredBodies(batch, rows)
    new: dict[str, list[int]] = {}
    for row in rows:
        meant = bodies.meant_by(row)
        answered = row.name in batch.answers.get("name", {})
        if meant.body is None or answered:
            new.setdefault(row.name, []).append(row.number)
    for given, match in organisations_named(new).items():
        alike = [one for one in match.candidates if one.score >= DOUBTED_FROM]
        if match.state == MatchState.NEAR and alike:
            candidates = tuple(Candidate(str(one.uid), one.name, one.why) for one in alike)
            yield Doubt(tuple(new[given]), "name", given, candidates)


def organisation_changes(batch: ImportBatch) -> Iterator[Change]:
    rows = list(staged_bodies(batch))
    places, bodies = Places(), RegisteredBodies(batch, rows)
    for row in rows:
        body = bodies.meant_by(row).body
        if body is not None:
            for column, value in _updates(row, body, places).items():
                before = getattr(body, column)
                yield Change(row.number, body.name, column, str(before or ""), str(value))


def record_organisations(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    rows = list(staged_bodies(batch))
    writer = _Writer(rows, batch, actor)
    for count, row in enumerate(rows, start=1):
        writer.take(row)
        progress.advance()
        if count % CHUNK == 0:
            progress.check_cancelled()
    return writer.finish()


class _Writer:
    """Collects what the rows add and change, and writes it in a few statements."""

    def __init__(self, rows: list[StagedBody], batch: ImportBatch, actor: Actor) -> None:
        self._actor = actor
        self._places = Places()
        self._bodies = RegisteredBodies(batch, rows)
        self._citations: dict[tuple[str, str], Citation] = {}
        self._added: list[Organisation] = []
        self._changed: list[Organisation] = []
        self._changes: list[audit.Change] = []
        self._unchanged = 0

    def take(self, row: StagedBody) -> None:
        body = self._bodies.meant_by(row).body
        if body is None:
            self._added.append(self._new(row))
            return
        before = audit.snapshot(body, AUDITED)
        updates = _updates(row, body, self._places)
        if not updates:
            self._unchanged += 1
            return
        for column, value in updates.items():
            setattr(body, column, value)
        self._changed.append(body)
        self._changes.append(audit.Change(body, before, audit.snapshot(body, AUDITED)))

    def finish(self) -> Mapping[str, int]:
        self._write_added()
        self._write_changed()
        if self._added or self._changed:
            announce_changes(body.pk for body in [*self._added, *self._changed])
        return {
            "added": len(self._added),
            "changed": len(self._changed),
            "unchanged": self._unchanged,
        }

    def _new(self, row: StagedBody) -> Organisation:
        national, credit = row.national_code or None, row.credit_code or None
        return Organisation(
            name=row.name,
            kind=row.kind,
            provenance=row.provenance,
            ownership=row.ownership,
            national_code=national,
            credit_code=credit,
            region=self._places.find(row.location, row.province),
            authority=row.authority,
            citation=self._citation(row),
            **searchable_fields(name=row.name, codes=[national, credit]),
        )

    def _citation(self, row: StagedBody) -> Citation | None:
        if not row.source_title:
            return None
        key = (row.source_title, str(row.source_read_on))
        if key not in self._citations:
            self._citations[key] = cite(
                row.source_title, read_on=row.source_read_on, confidence=row.confidence
            )
        return self._citations[key]

    def _write_added(self) -> None:
        Organisation.objects.bulk_create(self._added, batch_size=CHUNK)
        rows = {body.pk: body for body in self._added}
        OrganisationName.objects.bulk_create(
            [_official_name(body) for body in rows.values()], batch_size=CHUNK
        )
        created = [audit.Change(body, None, audit.snapshot(body, AUDITED)) for body in self._added]
        audit.record_many(created, actor=self._actor, verb="registry.organisation.created")

    def _write_changed(self) -> None:
        for body in self._changed:
            names = body.names.values_list("name", flat=True)
            codes = [body.national_code, body.credit_code]
            words = searchable_fields(name=body.name, other_names=names, codes=codes)
            body.search_text = words["search_text"]
        columns = [*COMPARED, "region", "search_text"]
        Organisation.objects.bulk_update(self._changed, columns, batch_size=CHUNK)
        audit.record_many(self._changes, actor=self._actor, verb="registry.organisation.changed")


def _official_name(body: Organisation) -> OrganisationName:
    return OrganisationName(
        organisation=body,
        name=body.name,
        folded=folded(body.name),
        kind=NameKind.OFFICIAL,
        citation=body.citation,
    )


COMPARED = ("kind", "national_code", "credit_code", "authority", "ownership")
_SILENT = frozenset({"", str(OrganisationKind.UNKNOWN), str(Ownership.UNKNOWN)})


def _updates(row: StagedBody, body: Organisation, places: Places) -> dict[str, str | Region]:
    """Say what the row knows better; an empty cell takes nothing away."""
    updates: dict[str, str | Region] = {}
    for column in COMPARED:
        given = str(getattr(row, column))
        if given not in _SILENT and given != (getattr(body, column) or ""):
            updates[column] = given
    place = places.find(row.location, row.province)
    if place is not None and body.region != place:
        updates["region"] = place
    return updates
