"""Whether scores are what their reviews come to, by other code.

Nothing here uses the solver. Each property is a function of its own; `verify` runs them all and
returns what is violated, with the applications or reviewers concerned.
"""

from zhiqiao.engines.scoring.verify.facts import Violation
from zhiqiao.engines.scoring.verify.properties import PROPERTIES, verify

__all__ = ["PROPERTIES", "Violation", "verify"]
