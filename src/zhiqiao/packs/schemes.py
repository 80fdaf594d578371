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


class ExamType(Entry):
    """One way to be examined: what is marked, what is summed, and by which keys one is ranked.

    ``credited`` are items that nobody of this type sits and that count with a fixed mark.
    """

    title: Text
    items: dict[Name, ScoreItem] = Field(min_length=1)
    sums: dict[Name, ScoreSum] = Field(default_factory=dict)
    credited: dict[Name, Number] = Field(default_factory=dict)
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
    """A prize or title whose holder gets marks at least as high as ``sets`` in some batches."""

    title: Text
    sets: dict[Name, Number] = Field(min_length=1)
    batches: tuple[Slug, ...] = Field(min_length=1)


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
            _refuse_unknown(f"the award {name}", award.sets, items)
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


def _refuse_unknown(what: str, names: object, known: object) -> None:
    for name in _each(names):
        if name not in set(_each(known)):
            message = f"{what} names “{name}”, which is not there"
            raise ValueError(message)


def _each(names: object) -> Iterator[str]:
    yield from names  # type: ignore[misc]  # mappings, tuples and generators alike
