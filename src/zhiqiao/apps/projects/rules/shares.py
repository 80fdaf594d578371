"""Which share of the promised was reached; what nobody reported is unknown and never nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from zhiqiao.packs import Building

ONE = Decimal(1)
NONE = Decimal(0)


class Proposal(StrEnum):
    """What the figures of a reviewed report propose; a person decides."""

    NOTHING = ""
    UNKNOWN = "unknown"
    WARN = "warn"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Share:
    """The mean share of the promised indicators that was reached, each counted up to the whole.

    ``least`` counts the unreported as nothing and ``most`` as reached: the truth lies between, and
    without a gap the two are the same.
    """

    least: Decimal
    most: Decimal
    reported: int
    promised: int

    @property
    def is_known(self) -> bool:
        return self.promised > 0 and self.reported == self.promised

    @property
    def value(self) -> Decimal | None:
        """The share where every promised indicator was reported, and nothing where one was not."""
        return self.least if self.is_known else None


def share_reached(promised: Mapping[str, Decimal], reached: Mapping[str, Decimal]) -> Share:
    """Compare what was reached with what was promised; a promise of nothing is no promise."""
    asked = {name: number for name, number in promised.items() if number > 0}
    parts = [min(ONE, reached[name] / number) for name, number in asked.items() if name in reached]
    missing = len(asked) - len(parts)
    total = sum(parts, NONE)
    count = len(asked) or 1
    return Share(
        least=total / count,
        most=(total + missing) / count if asked else ONE,
        reported=len(parts),
        promised=len(asked),
    )


def proposed_by(share: Share, building: Building) -> Proposal:
    """Propose by what is certain: the most that can be true is below the line."""
    lines = ((building.exit_below, Proposal.EXIT), (building.warn_below, Proposal.WARN))
    known = [(line, proposal) for line, proposal in lines if line is not None and share.promised]
    for line, proposal in known:
        if share.most < line:
            return proposal
    is_open = any(share.least < line for line, _proposal in known)
    return Proposal.UNKNOWN if is_open else Proposal.NOTHING
