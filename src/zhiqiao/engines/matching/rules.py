"""The rules of an allocation as they are written down: mechanism, keys, lines, ties, reserves, caps.

The same words stand in a pack and in the ``rules.yaml`` of an allocation on files.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from zhiqiao.engines.matching.terms import Mechanism, Ties

DEFAULT = "default"
CHOICE_SCORE = "choice.score"


def _exact(given: object) -> Decimal:
    """Take a number as it was written, not as a float remembers it."""
    try:
        return Decimal(str(given))
    except InvalidOperation as error:
        raise ValueError(f"{given!r} is no number") from error


def _text_of(given: object) -> object:
    """Take yes, no and numbers of YAML as the words that were written."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    return str(given) if isinstance(given, int | float) else given


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Text = Annotated[str, BeforeValidator(_text_of)]


class ReserveMode(StrEnum):
    """When reserved places are filled, and what happens to those left.

    ``SEPARATE``: in a batch before. ``MINIMUM``: before the open places, so that whoever would have
    had an open place counts. ``OVER``: after the open places, on top. ``OPEN_FIRST``: after the open
    places, and what is left goes to anyone. ``PREFIX``: as a rate in every prefix of the ranking.
    """

    SEPARATE = "separate"
    MINIMUM = "minimum"
    OVER = "over"
    OPEN_FIRST = "open-first"
    PREFIX = "prefix"


class Unused(StrEnum):
    """Where reserved places go that nobody of the kind took."""

    ANYONE = "anyone"
    STAY = "stay"


class Missing(StrEnum):
    """What a missing score of a listed programme's keys means: an error, or that the choice is out."""

    REFUSE = "refuse"
    BAR = "bar"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TieRule(_Part):
    """What happens to the tied; a lottery needs a seed, and may name what was published of it."""

    policy: Ties
    seed: Text = ""
    commitment: str = ""

    @model_validator(mode="after")
    def _seed_belongs_to_a_lottery(self) -> Self:
        if (self.policy is Ties.LOTTERY) != bool(self.seed):
            raise ValueError("a seed is needed with policy lottery, and with no other")
        return self


class Reserve(_Part):
    """Places for candidates of a kind.

    ``where`` names columns and values, ``by`` a column whose values have places of their own, given
    in the table of reserves.
    """

    mode: ReserveMode
    where: dict[str, Text | list[Text]] = Field(default_factory=dict)
    by: str = ""
    unused: Unused | None = None
    rate: Exact | None = None

    @model_validator(mode="after")
    def _kind_is_named_once(self) -> Self:
        if bool(self.where) == bool(self.by):
            raise ValueError("name the kind by `where` or by `by`, not by both or none")
        if (self.mode is ReserveMode.PREFIX) != (self.rate is not None):
            raise ValueError("a rate is needed with mode prefix, and with no other")
        if self.rate is not None and not 0 <= self.rate <= 1:
            raise ValueError("a rate is a share from 0 to 1")
        return self

    @property
    def reverts(self) -> bool:
        """Say whether anyone may take what is left, by the rule or by the habit of the mode."""
        if self.unused is not None:
            return self.unused is Unused.ANYONE
        return self.mode is not ReserveMode.OVER


FILING = frozenset({Mechanism.IMMEDIATE, Mechanism.GROUPS})


class BatchRules(_Part):
    """What one batch is allocated by."""

    mechanism: Mechanism
    keys: dict[str, list[str]] = Field(min_length=1)
    ties: TieRule
    lines: dict[str, dict[str, Exact]] = Field(default_factory=dict)
    require: dict[str, dict[str, Text | list[Text]]] = Field(default_factory=dict)
    missing: Missing = Missing.REFUSE
    reserves: dict[str, Reserve] = Field(default_factory=dict)
    caps: dict[str, dict[str, Annotated[int, Field(ge=0)]]] = Field(default_factory=dict)
    ratio: Exact = Decimal(1)

    @model_validator(mode="after")
    def _keys_are_named(self) -> Self:
        for name, keys in self.keys.items():
            if not keys:
                raise ValueError(f"the class {name} has no key")
            if len(set(map(_column, keys))) != len(keys):
                raise ValueError(f"the class {name} names a key twice")
        if not 1 <= self.ratio <= 2:
            raise ValueError("a filing ratio is from 1 to 2")
        if self.ratio != 1 and self.mechanism not in FILING:
            raise ValueError(f"no files are sent by {self.mechanism}, so it has no filing ratio")
        return self

    def keys_of(self, name: str) -> list[str]:
        """Return the keys of a class of programmes."""
        return self.keys[name] if name in self.keys else self.keys[DEFAULT]


class Batch(_Part):
    """One of several batches: its programmes, and what differs from the rules of all."""

    name: Text
    programmes: dict[str, Text | list[Text]]
    rules: dict[str, Any] = Field(default_factory=dict)


class Rules(BatchRules):
    """The rules of a whole allocation; without batches everything is one."""

    scales: dict[str, tuple[Exact, Exact]] = Field(default_factory=dict)
    batches: list[Batch] = Field(default_factory=list)

    @model_validator(mode="after")
    def _batches_are_complete(self) -> Self:
        for batch in self.batches:
            self.rules_of(batch)
        self._scales_hold_the_lines()
        names = [batch.name for batch in self.batches]
        if len(set(names)) != len(names):
            raise ValueError("two batches have the same name")
        return self

    def _scales_hold_the_lines(self) -> None:
        for column, (least, most) in self.scales.items():
            if least >= most:
                raise ValueError(
                    f"the scale of {column} runs from {least} to {most}: turn it round"
                )
        for each in [self, *(self.rules_of(batch) for batch in self.batches)]:
            for name, lines in each.lines.items():
                for column, line in lines.items():
                    least, most = self.scales.get(column, (line, line))
                    if not least <= line <= most:
                        raise ValueError(
                            f"the line {line} of {column} for {name} lies outside its scale,"
                            f" {least} to {most}"
                        )

    def rules_of(self, batch: Batch) -> BatchRules:
        """Return what a batch is allocated by: its own words over those of all."""
        own = self.model_dump(exclude={"scales", "batches"})
        return BatchRules.model_validate({**own, **batch.rules})


def columns_of(keys: list[str]) -> list[tuple[str, bool]]:
    """Return column and whether higher is better of each key; ``-`` before a column reverses it."""
    return [(_column(key), not key.startswith("-")) for key in keys]


def _column(key: str) -> str:
    return key.removeprefix("-")
