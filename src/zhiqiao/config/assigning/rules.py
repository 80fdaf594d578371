"""The rules of an assignment as they stand in ``rules.yaml``; every part has a default."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from zhiqiao.config.rule_files import RULES, exact_number, read_rule_file
from zhiqiao.engines.assignment import Mode


def _text_of(given: object) -> object:
    """Take yes, no and numbers of YAML as the words that were written."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    return str(given) if isinstance(given, int | float) else given


Exact = Annotated[Decimal, BeforeValidator(exact_number), Field(ge=0, le=1000, decimal_places=6)]
Text = Annotated[str, BeforeValidator(_text_of)]
Values = dict[str, Text | list[Text]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuotaRule(_Part):
    """At least some of a panel of a kind (``at_least``, ``share``), or at most some (``at_most``).

    ``where`` and ``except`` name columns of the experts and values; ``by`` a column each of whose
    values is limited; ``only`` columns of the applications and values.
    """

    name: Text
    where: Values = Field(default_factory=dict)
    exclude: Values = Field(default_factory=dict, alias="except")
    by: str = ""
    at_least: int | None = Field(default=None, ge=1)
    share: Exact | None = None
    at_most: int | None = Field(default=None, ge=1)
    only: Values = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        is_least = self.at_least is not None or self.share is not None
        if is_least == (self.at_most is not None):
            raise ValueError("give at_least or share, or at_most")
        if sum(bool(each) for each in (self.where, self.exclude, self.by)) != 1:
            raise ValueError("name the experts by one of where, except and by")
        if is_least and self.by:
            raise ValueError("by goes with at_most")
        if self.share is not None and self.share > 1:
            raise ValueError("a share is from 0 to 1")
        return self


class AssignmentRules(_Part):
    """What holds for all applications and experts that do not say it themselves."""

    reviews: int | None = Field(default=None, ge=0, le=1000)
    max_load: int | None = Field(default=None, ge=0, le=1_000_000)
    min_load: int = Field(default=0, ge=0, le=1_000_000)
    least: Exact = Decimal(0)
    mode: Mode = Mode.FIT
    seed: Text = ""
    commitment: str = ""
    group: str = "group"
    soft: dict[str, Exact] = Field(default_factory=dict)
    quotas: tuple[QuotaRule, ...] = ()
    levels: dict[int, Exact] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _seed_belongs_to_a_draw(self) -> Self:
        if (self.mode is Mode.DRAW) != bool(self.seed):
            raise ValueError("a seed is needed with mode draw, and with no other")
        return self

    @model_validator(mode="after")
    def _quotas_have_names_of_their_own(self) -> Self:
        names = [quota.name for quota in self.quotas]
        for name in names:
            if not name.strip() or names.count(name) > 1:
                raise ValueError(f"give each quota a name of its own; {name!r} is none")
        return self


def read_rules(folder: Path) -> AssignmentRules:
    """Read the rules of a folder, or take the defaults where it has none.

    Raises TableError that names every part that is not understood.
    """
    path = folder / RULES
    if not path.exists():
        return AssignmentRules()
    return read_rule_file(path, AssignmentRules)
