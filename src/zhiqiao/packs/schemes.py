"""What a pack says of admission: exam types, scores, categories, batches, pathways and clocks.

A scheme is dated data of one jurisdiction. Nothing of it is a constant of the product.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from zhiqiao.packs.scalars import Day, Flag, Name, Number, Slug, Tally, Whole, Words
from zhiqiao.packs.schemas import Entry, IntakeLevel, Text


class Procedure(StrEnum):
    """How choices become admissions; the words are those of the matching engine."""

    SERIAL = "serial"
    CANDIDATES = "candidate-proposing"
    PROGRAMMES = "programme-proposing"
    IMMEDIATE = "immediate"
    GROUPS = "groups"


class TiePolicy(StrEnum):
    """What happens to those tied at a last place; the words are those of the matching engine."""

    STRICT = "strict"
    LOTTERY = "lottery"
    ADMIT_ALL = "admit-all"
    REJECT_ALL = "reject-all"
    HOLD = "hold"


class Stage(StrEnum):
    """Which admission a scheme rules: to higher education, or to senior secondary schools."""

    HIGHER = "higher"
    SECONDARY = "secondary"


class BachelorCounted(StrEnum):
    """Which bachelor places stand above the bar of a share."""

    VOCATIONAL_SCHOOLS = "vocational-schools"
    ANY_SCHOOL = "any-school"


class Denominator(StrEnum):
    """Which places stand below the bar of a share."""

    COLLEGE = "college"
    COLLEGE_AND_BACHELOR = "college-and-bachelor"


class ScoreItem(Entry):
    """Something that is marked, from 0 to ``most`` points."""

    title: Text
    most: Number


class ScoreSum(Entry):
    """A sum of items; with ``is_line`` a control line may be drawn on it."""

    title: Text
    of: tuple[Name, ...] = Field(min_length=1)
    is_line: bool = False


class Combined(StrEnum):
    """What several results come to as the mark of one item."""

    HIGHEST = "highest"
    SUM = "sum"


class BesideSat(StrEnum):
    """What counts where an item was sat as well: the higher of both, or the result alone."""

    HIGHER = "higher"
    RESULT = "result"


class ReportedResult(Entry):
    """A result that others report: of the academic-level examination, or of a skill test.

    It is one of ``grades``, the best first, or a number from 0 to ``most``.
    """

    title: Text
    grades: tuple[Words, ...] = ()
    most: Number | None = None

    @model_validator(mode="after")
    def _is_graded_or_numbered(self) -> Self:
        if bool(self.grades) == (self.most is not None):
            raise ValueError("a result has either grades or a number that is the most")
        if self.most is not None and self.most <= 0:
            raise ValueError("the most of a result is above zero")
        if len(set(self.grades)) != len(self.grades):
            raise ValueError("a grade stands twice")
        return self


class Conversion(Entry):
    """How reported results become the mark of an item: by grade, or a number times ``rate``.

    A grade without marks is one of which nobody knows what it counts; it gives no mark. A conversion
    with ``checked_by: null`` refuses nothing, because nobody has compared it with its source.
    """

    item: Name
    of: tuple[Name, ...] = Field(min_length=1)
    combine: Combined = Combined.HIGHEST
    marks: dict[Words, Number] = Field(default_factory=dict)
    rate: Number | None = None
    beside_sat: BesideSat = BesideSat.HIGHER
    source: Slug
    note: Text | None = None
    checked_by: str | None = None


class ExamType(Entry):
    """One way to be examined: what is marked, what is summed, and by which keys one is ranked.

    ``credited`` are items that nobody of this type sits and that count with a fixed mark; ``results``
    are reported by others, and ``conversions`` make marks of them.
    """

    title: Text
    items: dict[Name, ScoreItem] = Field(min_length=1)
    sums: dict[Name, ScoreSum] = Field(default_factory=dict)
    credited: dict[Name, Number] = Field(default_factory=dict)
    results: dict[Name, ReportedResult] = Field(default_factory=dict)
    conversions: tuple[Conversion, ...] = ()
    keys: tuple[Words, ...] = Field(min_length=1)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of items and sums."""
        return (*self.items, *self.sums)

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name, total in self.sums.items():
            _refuse_unknown(f"the sum {name}", total.of, self.items)
        _refuse_unknown("credited", self.credited, self.items)
        _refuse_unknown("keys", (key.removeprefix("-") for key in self.keys), self.columns)
        for name, mark in self.credited.items():
            if not 0 <= mark <= self.items[name].most:
                message = f"{mark} is credited for {name}, which has 0 to {self.items[name].most}"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _conversions_fit(self) -> Self:
        converted = [conversion.item for conversion in self.conversions]
        if len(set(converted)) != len(converted):
            raise ValueError("an item is converted twice")
        for conversion in self.conversions:
            what = f"the conversion of {conversion.item}"
            _refuse_unknown(what, (conversion.item,), set(self.items) - set(self.credited))
            _refuse_unknown(what, conversion.of, self.results)
            results = [self.results[name] for name in conversion.of]
            _refuse_misfit(what, conversion, results, most=self.items[conversion.item].most)
        return self


class MajorCategory(Entry):
    """A category of majors that is examined together; its own keys go before those of the type."""

    title: Text
    keys: tuple[Words, ...] = ()


class AdmissionBatch(Entry):
    """One of the batches that follow each other: its level, list and rules."""

    id: Slug
    title: Text
    level: IntakeLevel
    list_limit: Whole = Field(ge=1, le=200)
    mechanism: Procedure
    ties: TiePolicy
    exam_types: tuple[Slug, ...] = Field(min_length=1)


class Award(Entry):
    """A prize or title that counts in some batches: marks at least as high as ``sets``, or points.

    The points of ``adds`` come on top of a score, above its scale where need be. Of several awards
    the highest counts, for each score; they are never summed.
    """

    title: Text
    sets: dict[Name, Number] = Field(default_factory=dict)
    adds: dict[Name, Number] = Field(default_factory=dict)
    batches: tuple[Slug, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if not self.sets and not self.adds:
            raise ValueError("an award sets a score or adds points to one")
        if any(points <= 0 for points in self.adds.values()):
            raise ValueError("an award adds points above zero")
        return self


class ShareReading(Entry):
    """One way to read the share of bachelor places: what stands above the bar and what below."""

    title: Text
    counted: BachelorCounted
    among: Denominator


class PathwayStage(Entry):
    """One stage of an articulated pathway, in years."""

    level: IntakeLevel
    years: Whole = Field(ge=1, le=6)


class PathwayKind(Entry):
    """A pattern of articulated training; without stages its meaning is not known yet."""

    title: Text
    stages: tuple[PathwayStage, ...] = ()
    note: Text | None = None


class Clocks(Entry):
    """Terms in working days."""

    publicity: Tally
    recheck: Tally
    appeal: Tally
    answer: Tally


class AdmissionScheme(Entry):
    """The rules of one kind of admission from a day on, until a later version replaces them.

    With ``lists_any_category`` one may list programmes of every category, general and vocational
    schools together. ``columns`` names the headings of the provincial system's files by our own names. ``checked_by``
    is the person who compared the scheme with its source; without one the pages say so.
    """

    id: Slug
    title: Text
    stage: Stage
    from_: Day = Field(alias="from")
    exam_types: dict[Slug, ExamType] = Field(min_length=1)
    categories: dict[Slug, MajorCategory] = Field(min_length=1)
    batches: tuple[AdmissionBatch, ...] = Field(min_length=1)
    lists_any_category: Flag = False
    awards: dict[Slug, Award] = Field(default_factory=dict)
    grounds: dict[Slug, Text] = Field(default_factory=dict)
    least_bachelor_share: Number | None = None
    readings: dict[Slug, ShareReading] = Field(default_factory=dict)
    pathways: dict[Slug, PathwayKind] = Field(default_factory=dict)
    clocks: Clocks
    columns: dict[Name, Words] = Field(default_factory=dict)
    source: Slug
    checked_by: str | None = None

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        names = [batch.id for batch in self.batches]
        if len(set(names)) != len(names):
            raise ValueError("two batches have the same id")
        for batch in self.batches:
            _refuse_unknown(f"the batch {batch.id}", batch.exam_types, self.exam_types)
        items = {column for kind in self.exam_types.values() for column in kind.columns}
        for name, award in self.awards.items():
            _refuse_unknown(f"the award {name}", (*award.sets, *award.adds), items)
            _refuse_unknown(f"the award {name}", award.batches, names)
        for name, category in self.categories.items():
            keys = (key.removeprefix("-") for key in category.keys)
            _refuse_unknown(f"the category {name}", keys, items)
        return self

    def batch(self, name: str) -> AdmissionBatch:
        """Return the batch of an id.

        Raises
        ------
        KeyError
            When the scheme has no such batch.
        """
        for batch in self.batches:
            if batch.id == name:
                return batch
        raise KeyError(name)

    def keys_of(self, exam_type: str, category: str) -> tuple[str, ...]:
        """Return the ranking keys of a category in an exam type: its own where it has some."""
        return self.categories[category].keys or self.exam_types[exam_type].keys


def _refuse_misfit(
    what: str, conversion: Conversion, results: list[ReportedResult], *, most: Number
) -> None:
    """Refuse what cannot be converted in this way, and marks that could pass the item's scale."""
    by_number = [result for result in results if result.most is not None]
    if bool(by_number) != (conversion.rate is not None):
        message = f"{what} needs a rate where its results are numbers, and nowhere else"
        raise ValueError(message)
    known = {grade for result in results for grade in result.grades}
    _refuse_unknown(what, conversion.marks, known)
    rate = conversion.rate or 0
    best = [
        result.most * rate
        if result.most is not None
        else max((conversion.marks.get(grade, 0) for grade in result.grades), default=0)
        for result in results
    ]
    least = min(conversion.marks.values(), default=0)
    reached = sum(best) if conversion.combine == Combined.SUM else max(best)
    if least < 0 or rate < 0 or reached > most:
        message = f"{what} gives up to {reached}, and the item has 0 to {most}"
        raise ValueError(message)


def _refuse_unknown(what: str, names: object, known: object) -> None:
    for name in _each(names):
        if name not in set(_each(known)):
            message = f"{what} names “{name}”, which is not there"
            raise ValueError(message)


def _each(names: object) -> Iterator[str]:
    yield from names  # type: ignore[misc]  # mappings, tuples and generators alike
