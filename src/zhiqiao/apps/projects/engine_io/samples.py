"""An invented call: schools, courses, people and marks that do not exist.

Everything is drawn from one seed, so the same size gives the same call. Names of schools and firms
end with a mark that nobody takes for a real one; identity numbers are of a region that does not
exist.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

SEED = 20_231_023
COPYING = 97
OPINION = "{}，{}；{}。"
REGION, FIRST_BIRTH, BIRTHS, SERIALS = "990141", date(1966, 1, 1), 9_000, 999
CATEGORIES = {"vocational": 0.4, "industry": 0.3, "university": 0.2, "research": 0.1}
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """An invented person; experts and the people of applications are drawn from one row of numbers."""

    name: str
    identity_number: str


@dataclass(frozen=True, slots=True)
class SampleExpert:
    """An invented expert: employer by name, fields as classes of majors."""

    person: SamplePerson
    category: str
    employer: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleApplication:
    """An invented application: the place of its school among the schools, and what it says."""

    school: int
    title: str
    major_code: str
    people: tuple[SamplePerson, ...]
    answers: dict[str, str]
    quality: float


@cache
def words(kind: str) -> tuple[tuple[str, str], ...]:
    """Return (value, more) of a kind of words."""
    path = Path(__file__).parents[1] / "sample_words.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        return tuple(
            (row["value"], row["more"]) for row in csv.DictReader(rows) if row["kind"] == kind
        )


def opinion(place: int) -> str:
    """Return what the review of that place says: two strengths and a piece of advice.

    One in `COPYING` says what the one before it said, so that there is something to look at.
    """
    place -= place % COPYING == COPYING - 1
    strengths, advice = ([value for value, _more in words(kind)] for kind in ("strength", "advice"))
    number = len(strengths)
    first = place % number
    second = (first + 1 + place // number % (number - 1)) % number
    third = (place + place // (number * (number - 1))) % len(advice)
    return OPINION.format(strengths[first], strengths[second], advice[third])


def said(occasion: str) -> str:
    """Return what somebody writes on an occasion of the demonstration."""
    return {more: value for value, more in words("said")}[occasion]


def body_names(kind: str, number: int) -> list[str]:
    """Return names of bodies of a kind, each once."""
    pairs = [(place, ending) for ending, _ in words(kind) for place, _ in words("place")]
    return [f"{place}{ending}" for place, ending in pairs[:number]]


def sample_experts(number: int, schools: list[str], classes: list[str]) -> list[SampleExpert]:
    """Give experts of which two in five work at one of the schools that apply."""
    rng = np.random.default_rng(SEED)
    firms = body_names("firm", 40)
    kinds, shares = list(CATEGORIES), list(CATEGORIES.values())
    found = []
    for serial in range(number):
        category = str(rng.choice(kinds, p=shares))
        employers = schools if category == "vocational" else firms
        employer = employers[int(rng.integers(len(employers)))]
        fields = rng.choice(classes, size=3, replace=False)
        found.append(
            SampleExpert(_person(serial, rng), category, employer, tuple(map(str, fields)))
        )
    return found


def sample_applications(
    number: int, schools: int, majors: list[tuple[str, str]], experts: list[SampleExpert]
) -> Iterator[SampleApplication]:
    """Yield applications; every twentieth names one of the experts among its people."""
    rng = np.random.default_rng(SEED + 1)
    for serial in range(number):
        code, major = majors[serial * 7 % len(majors)]
        ending, kind = words("course")[serial % len(words("course"))]
        people = [_person(10_000 + 3 * serial + one, rng) for one in range(3)]
        if serial % 20 == 0:
            people[2] = experts[int(rng.integers(len(experts)))].person
        title = f"{major}{ending}"
        yield SampleApplication(
            serial % schools, title, code, tuple(people), _answers(title, kind, major, rng),
            float(rng.normal(0.78, 0.09)),
        )  # fmt: skip


def severity_of(expert: int) -> float:
    """Return by how much an expert marks above or below others, the same in every review."""
    return float(np.random.default_rng([SEED, expert]).normal(0, 0.04))


def sample_marks(names: list[str], worth: float, rng: np.random.Generator) -> dict[str, int]:
    """Draw the marks of one review around what it finds the application worth, from 30 to 100."""
    drawn = rng.normal(worth, 0.05, size=len(names))
    return {
        name: int(min(100, max(30, round(100 * one))))
        for name, one in zip(names, drawn, strict=True)
    }


def majors_of(path: Path) -> list[tuple[str, str]]:
    """Read code and name of the majors of higher vocational education."""
    with path.open(encoding="utf-8", newline="") as rows:
        return [(row["code"], row["name"]) for row in csv.DictReader(rows) if len(row["code"]) == 6]


def _answers(title: str, kind: str, major: str, rng: np.random.Generator) -> dict[str, str]:
    texts = [text for text, _ in words("text")]
    return {
        "course_name": title[:60],
        "course_group": "higher",
        "course_kind": kind,
        "programmes": major,
        "hours": str(int(rng.integers(32, 97))),
        "terms_online": str(int(rng.integers(2, 9))),
        "opened_on": f"20{int(rng.integers(18, 25))}-09-01",
        "platform": words("platform")[0][0],
        "course_page": "https://course.example/demonstration",
        "applied_before": "no",
        "leader_title": "associate",
        "teaching_team": texts[1],
        "design": texts[0],
        "resources": texts[0],
        "teaching": texts[2],
        "learners": str(int(rng.integers(200, 20_000))),
        "schools_using": str(int(rng.integers(1, 30))),
        "effect": texts[3],
        "innovation": texts[4],
    }


def _person(serial: int, rng: np.random.Generator) -> SamplePerson:
    surnames, given = words("surname"), words("given")
    first = surnames[int(rng.integers(len(surnames)))][0]
    name = first + given[int(rng.integers(len(given)))][0]
    return SamplePerson(name, _identity_number(serial))


def _identity_number(serial: int) -> str:
    day, rest = divmod(serial, SERIALS)
    born = FIRST_BIRTH + timedelta(days=(day * 131 + rest * 7) % BIRTHS)
    body = f"{REGION}{born:%Y%m%d}{rest:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]
