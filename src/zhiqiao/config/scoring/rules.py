"""The rules of scoring as they stand in ``rules.yaml``; every part has a default."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from zhiqiao.config.rule_files import RULES, exact_number, read_rule_file
from zhiqiao.engines.scoring import Thresholds

Exact = Annotated[Decimal, BeforeValidator(exact_number)]
# What is written as a number with so many decimal places, and is whole in the engine.
SCALED = {"agreement_most": 1000, "outlying": 100, "spread_most": 100}


class ThresholdRules(BaseModel):
    """From where on a figure is worth a look; what is not given is as in `Thresholds`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trimmed_from: int | None = Field(default=None, ge=3)
    least_degrees: int | None = Field(default=None, ge=1)
    panel_least: int | None = Field(default=None, ge=2)
    read_bare: int | None = Field(default=None, ge=0)
    read_floor: int | None = Field(default=None, ge=0)
    read_share: int | None = Field(default=None, ge=0, le=100)
    times_least: int | None = Field(default=None, ge=0)
    comment_least: int | None = Field(default=None, ge=0)
    copied_share: int | None = Field(default=None, ge=1, le=100)
    copied_least: int | None = Field(default=None, ge=0)
    shingle: int | None = Field(default=None, ge=1, le=100)
    agreement_least: int | None = Field(default=None, ge=3)
    agreement_most: Exact | None = Field(default=None, ge=-1, le=1, decimal_places=3)
    same_marks_least: int | None = Field(default=None, ge=2)
    outlying: Exact | None = Field(default=None, ge=0, le=1000, decimal_places=2)
    outlying_least: int | None = Field(default=None, ge=3)
    spread_most: Exact | None = Field(default=None, ge=0, le=10_000, decimal_places=2)

    def as_thresholds(self) -> Thresholds:
        """Return the thresholds in the units of the engine."""
        given: dict[str, Any] = {
            name: int(value * SCALED.get(name, 1))
            for name, value in self.model_dump(exclude_none=True).items()
        }
        return Thresholds(**given)


class ScoringRules(BaseModel):
    """Places, the ridge where it is not to be estimated, and thresholds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    places: int | None = Field(default=None, ge=0)
    ridge: Exact | None = Field(default=None, ge=Decimal("0.01"), le=10_000, decimal_places=3)
    thresholds: ThresholdRules = ThresholdRules()

    @property
    def ridge_thousandths(self) -> int | None:
        """Return the ridge in the unit of the engine."""
        return None if self.ridge is None else int(self.ridge * 1000)


def read_rules(folder: Path) -> ScoringRules:
    """Read the rules of a folder, or take the defaults where it has none.

    Raises TableError that names every part that is not understood.
    """
    path = folder / RULES
    return read_rule_file(path, ScoringRules) if path.exists() else ScoringRules()
