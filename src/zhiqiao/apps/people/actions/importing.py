"""Experts that the bureau brings in as a table.

Identity numbers come sealed out of the staging table and are opened in memory alone. No problem
repeats a number: what was given is shown masked.
"""

from collections.abc import Iterator, Mapping

from zhiqiao.apps.people.actions.experts import ExpertGiven, change_expert, register_expert
from zhiqiao.apps.people.actions.files import NewPerson
from zhiqiao.apps.people.models import Expert
from zhiqiao.apps.people.queries import files_of_numbers
from zhiqiao.apps.registry.queries import regions_named
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.identifiers import check_identity_number, mask_identity_number
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import DUPLICATE_ROW
from zhiqiao.core.jobs import Progress
from zhiqiao.core.sealing import unseal

IDENTITY = "identity_number"


def expert_problems(batch: ImportBatch) -> Iterator[Problem]:
    """Find faulty numbers, people named twice and regions that nobody knows, in two queries."""
    rows, day = list(staging.rows(batch)), today()
    regions = regions_named({_text(values, "region") for _row, values in rows} - {""})
    first: dict[str, int] = {}
    for row, values in rows:
        number = _number(values)
        try:
            check_identity_number(number, today=day)
        except InputError as error:
            yield Problem(row, IDENTITY, mask_identity_number(number), error.code)
        earlier = first.setdefault(number, row)
        if earlier != row:
            parameters = {"first": earlier}
            yield Problem(row, IDENTITY, mask_identity_number(number), DUPLICATE_ROW, parameters)
        region = _text(values, "region")
        if region and regions.get(region) is None:
            yield Problem(row, "region", region, "people.region-unknown", {"given": region})


def record_experts(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Enter every row of a checked table; who is an expert already is changed."""
    rows = list(staging.rows(batch))
    regions = regions_named({_text(values, "region") for _row, values in rows} - {""})
    provenance = _provenance_of(batch)
    people = files_of_numbers([_number(values) for _row, values in rows], provenance=provenance)
    keys = [person.pk for person in people.values()]
    experts = {expert.person_id: expert for expert in Expert.objects.filter(person__in=keys)}
    counts = {"added": 0, "changed": 0}
    for _row, values in rows:
        region = regions.get(_text(values, "region"))
        given = _given(values, region.pk if region else None)
        person = people.get(_number(values))
        held = experts.get(person.pk) if person else None
        if held is not None:
            change_expert(held, given, actor=actor)
            counts["changed"] += 1
        else:
            new = NewPerson(
                name=_text(values, "name"), identity_number=_number(values), provenance=provenance
            )
            register_expert(new, given, actor=actor)
            counts["added"] += 1
        progress.advance()
    return counts


def _given(values: Mapping[str, object], region: int | None) -> ExpertGiven:
    most = values.get("most_reviews")
    words = _text(values, "fields")
    for mark in ("\uff0c", "\u3001", ";", "\uff1b"):
        words = words.replace(mark, ",")
    return ExpertGiven(
        category=_text(values, "category"),
        title=_text(values, "title"),
        employer_text=_text(values, "employer"),
        region=region,
        fields=tuple(code.strip() for code in words.split(",") if code.strip()),
        topics=_text(values, "topics"),
        most_reviews=int(str(most)) if most else 20,
    )


def _provenance_of(batch: ImportBatch) -> str:
    is_sample = bool(getattr(batch.opened_by, "is_demonstration", False))
    return Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED


def _number(values: Mapping[str, object]) -> str:
    return unseal(_text(values, IDENTITY)).strip().upper()


def _text(values: Mapping[str, object], name: str) -> str:
    return str(values.get(name) or "")
