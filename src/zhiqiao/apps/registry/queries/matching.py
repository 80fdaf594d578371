from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from zhiqiao.apps.registry.choices import MatchState, NameKind
from zhiqiao.apps.registry.models import OrganisationName
from zhiqiao.apps.registry.queries.names import (
    CANDIDATES_AT_MOST,
    Likely,
    Likeness,
    NameIndex,
    folded,
)
from zhiqiao.core.fields import Provenance


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that a name may mean: its present name, how alike (0 to 1), and why."""

    organisation_id: int
    uid: UUID
    name: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The answer for one written name; `organisation_id` is set only when exact or former."""

    given: str
    state: MatchState
    organisation_id: int | None
    candidates: tuple[Candidate, ...]


class _NameRow(NamedTuple):
    organisation_id: int
    uid: UUID
    current: str
    name: str
    folded: str
    kind: str
    over: bool


def organisations_named(names: Iterable[str]) -> dict[str, NameMatch]:
    """Match every written name, two queries at most whatever their number.

    The same name typed otherwise (width, brackets, spaces) is exact. A name that belongs to several
    bodies, a short name and a similar name are only candidates.
    """
    keys = {name: folded(name) for name in names}
    same = _names_folded_as({key for key in keys.values() if key})
    matches: dict[str, NameMatch] = {}
    unknown: dict[str, str] = {}
    for given, key in keys.items():
        if rows := same.get(key):
            matches[given] = _match_of_same(given, rows)
        else:
            unknown[given] = key
    matches.update(_near_matches(unknown))
    return {given: matches[given] for given in keys}


def bodies_exactly_named(names: Iterable[str]) -> dict[str, int]:
    """Return the key of the one body that bears each written name now or bore it; one query."""
    keys = {name: folded(name) for name in names}
    same = _names_folded_as({key for key in keys.values() if key})
    found = {name: _match_of_same(name, same[key]) for name, key in keys.items() if key in same}
    return {
        name: match.organisation_id
        for name, match in found.items()
        if match.organisation_id is not None
    }


def _name_rows(folded_names: set[str] | None) -> Iterable[_NameRow]:
    rows = OrganisationName.objects.exclude(
        organisation__provenance=Provenance.DEMONSTRATION
    ).order_by("organisation__ended", "organisation_id", "id")
    if folded_names is not None:
        rows = rows.filter(folded__in=folded_names)
    values = rows.values_list(
        "organisation_id",
        "organisation__uid",
        "organisation__name",
        "name",
        "folded",
        "kind",
        "valid_to",
    )
    for organisation_id, uid, current, name, key, kind, until in values.iterator(chunk_size=5000):
        over = kind == NameKind.FORMER or (until is not None and name != current)
        yield _NameRow(organisation_id, uid, current, name, key, kind, over)


def _names_folded_as(keys: set[str]) -> dict[str, list[_NameRow]]:
    same: dict[str, list[_NameRow]] = {}
    if keys:
        for row in _name_rows(keys):
            same.setdefault(row.folded, []).append(row)
    return same


def _match_of_same(given: str, rows: Sequence[_NameRow]) -> NameMatch:
    in_force = _one_per_body(r for r in rows if r.kind == NameKind.OFFICIAL and not r.over)
    former = _one_per_body(r for r in rows if r.over)
    if len(in_force) == 1:
        return _settled(given, MatchState.EXACT, in_force[0], _("The same name."))
    if not in_force and len(former) == 1:
        why = _("A former name of this body.")
        return _settled(given, MatchState.FORMER, former[0], why)
    several = _one_per_body(rows)
    why = _("A short name of this body.") if len(several) == 1 else _("Several bodies bear it.")
    candidates = tuple(_candidate(row, 0.98, why) for row in several[:CANDIDATES_AT_MOST])
    return NameMatch(given, MatchState.NEAR, None, candidates)


def _one_per_body(rows: Iterable[_NameRow]) -> list[_NameRow]:
    bodies: dict[int, _NameRow] = {}
    for row in rows:
        bodies.setdefault(row.organisation_id, row)
    return list(bodies.values())


def _settled(given: str, state: MatchState, row: _NameRow, why: str) -> NameMatch:
    return NameMatch(given, state, row.organisation_id, (_candidate(row, 1.0, why),))


def _candidate(row: _NameRow, score: float, why: str) -> Candidate:
    return Candidate(row.organisation_id, row.uid, row.current, score, why)


def _near_matches(unknown: Mapping[str, str]) -> dict[str, NameMatch]:
    if not any(unknown.values()):
        return {given: _none(given) for given in unknown}
    rows = list(_name_rows(None))
    index = NameIndex([row.folded for row in rows])
    return {given: _near(given, index.nearest(key), rows) for given, key in unknown.items()}


def _near(given: str, likely: Sequence[Likely], rows: Sequence[_NameRow]) -> NameMatch:
    candidates: dict[int, Candidate] = {}
    for one in likely:
        row = rows[one.entry]
        candidates.setdefault(row.organisation_id, _candidate(row, one.score, _why(one, row)))
    if not candidates:
        return _none(given)
    return NameMatch(given, MatchState.NEAR, None, tuple(candidates.values()))


def _none(given: str) -> NameMatch:
    return NameMatch(given, MatchState.NONE, None, ())


def _why(likely: Likely, row: _NameRow) -> str:
    share = round(likely.score * 100)
    reasons = {
        Likeness.USUAL_WORDS: _(
            "Only usual words such as city, college or company are written otherwise."
        ),
        Likeness.CONTAINED: _("One name contains the other."),
        Likeness.ABBREVIATION: _(
            "Its characters appear in this name in the same order, as in a short name."
        ),
        Likeness.CHARACTERS: _("%(share)d %% of the character pairs are the same.")
        % {"share": share},
    }
    why = reasons[likely.likeness]
    if row.over:
        former = _("It resembles the former name %(name)s.") % {"name": row.name}
        return f"{why} {former}"
    return why
