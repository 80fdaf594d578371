"""Whether an outcome has the properties that its rules promise, derived again by other code.

Nothing here uses the loops of the solver. Each property is a function of its own; `verify` runs them
all and returns what is violated, with the smallest group concerned.
"""

from zhiqiao.engines.matching.verify.properties import PROPERTIES, Violation, verify
from zhiqiao.engines.matching.verify.reasons import verify_reasons

__all__ = ["PROPERTIES", "Violation", "verify", "verify_reasons"]
