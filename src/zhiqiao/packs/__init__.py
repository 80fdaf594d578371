"""Policy packs: a plan written as YAML, read into frozen typed objects."""

from zhiqiao.packs.checks import Report, check
from zhiqiao.packs.json_schema import json_schemas
from zhiqiao.packs.loader import load
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import PackError, Problem
from zhiqiao.packs.progress import Status, status_of, threshold_of
from zhiqiao.packs.schemas import (
    App,
    Article,
    Dating,
    Duty,
    Form,
    FormulaDefinition,
    Frequency,
    Judgement,
    Level,
    Measure,
    MeasureSource,
    Mechanism,
    MechanismState,
    Operator,
    PackTest,
    ParameterDefinition,
    ParameterValue,
    RecognitionKind,
    Source,
    Target,
    Text,
    Unit,
    Vocabulary,
)

__all__ = [
    "App",
    "Article",
    "Dating",
    "Duty",
    "Form",
    "FormulaDefinition",
    "Frequency",
    "Judgement",
    "Level",
    "Measure",
    "MeasureSource",
    "Mechanism",
    "MechanismState",
    "Operator",
    "Pack",
    "PackError",
    "PackTest",
    "ParameterDefinition",
    "ParameterValue",
    "Problem",
    "RecognitionKind",
    "Report",
    "Source",
    "Status",
    "Target",
    "Text",
    "Unit",
    "Vocabulary",
    "check",
    "json_schemas",
    "load",
    "status_of",
    "threshold_of",
]
