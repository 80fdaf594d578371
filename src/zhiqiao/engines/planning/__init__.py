"""Planning of places: the least change of what schools ask for that meets the rules of the plan."""

from zhiqiao.engines.planning.errors import PlanningError
from zhiqiao.engines.planning.explain import Cost, cost_of_share
from zhiqiao.engines.planning.problem import Problem, Share
from zhiqiao.engines.planning.solve import solve
from zhiqiao.engines.planning.verify import broken_rules, share_of

__all__ = [
    "Cost",
    "PlanningError",
    "Problem",
    "Share",
    "broken_rules",
    "cost_of_share",
    "share_of",
    "solve",
]
