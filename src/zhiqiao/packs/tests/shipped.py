"""The plan's pack as it is shipped, and what tests ask of its lifecycles."""

from pathlib import Path

from zhiqiao.packs import Phase

DIRECTORY = Path(__file__).parents[4] / "packs" / "cq-2023-22"


def phases(pack, name):
    flow = pack.flows[pack.lifecycles[name].flow]
    return {phase for phase in Phase if flow.has_phase(phase)}


def stopping(pack, name, applicant):
    conditions = pack.lifecycles[name].conditions_for(applicant)
    return {
        condition.field or key: condition.number
        for key, condition in conditions.items()
        if condition.stops
    }
