from zhiqiao.apps.admissions.models.candidates import (
    AssistedChoices,
    Candidate,
    ChoiceChange,
    ChoiceList,
    ScoreSheet,
    SentFile,
)
from zhiqiao.apps.admissions.models.closures import (
    ClosureTrial,
)
from zhiqiao.apps.admissions.models.enrolments import (
    Enrolment,
)
from zhiqiao.apps.admissions.models.letters import (
    Letter,
)
from zhiqiao.apps.admissions.models.pathways import (
    Cohort,
    CohortMember,
    GateResult,
    PathwayContract,
    PathwayGate,
)
from zhiqiao.apps.admissions.models.places import (
    ControlLine,
    PlaceFlow,
    PlaceLine,
)
from zhiqiao.apps.admissions.models.privileges import (
    UNDECIDED,
    Objection,
    Privilege,
)
from zhiqiao.apps.admissions.models.rechecks import (
    Recheck,
)
from zhiqiao.apps.admissions.models.runs import (
    Answer,
    Appeal,
    LotterySeed,
    Result,
    Run,
    RunLine,
    StrikeOut,
)
from zhiqiao.apps.admissions.models.seasons import (
    Season,
    SeasonStep,
    WindowExtension,
)

__all__ = [
    "UNDECIDED",
    "Answer",
    "Appeal",
    "AssistedChoices",
    "Candidate",
    "ChoiceChange",
    "ChoiceList",
    "ClosureTrial",
    "Cohort",
    "CohortMember",
    "ControlLine",
    "Enrolment",
    "GateResult",
    "Letter",
    "LotterySeed",
    "Objection",
    "PathwayContract",
    "PathwayGate",
    "PlaceFlow",
    "PlaceLine",
    "Privilege",
    "Recheck",
    "Result",
    "Run",
    "RunLine",
    "ScoreSheet",
    "Season",
    "SeasonStep",
    "SentFile",
    "StrikeOut",
    "WindowExtension",
]
