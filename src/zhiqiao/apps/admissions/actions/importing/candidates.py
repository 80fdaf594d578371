"""Candidates of a season that the bureau brings in as a table.

Identity numbers and telephones come sealed out of the staging table and are opened in memory alone.
No problem repeats a number: what was given is shown masked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from zhiqiao.apps.admissions.actions.candidates import NewCandidate, enter_candidates
from zhiqiao.apps.admissions.actions.importing.held_against import (
    Contracts,
    Districts,
    Schools,
    Staged,
    Words,
    season_of,
    text_of,
    wrong_state,
)
from zhiqiao.apps.admissions.models import Candidate, Season
from zhiqiao.apps.admissions.rules import ENTERING
from zhiqiao.apps.people.queries import files_of_numbers
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError
from zhiqiao.core.identifiers import check_identity_number, mask_identity_number, mask_phone
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import DUPLICATE_ROW, TOO_LONG
from zhiqiao.core.jobs import Progress
from zhiqiao.core.sealing import unseal

WORDS = ("exam_type", "category")
IDENTITY = "identity_number"
LONGEST_PHONE = 20


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A row with its identity number opened, or the code of what is wrong with it."""

    row: int
    identity: str = field(repr=False)
    fault: str

    @property
    def masked(self) -> str:
        return mask_identity_number(self.identity)


def candidate_problems(batch: ImportBatch) -> Iterator[Problem]:
    """Find what no single row shows, in a fixed number of queries."""
    season, rows = season_of(batch), list(staging.rows(batch))
    numbered = list(_numbered(rows, today()))
    yield from wrong_state(season, ENTERING)
    yield from staging.duplicates(batch, ["number"])
    yield from _taken_numbers(season, rows)
    yield from _faulty(numbered)
    yield from _twice(numbered)
    yield from _already_candidates(season, numbered)
    yield from _long_phones(rows)
    yield from Words(season.rules).problems(rows, WORDS)
    schools = Schools(rows, season)
    yield from schools.problems(rows)
    yield from Contracts(season, schools, side="school").problems(rows)
    yield from Districts(rows).problems(rows)


def _numbered(rows: Sequence[Staged], day: date) -> Iterator[_Numbered]:
    for number, values in rows:
        identity = unseal(text_of(values, IDENTITY)).strip().upper()
        try:
            check_identity_number(identity, today=day)
        except InputError as error:
            yield _Numbered(number, identity, error.code)
        else:
            yield _Numbered(number, identity, "")


def _taken_numbers(season: Season, rows: Sequence[Staged]) -> Iterator[Problem]:
    numbers = [text_of(values, "number") for _number, values in rows]
    held = Candidate.objects.filter(season=season, number__in=numbers)
    taken = set(held.values_list("number", flat=True))
    for row, values in rows:
        given = text_of(values, "number")
        if given in taken:
            yield Problem(row, "number", given, "admissions.number-taken", {"given": given})


def _faulty(rows: Sequence[_Numbered]) -> Iterator[Problem]:
    for one in rows:
        if one.fault:
            yield Problem(one.row, IDENTITY, one.masked, one.fault)


def _twice(rows: Sequence[_Numbered]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for one in rows:
        earlier = first.setdefault(one.identity, one.row)
        if earlier != one.row:
            yield Problem(one.row, IDENTITY, one.masked, DUPLICATE_ROW, {"first": earlier})


def _already_candidates(season: Season, rows: Sequence[_Numbered]) -> Iterator[Problem]:
    good = {one.identity for one in rows if not one.fault}
    people = files_of_numbers(good, provenance=season.provenance)
    keys = [person.pk for person in people.values()]
    held = Candidate.objects.filter(season=season, person__in=keys)
    numbers = dict(held.values_list("person", "number"))
    for one in rows:
        person = people.get(one.identity)
        if person is not None and person.pk in numbers:
            parameters = {"hint": person.identity_hint, "number": numbers[person.pk]}
            code = "admissions.person-in-two-types"
            yield Problem(one.row, IDENTITY, one.masked, code, parameters)


def _long_phones(rows: Sequence[Staged]) -> Iterator[Problem]:
    for number, values in rows:
        phone = _phone(values)
        if len(phone) > LONGEST_PHONE:
            limit = {"limit": LONGEST_PHONE}
            yield Problem(number, "phone", mask_phone(phone), TOO_LONG, limit)


def record_candidates(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Enter every row of a checked table as a candidate."""
    season, rows = season_of(batch), list(staging.rows(batch))
    schools, districts, words = Schools(rows, season), Districts(rows), Words(season.rules)
    contracts = Contracts(season, schools, side="school")
    new = [
        NewCandidate(
            number=text_of(values, "number"),
            name=text_of(values, "name"),
            identity_number=unseal(text_of(values, IDENTITY)).strip().upper(),
            exam_type=words.of(values, "exam_type"),
            category=words.of(values, "category"),
            school=schools.of(values),
            region=districts.of(values),
            contract=contracts.key_of(values),
            phone=_phone(values),
        )
        for _number, values in rows
    ]
    added = len(enter_candidates(season, new, actor=actor))
    progress.advance(added)
    return {"added": added}


def _phone(values: Mapping[str, object]) -> str:
    sealed = text_of(values, "phone")
    return unseal(sealed) if sealed else ""
