"""Whether an assignment keeps the rules of its problem and is as good as it claims, by other code.

Nothing here uses the solver. Each property is a function of its own; `verify` runs them all and
returns what is violated, with the smallest group concerned. `verify_repair` does so for a repair.
"""

from zhiqiao.engines.assignment.verify.facts import Violation
from zhiqiao.engines.assignment.verify.prices import bound_at_prices
from zhiqiao.engines.assignment.verify.properties import PROPERTIES, verify
from zhiqiao.engines.assignment.verify.repairs import REPAIR_PROPERTIES, verify_repair
from zhiqiao.engines.assignment.verify.shortages import Counted, counted_shortages

__all__ = [
    "PROPERTIES",
    "REPAIR_PROPERTIES",
    "Counted",
    "Violation",
    "bound_at_prices",
    "counted_shortages",
    "verify",
    "verify_repair",
]
