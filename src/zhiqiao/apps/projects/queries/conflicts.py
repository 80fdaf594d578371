"""Conflicts of interest by identity: found anew from the records whenever somebody asks.

Bodies are compared as they are today, so a school that was merged, renamed or upgraded is the same as
its successor; people by the digest of the identity number. A tie without an end counts as lasting. The
number of queries is the same for one application and for a whole call.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from zhiqiao.apps.people.choices import TieKind
from zhiqiao.apps.people.queries import (
    ExpertFacts,
    TieFacts,
    expert_facts,
    expert_names,
    experts_by_account,
    tie_facts,
)
from zhiqiao.apps.projects.choices import ConflictKind, ConflictOrigin
from zhiqiao.apps.projects.models import (
    Application,
    Call,
    CoAuthor,
    Conflict,
    NamedBody,
    NamedPerson,
    UnsuitableExpert,
)
from zhiqiao.apps.registry.queries import bodies_today, organisations_named
from zhiqiao.apps.registry.queries.names import folded
from zhiqiao.packs import months_later

OF_TIE = {
    TieKind.EMPLOYER: ConflictKind.FORMER_EMPLOYER,
    TieKind.JOINT_WORK: ConflictKind.JOINT_WORK,
    TieKind.KINSHIP: ConflictKind.KINSHIP,
    TieKind.TEACHER: ConflictKind.TEACHER_STUDENT,
    TieKind.OTHER: ConflictKind.OTHER,
}


@dataclass(frozen=True, slots=True)
class FoundConflict:
    """Why an expert may not review an application; ``since`` is the day of the record behind it."""

    application: int
    expert: int
    kind: ConflictKind
    origin: ConflictOrigin = ConflictOrigin.FOUND
    since: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Applications and experts who meet in one thing: each with each is a conflict of one kind."""

    applications: Collection[int]
    experts: Collection[int]
    kind: ConflictKind
    origin: ConflictOrigin = ConflictOrigin.FOUND
    since: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class UnclearName:
    """A name that the applicant does not want, which fits experts of the list only in part."""

    application: int
    name: str
    employer_text: str
    experts: tuple[int, ...]


@dataclass(slots=True)
class _Ground:
    """What the applications of a call name: bodies as they are today, people, areas."""

    bodies: dict[int, dict[int, ConflictKind]] = field(default_factory=lambda: defaultdict(dict))
    people: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    areas: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    today: Mapping[int, int] = field(default_factory=dict)

    def touched(self, body: int | None) -> Mapping[int, ConflictKind]:
        if body is None:
            return {}
        return self.bodies.get(self.today.get(body, body), {})


def conflicts_of(
    call: Call,
    *,
    day: date,
    applications: Collection[int] | None = None,
    experts: Collection[int] | None = None,
) -> list[FoundConflict]:
    """Find every conflict in a call, or among some of its applications and some experts."""
    found = {
        (application, expert, one.kind, one.origin): FoundConflict(
            application, expert, one.kind, one.origin, one.since, one.words
        )
        for one in meetings_in(call, day=day, applications=applications, experts=experts)
        for application in one.applications
        for expert in one.experts
    }
    return sorted(found.values(), key=lambda one: (one.application, one.expert, one.kind))


def meetings_in(
    call: Call,
    *,
    day: date,
    applications: Collection[int] | None = None,
    experts: Collection[int] | None = None,
) -> Iterator[Meeting]:
    """Give the same conflicts without writing each pair out: a district has thousands of them."""
    rows = Application.objects.filter(call=call)
    if applications is not None:
        rows = rows.filter(pk__in=applications)
    people = expert_facts(provenance=call.provenance, keys=experts)
    ties = tie_facts([one.key for one in people] if experts is not None else None)
    ground = _ground_of(call, rows, people, ties)
    yield from _by_employer(ground, people)
    yield from _by_writing(rows, {one.key for one in people})
    yield from _by_tie(ground, ties, {one.key for one in people}, call=call, day=day)
    yield from _by_name(_unwanted(rows), people, ground.today)[0]
    yield from _stored(rows, experts)


def conflict_between(application: Application, expert: int, *, day: date) -> FoundConflict | None:
    """Return the first conflict of one pair, or nothing."""
    found = conflicts_of(application.call, day=day, applications=[application.pk], experts=[expert])
    return found[0] if found else None


def unclear_names(call: Call, applications: QuerySet[Application]) -> list[UnclearName]:
    """Return the names that applicants do not want and that a person must decide about."""
    unwanted = _unwanted(applications)
    if not unwanted:
        return []
    names = {folded(name) for _key, name, _employer in unwanted}
    called = expert_names(provenance=call.provenance)
    alike = [key for key, name in called if folded(name) in names]
    people = expert_facts(provenance=call.provenance, keys=alike)
    employers = {one.employer for one in people if one.employer is not None}
    return _by_name(unwanted, people, bodies_today(employers))[1]


def _ground_of(
    call: Call,
    rows: QuerySet[Application],
    people: Collection[ExpertFacts],
    ties: Collection[TieFacts],
) -> _Ground:
    named: list[tuple[int, int, ConflictKind]] = []
    ground = _Ground()
    heads = rows.values_list("pk", "applicant", "recommender", "area__path")
    for key, applicant, recommender, path in heads:
        if recommender is not None:
            named.append((recommender, key, ConflictKind.DISTRICT))
        named.append((applicant, key, ConflictKind.EMPLOYER))
        if path:
            ground.areas[path].append(key)
    keys = rows.order_by().values("pk")
    for model in (NamedBody, NamedPerson):
        column = "organisation" if model is NamedBody else "employer"
        held = model.objects.filter(application__in=keys).exclude(**{column: None})
        pairs = held.order_by().values_list(column, "application").distinct()
        named.extend((body, key, ConflictKind.AFFILIATED) for body, key in pairs)
    persons = NamedPerson.objects.filter(application__in=keys).exclude(identity_index="")
    for index, key in persons.order_by().values_list("identity_index", "application"):
        ground.people[index].append(key)
    asked = {body for body, _key, _kind in named}
    asked |= {one.employer for one in people if one.employer is not None}
    asked |= {tie.organisation for tie in ties if tie.organisation is not None}
    ground.today = bodies_today(asked)
    # Whoever works for the applicant is told so, whatever else the body is in the application.
    for body, key, kind in sorted(named, key=lambda one: one[2] == ConflictKind.EMPLOYER):
        ground.bodies[ground.today.get(body, body)][key] = kind
    review = call.rules.lifecycle.review
    if review is None or not review.own_area:
        ground.areas.clear()
    return ground


def _by_employer(ground: _Ground, people: Collection[ExpertFacts]) -> Iterator[Meeting]:
    working: dict[int, list[int]] = defaultdict(list)
    living: dict[str, list[int]] = defaultdict(list)
    for one in people:
        if one.employer is not None:
            working[ground.today.get(one.employer, one.employer)].append(one.key)
        living[one.area_path].append(one.key)
        if keys := ground.people.get(one.identity_index):
            yield Meeting(keys, (one.key,), ConflictKind.LISTED_PERSON)
    for body, experts in working.items():
        for kind, keys in _by_kind(ground.bodies.get(body, {})).items():
            yield Meeting(keys, experts, kind)
    yield from _by_area(ground, living)


def _by_writing(rows: QuerySet[Application], experts: Collection[int]) -> Iterator[Meeting]:
    """Who writes along on an application is among the applicant's people."""
    written = CoAuthor.objects.filter(application__in=rows.order_by().values("pk"))
    accounts: dict[int, list[int]] = defaultdict(list)
    for account, key in written.values_list("user", "application"):
        accounts[account].append(key)
    for expert, account in experts_by_account(accounts).items():
        if expert in experts:
            yield Meeting(accounts[account], (expert,), ConflictKind.LISTED_PERSON)


def _by_area(ground: _Ground, living: Mapping[str, Collection[int]]) -> Iterator[Meeting]:
    for path, keys in ground.areas.items():
        for lived_in, experts in living.items():
            if lived_in.startswith(path):
                yield Meeting(keys, experts, ConflictKind.DISTRICT)


def _by_kind(touched: Mapping[int, ConflictKind]) -> Mapping[ConflictKind, list[int]]:
    found: dict[ConflictKind, list[int]] = defaultdict(list)
    for key, kind in touched.items():
        found[kind].append(key)
    return found


def _by_tie(
    ground: _Ground, ties: Collection[TieFacts], experts: Collection[int], *, call: Call, day: date
) -> Iterator[Meeting]:
    review = call.rules.lifecycle.review
    years = {
        TieKind.EMPLOYER: review.employer_years if review else 0,
        TieKind.JOINT_WORK: review.joint_years if review else 0,
    }
    since = {kind: months_later(day, -12 * number) for kind, number in years.items()}
    for tie in ties:
        kind = TieKind(tie.kind)
        is_over = kind in since and tie.until_on is not None and tie.until_on < since[kind]
        if is_over or tie.expert not in experts:
            continue
        touched = {*ground.touched(tie.organisation), *ground.people.get(tie.identity_index, ())}
        if touched:
            yield Meeting(touched, (tie.expert,), OF_TIE[kind], since=tie.until_on)


def _unwanted(rows: QuerySet[Application]) -> list[tuple[int, str, str]]:
    """Return whom applicants do not want: application, name and employer as written."""
    found = UnsuitableExpert.objects.filter(application__in=rows.order_by().values("pk"))
    return list(found.values_list("application", "name", "employer_text"))


def _by_name(
    given: Collection[tuple[int, str, str]],
    people: Collection[ExpertFacts],
    today: Mapping[int, int],
) -> tuple[list[Meeting], list[UnclearName]]:
    """Match who is not wanted by name and employer; the name alone is for a person to decide."""
    if not given:
        return [], []
    by_name = defaultdict(list)
    for one in people:
        by_name[folded(one.name)].append(one)
    written = organisations_named({text for _key, _name, text in given if text.strip()})
    bodies = {text: match.organisation_id for text, match in written.items()}
    found, unclear = [], []
    for key, name, text in given:
        alike = by_name.get(folded(name), [])
        body = bodies.get(text)
        same = [one for one in alike if text.strip() and _works_for(one, text, body, today)]
        if same:
            kind, origin = ConflictKind.UNSUITABLE, ConflictOrigin.APPLICANT
            found.append(Meeting((key,), [one.key for one in same], kind, origin))
        if alike and not same:
            unclear.append(UnclearName(key, name, text, tuple(one.key for one in alike)))
    return found, unclear


def _works_for(one: ExpertFacts, text: str, body: int | None, today: Mapping[int, int]) -> bool:
    if body is not None and one.employer is not None:
        return today.get(body, body) == today.get(one.employer, one.employer)
    return folded(one.employer_text) == folded(text)


def _stored(rows: QuerySet[Application], experts: Collection[int] | None) -> Iterator[Meeting]:
    """Give what was declared, entered by the bureau, or kept when it ended a review."""
    kept = Conflict.objects.filter(application__in=rows.order_by().values("pk"))
    kept = kept.exclude(origin=ConflictOrigin.FOUND)
    if experts is not None:
        kept = kept.filter(expert__in=experts)
    for row in kept:
        kind, origin = ConflictKind(row.kind), ConflictOrigin(row.origin)
        day = row.entered_at.date()
        pair = (row.application_id,), (row.expert_id,)
        yield Meeting(*pair, kind, origin, day, row.words)
