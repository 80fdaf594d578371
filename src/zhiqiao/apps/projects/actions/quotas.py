"""Quotas of recommending bodies, typed line by line or brought in as a table."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction

from zhiqiao.apps.projects.actions.calls import set_quotas
from zhiqiao.apps.projects.choices import CallState
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.registry.queries import bodies_named, organisations_named
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import InputError, MissingError
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress


@transaction.atomic
def set_quotas_named(call: Call, quotas: Iterable[tuple[str, int]], *, actor: Actor) -> int:
    """Set the quotas of bodies by their names, as the registry has them; all or nothing."""
    given = list(quotas)
    found = _bodies(name for name, _most in given)
    chosen: dict[int, int] = {}
    for name, most in given:
        key = found.get(name)
        if key is None:
            raise InputError("projects.body-unknown", name=name)
        if key in chosen:
            raise InputError("projects.quota-twice", name=name)
        chosen[key] = most
    set_quotas(call, chosen, actor=actor)
    return len(chosen)


def quota_problems(batch: ImportBatch) -> Iterator[Problem]:
    """Find bodies that the registry does not know, and those that stand there twice."""
    rows = list(staging.rows(batch))
    found = _bodies(_name(values) for _number, values in rows)
    seen: set[int] = set()
    for number, values in rows:
        name = _name(values)
        key = found.get(name)
        if key is None:
            yield Problem(number, "body", name, "projects.body-unknown", {"name": name})
        elif key in seen:
            yield Problem(number, "body", name, "projects.quota-twice", {"name": name})
        else:
            seen.add(key)
    if _call_of(batch) is None:
        yield Problem(None, "", "", "projects.call-missing")


def record_quotas(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Replace the quotas of the call by those of the table."""
    call = _call_of(batch)
    if call is None:
        raise MissingError("projects.call-missing")
    rows = [(_name(values), int(str(values["most"]))) for _number, values in staging.rows(batch)]
    changed = set_quotas_named(call, rows, actor=actor)
    progress.advance(changed)
    return {"changed": changed}


def _bodies(names: Iterable[str]) -> Mapping[str, int]:
    """Return the body of each name; the registry matches real ones, the plain names demonstration ones."""
    wanted = set(names)
    matches = organisations_named(wanted)
    found = {name: one.organisation_id for name, one in matches.items()}
    plain = bodies_named({name for name, key in found.items() if key is None})
    return {name: key for name in wanted if (key := found[name] or plain.get(name)) is not None}


def _name(values: Mapping[str, Any]) -> str:
    return str(values.get("body") or "")


def _call_of(batch: ImportBatch) -> Call | None:
    rows = Call.objects.exclude(state=CallState.CLOSED)
    return rows.filter(pk=(batch.options or {}).get("call") or 0).first()
