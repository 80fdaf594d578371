"""Requests for places that the bureau or a school brings in as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

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
from zhiqiao.apps.admissions.actions.places import Wanted, add_requests
from zhiqiao.apps.admissions.choices import SeasonState
from zhiqiao.apps.admissions.models import PathwayContract, PlaceLine, Season
from zhiqiao.apps.admissions.rules import can_act_for_school, fits_contract
from zhiqiao.core.access import Actor
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress

DIRECT = "direct"
WORDS = ("batch", "exam_type", "category", "pathway")


def place_problems(batch: ImportBatch) -> Iterator[Problem]:
    """Find what no single row shows, in a fixed number of queries."""
    season, rows = season_of(batch), list(staging.rows(batch))
    schools = Schools(rows, season)
    yield from wrong_state(season, [SeasonState.DRAFT])
    yield from staging.duplicates(batch, ["code"])
    yield from _taken_codes(season, rows)
    yield from Words(season.rules).problems(rows, WORDS)
    yield from schools.problems(rows)
    yield from _schools_of_others(rows, schools, batch.opened_by)
    yield from Districts(rows).problems(rows)
    contracts = Contracts(season, schools, side="receiving")
    yield from contracts.problems(rows)
    yield from _against_contracts(season, rows, schools, contracts)


def _against_contracts(
    season: Season, rows: Sequence[Staged], schools: Schools, contracts: Contracts
) -> Iterator[Problem]:
    """Find programmes whose school or pathway is not that of their contract."""
    words = Words(season.rules)
    for number, values in rows:
        contract = contracts.of(values)
        if contract is None:
            continue
        line = PlaceLine(
            season=season, school_id=schools.of(values) or 0, code=text_of(values, "code"),
            pathway=_pathway(values, contract, words),
        )  # fmt: skip
        verdict = fits_contract(line, contract)
        if not verdict:
            given = text_of(values, "contract")
            yield Problem(number, "contract", given, verdict.code, verdict.parameters)


def _pathway(values: Mapping[str, object], contract: PathwayContract | None, words: Words) -> str:
    """Return the pathway of a row; a row that names a contract alone has that of the contract."""
    named = words.of(values, "pathway")
    return contract.kind if contract is not None and named == DIRECT else named


def _taken_codes(season: Season, rows: Sequence[Staged]) -> Iterator[Problem]:
    codes = [text_of(values, "code") for _number, values in rows]
    held = PlaceLine.objects.filter(season=season, code__in=codes)
    taken = set(held.values_list("code", flat=True))
    for number, values in rows:
        code = text_of(values, "code")
        if code in taken:
            yield Problem(number, "code", code, "admissions.line-code", {"given": code})


def _schools_of_others(rows: Sequence[Staged], schools: Schools, actor: Actor) -> Iterator[Problem]:
    found = {schools.of(values) for _number, values in rows} - {None}
    verdicts = {school: can_act_for_school(actor, school) for school in found}
    for number, values in rows:
        verdict = verdicts.get(schools.of(values), True)
        if not verdict:
            yield Problem(number, "school", text_of(values, "school"), "admissions.not-yours")


def record_places(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Hand in every row of a checked table; nothing that stands already is changed."""
    season, rows = season_of(batch), list(staging.rows(batch))
    schools, districts, words = Schools(rows, season), Districts(rows), Words(season.rules)
    contracts = Contracts(season, schools, side="receiving")
    wanted = [
        replace(
            _wanted(values, schools.of(values) or 0, districts.of(values), words),
            contract=contracts.key_of(values),
            pathway=_pathway(values, contracts.of(values), words),
        )
        for _number, values in rows
    ]
    added = add_requests(season, wanted, actor=actor)
    progress.advance(added)
    return {"added": added}


def _wanted(values: Mapping[str, Any], school: int, region: int | None, words: Words) -> Wanted:
    return Wanted(
        school=school,
        code=values["code"],
        major=values["major"],
        major_code=values["major_code"],
        region=region,
        requested=values["requested"],
        minimum=values["minimum"],
        note=values["note"],
        batch=words.of(values, "batch"),
        exam_type=words.of(values, "exam_type"),
        category=words.of(values, "category"),
    )
