"""What a pack says of one kind of selection: who may apply with what, and how it is judged and built."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from zhiqiao.packs.origins import FIELD_OF, DayCount, Part, ReportStart, SheetOrigin, Whose
from zhiqiao.packs.scalars import Day, Flag, Name, Number, Share, Slug, Tally, Whole
from zhiqiao.packs.schemas import Entry, Level, Text

MOST_RENEW_BEFORE = 24
"""How many months before its end a recognition is at most called to mind."""


class FieldKind(StrEnum):
    """What is written into a field; people and bodies are named one by one."""

    LINE = "line"
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    FLAG = "flag"
    CHOICE = "choice"
    ADDRESS = "address"
    PEOPLE = "people"
    BODIES = "bodies"


class FieldWanted(Entry):
    """One question of the form. ``most`` limits characters, the number or the count of rows.

    With ``names`` the answer tells who the applicant is, so a blind reviewer does not see it.
    ``of_kinds`` are the kinds of organisations that a field of bodies takes; none means any.
    """

    title: Text
    kind: FieldKind
    section: Name
    needed: Flag = True
    least: Number | None = None
    most: Number | None = None
    options: dict[Slug, Text] = Field(default_factory=dict)
    of_kinds: tuple[Slug, ...] = ()
    names: Flag = False
    help: Text | None = None

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        if (self.kind is FieldKind.CHOICE) != bool(self.options):
            raise ValueError("options are for kind: choice, which needs them")
        if self.of_kinds and self.kind is not FieldKind.BODIES:
            raise ValueError("of_kinds are for kind: bodies")
        return self


class FileWanted(Entry):
    """A file of the form: its endings, its size, and whether a blind reviewer may see it."""

    title: Text
    needed: Flag = True
    endings: tuple[Slug, ...] = ("pdf",)
    most_mb: Whole = Field(default=20, ge=1, le=50)
    most: Whole = Field(default=1, ge=1, le=20)
    names: Flag = False


class Budget(Entry):
    """What is to be spent on what and from where, in yuan, by year; the two must add up to the same."""

    lines: dict[Name, Text] = Field(min_length=1)
    sources: dict[Name, Text] = Field(min_length=1)
    most_cny: Number | None = None


class Indicator(Entry):
    """A number that the applicant promises to reach by building."""

    title: Text
    unit: Text
    least: Number | None = None
    needed: Flag = True


class ConditionKind(StrEnum):
    """How a condition of application is judged: by the register, by the form, or by the clerk."""

    HOLDS = "holds"
    HOLDS_NOT = "holds-not"
    MOST_PER_APPLICANT = "most-per-applicant"
    FIELD_LEAST = "field-least"
    FIELD_MOST = "field-most"
    DAY_BEFORE = "day-before"
    DECLARED = "declared"
    JUDGED = "judged"


class ApplyCondition(Entry):
    """A condition of application with its source.

    ``stops`` refuses whoever does not meet it and is allowed only for what somebody saw in a source;
    everything else is advice for the clerk who checks. ``of`` says whose recognitions are asked for
    or whose applications are counted: the applicant's, those of the same item (name and holder), or
    those of each partner. With ``applicants`` the condition is for these kinds of applicants alone.
    """

    says: Text
    kind: ConditionKind
    stops: Flag = False
    kinds: tuple[Slug, ...] = ()
    levels: tuple[Level, ...] = ()
    field: Name | None = None
    number: Number | None = None
    day: Day | None = None
    of: Whose = Whose.APPLICANT
    applicants: tuple[Slug, ...] = ()
    source: Slug
    checked_by: str | None = None

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        wanted = {
            ConditionKind.HOLDS: {"kinds"},
            ConditionKind.HOLDS_NOT: {"kinds"},
            ConditionKind.MOST_PER_APPLICANT: {"number"},
            ConditionKind.FIELD_LEAST: {"field", "number"},
            ConditionKind.FIELD_MOST: {"field", "number"},
            ConditionKind.DAY_BEFORE: {"field", "day"},
        }.get(self.kind, set())
        given = {name for name in ("kinds", "field", "number", "day") if getattr(self, name)}
        if given != wanted:
            message = f"a condition of kind {self.kind} takes {', '.join(sorted(wanted)) or 'no further field'}"
            raise ValueError(message)
        if self.stops and self.kind is ConditionKind.JUDGED:
            raise ValueError("what a person judges cannot stop an application by itself")
        asks = {ConditionKind.HOLDS, ConditionKind.HOLDS_NOT}
        if self.of is Whose.PARTNER:
            asks = asks | {ConditionKind.MOST_PER_APPLICANT}
        if self.of is not Whose.APPLICANT and self.kind not in asks:
            message = f"of: {self.of} is not for a condition of kind {self.kind}"
            raise ValueError(message)
        return self


class Recommender(StrEnum):
    """Who chooses among the applications before the bureau sees them."""

    DISTRICT = "district"
    SCHOOL = "school"


class Criterion(Entry):
    """Something that is marked from 0 to ``most``; its share of the whole is its weight."""

    title: Text
    weight: Number = Field(gt=0)
    most: Number = Field(gt=0)
    help: Text | None = None


class Sheet(Entry):
    """The scoring sheet: a score is the weighted share of the marks, as a number from 0 to 100.

    ``eliminating`` are questions of which one yes is enough to refuse; ``words_least`` is how much a
    reviewer writes at least. Criteria, weights and eliminating questions without a source of their
    own are our proposal.
    """

    criteria: dict[Name, Criterion] = Field(min_length=1)
    step: Number = Field(default=Decimal(1), gt=0)
    eliminating: dict[Name, Text] = Field(default_factory=dict)
    pass_mark: Number | None = None
    words_least: Tally = 20
    source: Slug | None = None
    weights_source: Slug | None = None
    eliminating_source: Slug | None = None

    @model_validator(mode="after")
    def _sources_fit(self) -> Self:
        if self.weights_source and not self.source:
            raise ValueError("weights_source is for criteria that are stated, too: say source")
        if self.eliminating_source and not self.eliminating:
            raise ValueError("eliminating_source is for eliminating questions, which are missing")
        return self

    @property
    def origin(self) -> SheetOrigin:
        """Return how much of the sheet is stated; a page says so beside the score."""
        if self.source is None:
            return SheetOrigin.PROPOSED
        return SheetOrigin.STATED if self.weights_source else SheetOrigin.CRITERIA_STATED


class PanelRule(Entry):
    """A quota of a panel: at least or at most so many experts of a category, or per employer."""

    least: Whole | None = Field(default=None, ge=1, le=99)
    most: Whole | None = Field(default=None, ge=1, le=99)
    share: Share | None = None
    category: Slug | None = None
    per_employer: Flag = False
    outside_area: Flag = False

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        amounts = [value for value in (self.least, self.most, self.share) if value is not None]
        about = [bool(self.category), self.per_employer, self.outside_area]
        if len(amounts) != 1 or sum(about) != 1:
            raise ValueError(
                "say one amount (least, most or share) and one of category, per_employer, outside_area"
            )
        if self.per_employer and self.most is None:
            raise ValueError("per_employer takes most")
        return self


class ExpertReview(Entry):
    """How experts read: how many, blind or open, chosen by fit or drawn, with which quotas and clocks.

    A spread above ``spread_most`` asks for one review more. The years say how long a former employer
    and a joint work are in conflict; with ``own_area`` nobody reads applications of the own area.
    ``within`` and ``remind_before`` are working days.
    """

    reviews: Whole = Field(ge=1, le=15)
    most_per_expert: Whole = Field(default=20, ge=1, le=200)
    blind: Flag = True
    draw: Flag = False
    quotas: tuple[PanelRule, ...] = ()
    together_by: Name | None = None
    spread_most: Number | None = None
    within: Tally = 10
    remind_before: Whole = Field(default=3, ge=1, le=10)
    employer_years: Tally = 3
    joint_years: Tally = 4
    own_area: Flag = False


class PanelMeeting(Entry):
    """A meeting of experts: how many sit, how many must be there, and their fee for a day."""

    seats: Whole = Field(ge=3, le=99)
    present_least: Whole = Field(ge=2, le=99)
    fee_cny: Number | None = None


class ReportWanted(Entry):
    """A report of building, due so many months after recognition, again every so many months.

    With ``since: acceptance`` the months begin at acceptance, for what an accepted item still owes.
    """

    title: Text
    due_months: Whole = Field(ge=1, le=240)
    every_months: Whole | None = Field(default=None, ge=1, le=120)
    reviewed: Flag = False
    since: ReportStart = ReportStart.RECOGNITION


class Building(Entry):
    """What follows recognition: for how long, with which reports, and when one is warned.

    ``warn_below`` and ``exit_below`` are shares of the promised indicators reached at a reviewed report.
    """

    months: Whole = Field(ge=1, le=240)
    tasks: Flag = True
    reports: dict[Slug, ReportWanted] = Field(min_length=1)
    warn_below: Share | None = None
    exit_below: Share | None = None
    pass_mark: Share | None = None


class Lifecycle(Entry):
    """The rules of one kind of selection; without kinds it rules every kind that no other names.

    A call keeps the lifecycle that it was published with. ``stated`` names the source of each part
    that is a rule of somebody else; a part that it leaves out is our design, and the pages say so.
    ``every_months`` is the rhythm of a call that is repeated. Whoever has to act is reminded
    ``remind_before`` working days before a term, and the holder ``renew_before_months`` before the end. ``checked_by`` is the person who compared
    it with its source; without one the pages say so.
    """

    id: Slug
    title: Text
    kinds: tuple[Slug, ...] = ()
    flow: Slug
    applicants: tuple[Slug, ...] = ()
    recommender: Recommender | None = None
    conditions: dict[Slug, ApplyCondition] = Field(default_factory=dict)
    sections: dict[Name, Text] = Field(min_length=1)
    fields: dict[Name, FieldWanted] = Field(min_length=1)
    files: dict[Name, FileWanted] = Field(default_factory=dict)
    budget: Budget | None = None
    indicators: dict[Name, Indicator] = Field(default_factory=dict)
    checks: dict[Slug, Text] = Field(default_factory=dict)
    sheet: Sheet | None = None
    review: ExpertReview | None = None
    panel: PanelMeeting | None = None
    publicity_days: Tally = 5
    publicity_in: DayCount = DayCount.WORKING
    building: Building | None = None
    remind_before: Whole = Field(default=3, ge=1, le=10)
    valid_months: Whole | None = Field(default=None, ge=1, le=600)
    renew_before_months: Whole = Field(default=3, ge=1, le=MOST_RENEW_BEFORE)
    every_months: Whole | None = Field(default=None, ge=1, le=120)
    stated: dict[Part, Slug] = Field(default_factory=dict)
    source: Slug
    checked_by: str | None = None

    @model_validator(mode="after")
    def _form_fits(self) -> Self:
        for name, wanted in self.fields.items():
            if wanted.section not in self.sections:
                message = (
                    f"the field {name} stands in the section “{wanted.section}”, which is not there"
                )
                raise ValueError(message)
        if self.review is not None and self.sheet is None:
            raise ValueError("experts review by a sheet, which is missing")
        if self.review and self.review.together_by and self.review.together_by not in self.fields:
            message = f"the review groups by “{self.review.together_by}”, which is no field"
            raise ValueError(message)
        for part in self.stated:
            if not getattr(self, FIELD_OF.get(part, part)):
                message = f"stated names {part}, which the lifecycle does not say"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _conditions_fit(self) -> Self:
        for name, condition in self.conditions.items():
            if condition.field is not None and condition.field not in self.fields:
                message = (
                    f"the condition {name} asks the field “{condition.field}”, which is not there"
                )
                raise ValueError(message)
            strangers = set(condition.applicants) - set(self.applicants)
            if self.applicants and strangers:
                message = (
                    f"the condition {name} is for {', '.join(sorted(strangers))}, who may not apply"
                )
                raise ValueError(message)
        return self

    def conditions_for(self, kind: str) -> dict[str, ApplyCondition]:
        """Return the conditions that an applicant of a kind of organisation has to meet."""
        return {
            name: condition
            for name, condition in self.conditions.items()
            if not condition.applicants or kind in condition.applicants
        }

    def source_of(self, part: Part) -> str | None:
        """Return the source that states a part; None when it is our design."""
        return self.stated.get(part)

    def fields_of(self, section: str) -> dict[str, FieldWanted]:
        """Return the fields of one section, in the order of the file."""
        return {name: wanted for name, wanted in self.fields.items() if wanted.section == section}

    def valid_until(self, day: date) -> date | None:
        """Return the last day on which a recognition of ``day`` is in force; None without an end."""
        return months_later(day, self.valid_months) if self.valid_months else None


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)
