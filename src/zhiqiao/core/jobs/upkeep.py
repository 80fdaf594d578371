"""Work that an app wants done again and again, by the worker's clock."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)

MINUTE = "* * * * *"
# Half past seven in the morning of the region, eight hours before; the worker's clock is UTC.
MORNING = "30 23 * * *"


@dataclass(frozen=True, slots=True)
class Upkeep:
    name: str
    cron: str
    function: Callable[[], object]


_UPKEEP: dict[str, Upkeep] = {}


def upkeep(
    name: str, *, cron: str = MINUTE
) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare a function that the worker calls by the clock; it must be safe to call twice."""

    def kept(function: Callable[[], object]) -> Callable[[], object]:
        _UPKEEP[name] = Upkeep(name, cron, function)
        return function

    return kept


def run_upkeep(cron: str) -> None:
    """Call everything that is due at a beat of the clock; a fault of one does not stop the rest."""
    for one in [one for one in _UPKEEP.values() if one.cron == cron]:
        try:
            one.function()
        except Exception as error:
            logger.warning("upkeep.failed", extra={"upkeep": one.name}, exc_info=error)
