"""An invented season: schools and people that do not exist, with scores spread as real ones are.

Everything is drawn from one seed, so the same size gives the same season. Words and classes of
majors stand in ``sample_words.csv``; the spread follows the published tables of scores and ranks.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhiqiao.packs import AdmissionScheme

SEED = 20_231_022
YEAR_OF_RANKS = "2025"
TYPES = (("secondary", 0.55), ("general", 0.40), ("veterans", 0.05))
PATHWAYS = (("three-four", "bachelor", "computer"), ("three-two", "college", "machining"))
ON_A_PATHWAY = "articulated"
PATHWAY_SHARE, MEMBERS_AT_LEAST = 0.004, 6
PLACES_A_LINE = 45
COLLEGE_SHARE, BACHELOR_SHARE = 0.90, 0.12
MOST_LINES = 60
LONGEST_COLLEGE, LONGEST_BACHELOR = 12, 6
SCALE = 750
REGIONS = tuple(f"9901{number:02d}" for number in range(1, 41))
FIRST_BIRTH, BIRTHS = date(2007, 9, 1), 365
SERIALS = 999
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))

Scores = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A programme: college by number, major, and where it belongs."""

    college: int
    code: str
    major_code: str
    major: str
    batch: str
    exam_type: str
    category: str
    places: int


@dataclass(frozen=True, slots=True)
class SamplePathway:
    """A contract of an origin and a college, the programme at its end, and who is on the way."""

    kind: str
    origin: int
    line: SampleLine
    members: "tuple[SampleCandidate, ...]"


@dataclass(frozen=True, slots=True)
class SampleCandidate:
    """An invented candidate with marks and choices, by the code of each programme."""

    number: str
    name: str
    identity_number: str
    origin: int
    exam_type: str
    category: str
    marks: dict[str, int]
    choices: tuple[str, ...]
    pathway: str = ""


@cache
def words(kind: str) -> tuple[tuple[str, str], ...]:
    """Return (value, more) of a kind of words."""
    path = Path(__file__).parents[1] / "sample_words.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        return tuple(
            (row["value"], row["more"]) for row in csv.DictReader(rows) if row["kind"] == kind
        )


def school_names(kind: str, number: int) -> list[str]:
    """Return names of schools of a kind, each once."""
    places, endings = words("place"), words(kind)
    pairs = [(place, ending) for ending, _ in endings for place, _ in places]
    return [f"{place}{ending}" for place, ending in pairs[:number]]


def groups_of(scheme: AdmissionScheme, size: int) -> list[tuple[str, str, int]]:
    """Divide the candidates by exam type and category."""
    categories = [name for name, _ in words("category") if name in scheme.categories]
    own = [name for name in categories if name != "none"]
    found = []
    for exam_type, share in TYPES:
        number = round(size * share)
        if exam_type == "secondary":
            found += [(exam_type, name, number // len(own)) for name in own]
        else:
            found.append((exam_type, "none", number))
    return [(exam_type, category, number) for exam_type, category, number in found if number]


def sample_lines(
    groups: list[tuple[str, str, int]], majors: dict[str, list[tuple[str, str]]], colleges: int
) -> list[SampleLine]:
    """Give each group its programmes; the first six colleges have bachelor programmes."""
    rng = np.random.default_rng(SEED)
    classes = dict(words("category"))
    lines: list[SampleLine] = []
    for exam_type, category, number in groups:
        offered = [one for name in classes[category].split() for one in majors.get(name, [])]
        for batch, share in (("bachelor", BACHELOR_SHARE), ("college", COLLEGE_SHARE)):
            if batch == "bachelor" and exam_type == "veterans":
                continue
            places = max(2, round(number * share))
            count = max(2, min(MOST_LINES, places // PLACES_A_LINE))
            first, last = (0, 6) if batch == "bachelor" else (2, colleges)
            for place, size in enumerate(_parts(places, count)):
                major_code, major = offered[int(rng.integers(len(offered)))]
                lines.append(
                    SampleLine(
                        first + int(rng.integers(last - first)),
                        f"{len(lines) + 1:05d}", major_code, major, batch, exam_type, category,
                        size if place or size else 1,
                    )
                )  # fmt: skip
    return lines


def _parts(total: int, number: int) -> list[int]:
    return [total // number + (place < total % number) for place in range(number)]


def sample_candidates(
    scheme: AdmissionScheme,
    groups: list[tuple[str, str, int]],
    lines: list[SampleLine],
    ranks: Path,
    *,
    origins: int,
) -> Iterator[SampleCandidate]:
    """Yield the candidates group by group."""
    rng = np.random.default_rng(SEED + 1)
    spreads = _spreads(ranks)
    serial = 0
    for exam_type, category, number in groups:
        scores, weights = spreads[exam_type == "general"]
        totals = np.sort(rng.choice(scores, size=number, p=weights))[::-1].astype(np.int64)
        marks = _marks(scheme, exam_type, totals, rng)
        chosen = _choices(totals, lines, exam_type, category, rng)
        for at in range(number):
            serial += 1
            yield SampleCandidate(
                number=f"26{serial:07d}",
                name=_name(rng),
                identity_number=_identity_number(serial),
                origin=int(rng.integers(origins)),
                exam_type=exam_type,
                category=category,
                marks={name: int(values[at]) for name, values in marks.items()},
                choices=chosen[at],
            )


def sample_pathways(
    scheme: AdmissionScheme,
    size: int,
    majors: dict[str, list[tuple[str, str]]],
    ranks: Path,
    *,
    first: int,
    lines: int,
) -> list[SamplePathway]:
    """Return two pathways at whose end more are examined than there are places.

    ``first`` is the number behind which candidates are counted on, ``lines`` that of programmes.
    """
    rng = np.random.default_rng(SEED + 2)
    scores, weights = _spreads(ranks)[0]
    classes = dict(words("category"))
    number = max(MEMBERS_AT_LEAST, round(size * PATHWAY_SHARE))
    found = []
    for place, (kind, batch, category) in enumerate(PATHWAYS):
        major_code, major = majors[classes[category].split()[0]][0]
        totals = np.sort(rng.choice(scores, size=number, p=weights))[::-1].astype(np.int64)
        marks = _marks(scheme, ON_A_PATHWAY, totals, rng)
        line = SampleLine(
            place, f"{lines + place + 1:05d}", major_code, major, batch, ON_A_PATHWAY, category,
            max(1, number * 2 // 3),
        )  # fmt: skip
        members = tuple(
            _member(first + place * number + at + 1, line, kind, marks, at, rng)
            for at in range(number)
        )
        found.append(SamplePathway(kind, place, line, members))
    return found


def _member(
    serial: int, line: SampleLine, kind: str, marks: dict[str, Scores], at: int,
    rng: np.random.Generator,
) -> SampleCandidate:  # fmt: skip
    return SampleCandidate(
        number=f"26{serial:07d}",
        name=_name(rng),
        identity_number=_identity_number(serial),
        origin=line.college,
        exam_type=ON_A_PATHWAY,
        category=line.category,
        marks={name: int(values[at]) for name, values in marks.items()},
        choices=(line.code,),
        pathway=kind,
    )


def _spreads(ranks: Path) -> tuple[tuple[Scores, npt.NDArray[np.float64]], ...]:
    """Return scores with their share, of the track with fewer and of the one with more candidates."""
    tracks: dict[str, list[tuple[int, int]]] = {}
    with ranks.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["year"] == YEAR_OF_RANKS:
                tracks.setdefault(row["track"], []).append((int(row["score"]), int(row["count"])))
    ordered = sorted(tracks.values(), key=lambda pairs: sum(count for _, count in pairs))
    found = []
    for pairs in ordered[:2]:
        scores, counts = np.array(pairs, np.int64).T
        found.append((scores, counts / counts.sum()))
    return tuple(found)


def _marks(
    scheme: AdmissionScheme, exam_type: str, totals: Scores, rng: np.random.Generator
) -> dict[str, Scores]:
    """Divide each total among the items that are sat, unevenly and inside of their scales."""
    kind = scheme.exam_types[exam_type]
    items = {name: int(item.most) for name, item in kind.items.items() if name not in kind.credited}
    left = np.minimum(totals * sum(items.values()) // SCALE, sum(items.values()))
    rest, marks = sum(items.values()), {}
    for name, most in items.items():
        rest -= most
        share = left * most / max(most + rest, 1) + rng.normal(0, most * 0.06, totals.size)
        mark = np.clip(np.rint(share).astype(np.int64), np.maximum(left - rest, 0), np.minimum(most, left))  # fmt: skip
        marks[name] = mark
        left = left - mark
    return marks


def _choices(
    totals: Scores, lines: list[SampleLine], exam_type: str, category: str,
    rng: np.random.Generator,
) -> list[tuple[str, ...]]:  # fmt: skip
    """Let each list the programmes that seem best, with a taste of one's own."""
    lists: list[tuple[str, ...]] = [()] * totals.size
    for batch, longest in (("bachelor", LONGEST_BACHELOR), ("college", LONGEST_COLLEGE)):
        offered = [
            line for line in lines
            if (line.batch, line.exam_type, line.category) == (batch, exam_type, category)
        ]  # fmt: skip
        if not offered:
            continue
        fame = rng.normal(0, 1, len(offered))
        taste = fame + rng.normal(0, 1.1, (totals.size, len(offered)))
        order = np.argsort(-taste, axis=1)[:, :longest]
        lengths = rng.integers(1 if batch == "college" else 0, min(longest, len(offered)) + 1, totals.size)  # fmt: skip
        if batch == "bachelor":
            lengths[totals.size // 2 :] //= 3
        codes = [line.code for line in offered]
        for at in range(totals.size):
            lists[at] += tuple(codes[one] for one in order[at, : lengths[at]])
    return lists


def _name(rng: np.random.Generator) -> str:
    surnames, given = words("surname"), words("given")
    first = surnames[int(rng.integers(len(surnames)))][0]
    return first + given[int(rng.integers(len(given)))][0]


def _identity_number(serial: int) -> str:
    """Give a well-formed number of a region that does not exist."""
    day, rest = divmod(serial, SERIALS)
    region = REGIONS[day // BIRTHS % len(REGIONS)]
    born = FIRST_BIRTH + timedelta(days=day % BIRTHS)
    body = f"{region}{born:%Y%m%d}{rest:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def majors_by_class(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Read code and name of the majors of each class."""
    found: dict[str, list[tuple[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["code"].startswith(row["class_code"]):
                found.setdefault(row["class_code"], []).append((row["code"], row["name"]))
    return found
