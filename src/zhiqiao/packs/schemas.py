"""The typed, frozen objects of a pack: what its files may say and what the product reads.

Each class is both the schema of an entry and the value that the rest of the product uses. The id
of an entry is its key in the file.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from zhiqiao.packs.scalars import (
    Address,
    AreaCode,
    ArticleId,
    Day,
    DutyId,
    Flag,
    MechanismId,
    Name,
    Number,
    Proof,
    Share,
    Slug,
    Tally,
    TargetId,
    UnitName,
    VersionNumber,
    Whole,
    Words,
)


class Entry(BaseModel):
    """A frozen object that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Entry):
    """A short text in the two languages of the product."""

    zh: Words
    en: Words

    def in_language(self, language: str) -> str:
        """Return the English text for codes that begin with ``en``, otherwise the Chinese one."""
        return self.en if language.startswith("en") else self.zh


class Operator(StrEnum):
    """How a figure is compared: "about" has a declared tolerance, "=" is met when exceeded."""

    AT_LEAST = ">="
    EQUAL = "="
    ABOUT = "about"


class Dating(StrEnum):
    """Where a target's deadline comes from: its own sentence, its paragraph, or the horizon."""

    EXPLICIT = "explicit"
    CONTEXT = "context"
    PLAN_HORIZON = "plan-horizon"


class Frequency(StrEnum):
    """How often a duty is due."""

    YEAR = "year"
    PERIODIC = "periodic"
    REGULAR = "regular"


class MechanismState(StrEnum):
    """How far the product carries a mechanism.

    ``working`` is proved by a test, ``generic`` has only the standard form, ``planned`` nothing.
    """

    WORKING = "working"
    GENERIC = "generic"
    PLANNED = "planned"


class App(StrEnum):
    """The part of the product that owns a mechanism."""

    REGISTRY = "registry"
    ACCOUNTS = "accounts"
    PEOPLE = "people"
    CREDENTIALS = "credentials"
    CENSUS = "census"
    PROJECTS = "projects"
    ADMISSIONS = "admissions"
    CURRICULUM = "curriculum"
    COOPERATION = "cooperation"
    CREDITS = "credits"
    EXCHANGE = "exchange"
    EVALUATION = "evaluation"
    PLAN = "plan"
    PUBLISHING = "publishing"
    PORTAL = "portal"


class Form(StrEnum):
    """The form in which a mechanism lives in the product."""

    REGISTER = "register"
    INDICATOR = "indicator"
    WORKFLOW = "workflow"
    DOCUMENT = "document"
    POLICY = "policy"
    EVENT = "event"


class Level(StrEnum):
    """The level of a recognition; an unstated level is an empty text in the register."""

    NATIONAL = "national"
    MUNICIPAL = "municipal"
    DISTRICT = "district"
    SCHOOL = "school"


class MeasureSource(StrEnum):
    """Which part of the product counts a measure; "none" has no data in this release."""

    RECOGNITIONS = "projects.recognitions"
    APPLICATIONS = "projects.applications"
    ORGANISATIONS = "registry.organisations"
    INTAKE = "admissions.intake"
    PLACES = "admissions.places"
    PATHWAYS = "admissions.pathways"
    NONE = "none"


class IntakeLevel(StrEnum):
    """The level of education that a place leads to."""

    BACHELOR = "bachelor"
    COLLEGE = "college"
    SECONDARY = "secondary"


class PlaceCount(StrEnum):
    """Which places of a season are counted."""

    ASKED = "asked"
    APPROVED = "approved"
    FILLED = "filled"


class ProjectCount(StrEnum):
    """What of the applications of calls is counted, or added up."""

    RECOGNISED = "recognised"
    BUILDING = "building"
    PROMISED = "promised"
    REACHED = "reached"


class Expected(Entry):
    """How many entries the author read in the plan; the check compares them with the pack."""

    articles: Tally
    targets: Tally
    duties: Tally
    mechanisms: Tally


class Header(Entry):
    """The content of ``pack.yaml``."""

    format: Whole
    id: Slug
    version: VersionNumber
    title: Text
    document_number: Words
    issued: Day
    area: AreaCode
    horizon: Day
    extends: tuple[Words, ...] = ()
    expected: Expected | None = None


class Article(Entry):
    """One article of the plan, with a title and a summary in the pack's own words."""

    id: ArticleId
    number: Words
    title: Text
    summary: Text

    def number_in(self, language: str) -> str:
        """Return the number as the plan writes it, in English in digits."""
        return str(int(self.id[1:])) if language.startswith("en") else self.number


class Target(Entry):
    """One number that the plan sets for a figure, by a deadline."""

    id: TargetId
    article: ArticleId
    title: Text
    operator: Operator
    value: Number
    tolerance: Share | None = None
    unit: UnitName
    deadline: Day
    dated: Dating
    formula: Name
    note: Text | None = None


class Duty(Entry):
    """Something that the plan wants done again and again, without a number."""

    id: DutyId
    article: ArticleId
    title: Text
    every: Frequency
    mechanism: MechanismId


class MechanismEntry(Entry):
    """One mechanism, system or batch of items of the plan."""

    id: MechanismId
    article: ArticleId | None = None
    title: Text
    forms: tuple[Form, ...] = Field(min_length=1)
    app: App
    state: MechanismState
    proof: Proof | Literal[""] = ""


class Mechanism(MechanismEntry):
    """A mechanism with the recognition kinds that name it; the pack says it in one place only."""

    kinds: tuple[Slug, ...] = ()


class RecognitionKind(Entry):
    """A kind of recognised item, with the levels at which it can be recognised."""

    id: Slug
    title: Text
    article: ArticleId
    mechanism: MechanismId | None = None
    levels: tuple[Level, ...] = ()
    note: Text | None = None


class Judgement(Entry):
    """A question about a recognition that only a person may decide."""

    id: Slug
    question: Text
    kinds: tuple[Slug, ...] = Field(min_length=1)


class Measure(Entry):
    """A named count of live records.

    Empty ``levels`` means any level. ``missing`` says why there is no data yet. ``intake`` names the
    levels of education that a measure of admission counts; empty ``exam_types`` and ``schools``
    (kinds of schools) mean any. ``projects`` says what of the applications of calls is counted, and
    ``indicators`` which promised or reached numbers are added up.
    """

    name: Name
    source: MeasureSource
    title: Text
    unit: UnitName
    kinds: tuple[Slug, ...] = ()
    levels: tuple[Level, ...] = ()
    judgements: tuple[Slug, ...] = ()
    distinct_by: tuple[Literal["name", "holder"], ...] = ("name", "holder")
    intake: tuple[IntakeLevel, ...] = ()
    exam_types: tuple[Slug, ...] = ()
    schools: tuple[Slug, ...] = ()
    places: PlaceCount | None = None
    projects: ProjectCount | None = None
    indicators: tuple[Name, ...] = ()
    missing: Text | None = None


class FormulaDefinition(Entry):
    """A figure computed from measures, parameters and other formulas."""

    name: Name
    title: Text
    text: Words
    unit: UnitName
    kind: Literal["integer", "decimal", "number", "truth"] = "integer"
    scale: Tally = 0
    note: Text | None = None


class ParameterValue(Entry):
    """A value of a parameter from a day on, with its source and the person who checked it."""

    from_: Day = Field(alias="from")
    key: tuple[str, ...] = ()
    value: Number
    source: Slug | None = None
    checked_by: str | None = None


class ParameterDefinition(Entry):
    """A dated, sourced number of a rule, by the vocabularies in ``by``.

    ``overrides`` names the pack whose parameter of the same name this one replaces.
    """

    name: Name
    title: Text
    unit: UnitName
    kind: Literal["integer", "decimal", "number"] = "integer"
    scale: Tally = 0
    by: tuple[Name, ...] = ()
    overrides: Slug | None = None
    values: tuple[ParameterValue, ...] = Field(min_length=1)


class Unit(Entry):
    """A unit of figures: ``%``, ``1``, a word, or words joined by * and / such as m2/student."""

    id: UnitName
    title: Text


class Vocabulary(Entry):
    """A closed list of terms."""

    id: Name
    title: Text
    terms: dict[str, Text] = Field(min_length=1)


class Source(Entry):
    """Where a value or a list comes from.

    ``seen`` is false for what is only recalled; ``address`` stands only when it is trusted.
    """

    id: Slug
    title: Words
    address: Address | Literal[""] = ""
    address_trusted: Flag = False
    read_on: Day | None = None
    published: Day | None = None
    seen: Flag = True


class GivenCount(Entry):
    """The count of one measure in a pack's own test."""

    value: Tally | None = None
    list_state: Literal["complete", "partial", "not-loaded", "no-data"] = "complete"
    pending: Tally = 0


class ExpectedFigure(Entry):
    """What a target must show in a pack's own test; fields left out are not compared."""

    value: Number | None = None
    status: Literal["met", "not-met", "on-course", "behind", "cannot-tell", "not-loaded", "no-data"]
    bound: Literal["exact", "at-least", "none"] | None = None


class PackTest(Entry):
    """An example that the pack's author worked out by hand."""

    id: Slug
    title: Words
    at: Day
    given: dict[Name, GivenCount]
    expect: dict[TargetId, ExpectedFigure] = Field(min_length=1)
