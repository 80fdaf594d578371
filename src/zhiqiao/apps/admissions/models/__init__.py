from zhiqiao.apps.admissions.models.candidates import (
    AssistedChoices,
    Candidate,
    ChoiceChange,
    ChoiceList,
    Privilege,
    ScoreSheet,
    SentFile,
)
from zhiqiao.apps.admissions.models.enrolments import Enrolment
from zhiqiao.apps.admissions.models.pathways import (
    Cohort,
    CohortMember,
    GateResult,
    PathwayContract,
    PathwayGate,
)
from zhiqiao.apps.admissions.models.places import ControlLine, PlaceFlow, PlaceLine
from zhiqiao.apps.admissions.models.runs import (
    Answer,
    Appeal,
    Result,
    Run,
    RunLine,
    StrikeOut,
)
from zhiqiao.apps.admissions.models.seasons import Season, SeasonStep, WindowExtension

__all__ = [
    "Answer",
    "Appeal",
    "AssistedChoices",
    "Candidate",
    "ChoiceChange",
    "ChoiceList",
    "Cohort",
    "CohortMember",
    "ControlLine",
    "Enrolment",
    "GateResult",
    "PathwayContract",
    "PathwayGate",
    "PlaceFlow",
    "PlaceLine",
    "Privilege",
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
