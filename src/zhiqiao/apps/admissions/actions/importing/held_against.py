"""What rows are held against: the season, the words of its scheme, schools and regions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.models import Candidate, PathwayContract, Season
from zhiqiao.apps.admissions.queries import contracts_of_season, season_visible_to
from zhiqiao.apps.admissions.rules import stands_at
from zhiqiao.apps.registry.queries import bodies_named, organisations_named, regions_named
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports import Problem
from zhiqiao.core.imports.headings import heading_key
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.packs import AdmissionScheme, Text

NEAR_AT_MOST = 3
# A number of a row and its typed values, as the staging table gives them.
Staged = tuple[int, Mapping[str, object]]


def season_of(batch: ImportBatch) -> Season:
    """Return the season that was chosen, if it is one that the person who opened the import sees."""
    season = Season.objects.get(pk=(batch.options or {})["season"])
    return season_visible_to(batch.opened_by, season.uid)


def wrong_state(season: Season, states: Iterable[str]) -> Iterator[Problem]:
    verdict = stands_at(season, states)
    if not verdict:
        yield Problem(None, "", "", verdict.code, verdict.parameters)


def text_of(values: Mapping[str, object], name: str) -> str:
    return str(values.get(name) or "")


def types_of(season: Season, rows: Sequence[Staged]) -> dict[str, str]:
    """Return the exam type of each candidate that rows name."""
    numbers = [text_of(values, "number") for _number, values in rows]
    held = Candidate.objects.filter(season=season, number__in=numbers)
    return dict(held.values_list("number", "exam_type"))


class SchemeWords:
    """The words of one column by every spelling: identifiers and titles in both languages."""

    def __init__(self, entries: Mapping[str, Text]) -> None:
        self._entries = entries
        self._by_spelling = {
            heading_key(spelling): name
            for name, title in entries.items()
            for spelling in (title.zh, title.en)
        } | {heading_key(name): name for name in entries}

    def find(self, given: str) -> str | None:
        return self._by_spelling.get(heading_key(given))

    @property
    def known(self) -> str:
        language = get_language() or "zh-hans"
        return ", ".join(title.in_language(language) for title in self._entries.values())

    def problem(self, number: int, column: str, given: str) -> Problem:
        parameters = {"given": given, "known": self.known}
        return Problem(number, column, given, "admissions.word-unknown", parameters)


class Words:
    """All words of a season's scheme that rows use."""

    def __init__(self, scheme: AdmissionScheme) -> None:
        self._by_column = {
            "batch": SchemeWords({batch.id: batch.title for batch in scheme.batches}),
            "exam_type": SchemeWords({k: one.title for k, one in scheme.exam_types.items()}),
            "category": SchemeWords({k: one.title for k, one in scheme.categories.items()}),
            "pathway": SchemeWords({k: one.title for k, one in scheme.pathways.items()}),
        }
        self._in_batch = {
            batch.id: SchemeWords({k: scheme.exam_types[k].title for k in batch.exam_types})
            for batch in scheme.batches
        }

    def of(self, values: Mapping[str, object], column: str) -> str:
        """Return the identifier of a row's word; the check has found that there is one."""
        return self._by_column[column].find(text_of(values, column)) or ""

    def problems(self, rows: Iterable[Staged], columns: Sequence[str]) -> Iterator[Problem]:
        """Find words that the scheme does not have, and types that a batch does not take."""
        for number, values in rows:
            for column in columns:
                given = text_of(values, column)
                words = self._by_column[column]
                if words.find(given) is None:
                    yield words.problem(number, column, given)
            if "batch" in columns:
                yield from self._type_of_other_batch(number, values)

    def _type_of_other_batch(self, number: int, values: Mapping[str, object]) -> Iterator[Problem]:
        batch, given = self.of(values, "batch"), self.of(values, "exam_type")
        if batch and given and self._in_batch[batch].find(given) is None:
            yield self._in_batch[batch].problem(number, "exam_type", text_of(values, "exam_type"))


class Schools:
    """The schools that rows name; those of a demonstration season may be demonstration ones."""

    def __init__(self, rows: Iterable[Staged], season: Season) -> None:
        names = {text_of(values, "school") for _number, values in rows} - {""}
        self._near: dict[str, str] = {}
        if season.provenance == Provenance.DEMONSTRATION:
            found = bodies_named(names)
            self._found = {name: found.get(name) for name in names}
            return
        matches = organisations_named(names)
        self._found = {name: match.organisation_id for name, match in matches.items()}
        self._near = {
            name: "; ".join(one.name for one in match.candidates[:NEAR_AT_MOST])
            for name, match in matches.items()
        }

    def of(self, values: Mapping[str, object]) -> int | None:
        return self._found.get(text_of(values, "school"))

    def problems(self, rows: Iterable[Staged]) -> Iterator[Problem]:
        for number, values in rows:
            given = text_of(values, "school")
            if given and self._found[given] is None:
                near = self._near.get(given) or _("none")
                parameters = {"given": given, "near": near}
                yield Problem(number, "school", given, "admissions.school-unknown", parameters)


class Contracts:
    """The pathway contracts that rows name: by identifier, or by the pathway where a school has one.

    ``side`` is the school of the contract that a row names: the first one or the receiving one.
    """

    def __init__(self, season: Season, schools: Schools, *, side: str) -> None:
        self._schools = schools
        self._kinds = SchemeWords({k: one.title for k, one in season.rules.pathways.items()})
        self._uids: dict[str, PathwayContract] = {}
        self._by_kind: dict[tuple[int, str], list[PathwayContract]] = {}
        for contract in contracts_of_season(season):
            school = getattr(contract, f"{side}_id")
            self._uids[str(contract.uid)] = contract
            self._by_kind.setdefault((school, contract.kind), []).append(contract)

    def of(self, values: Mapping[str, object]) -> PathwayContract | None:
        given = text_of(values, "contract")
        if given.lower() in self._uids:
            return self._uids[given.lower()]
        found = self._of_kind(values, given)
        return found[0] if len(found) == 1 else None

    def key_of(self, values: Mapping[str, object]) -> int | None:
        found = self.of(values)
        return found.pk if found else None

    def _of_kind(self, values: Mapping[str, object], given: str) -> list[PathwayContract]:
        kind, school = self._kinds.find(given), self._schools.of(values)
        return self._by_kind.get((school, kind), []) if kind and school else []

    def problems(self, rows: Iterable[Staged]) -> Iterator[Problem]:
        for number, values in rows:
            given = text_of(values, "contract")
            if given and self.of(values) is None:
                found = self._of_kind(values, given)
                known = "; ".join(f"{one} {one.uid}" for one in found[:NEAR_AT_MOST])
                parameters = {"given": given, "known": known or _("none")}
                code = "admissions.contract-not-found"
                yield Problem(number, "contract", given, code, parameters)


class Districts:
    """The regions that rows name."""

    def __init__(self, rows: Iterable[Staged]) -> None:
        names = {text_of(values, "region") for _number, values in rows} - {""}
        regions = regions_named(names)
        self._found = {name: region.pk if region else None for name, region in regions.items()}

    def of(self, values: Mapping[str, object]) -> int | None:
        return self._found.get(text_of(values, "region"))

    def problems(self, rows: Iterable[Staged]) -> Iterator[Problem]:
        for number, values in rows:
            given = text_of(values, "region")
            if given and self._found[given] is None:
                parameters = {"given": given}
                yield Problem(number, "region", given, "admissions.region-unknown", parameters)
