"""The register of recognised items, and the calls and applications that lead into it."""

from zhiqiao.apps.projects.models.applications import (
    Application,
    ApplicationFile,
    CoAuthor,
    Content,
    NamedBody,
    NamedPerson,
)
from zhiqiao.apps.projects.models.building import (
    AcceptanceReview,
    BuildChange,
    BuildReport,
    BuildTask,
    BuildWarning,
    ReportFile,
)
from zhiqiao.apps.projects.models.calls import (
    OF_STAFF,
    Call,
    CallExtension,
    CallFile,
    Quota,
    Rules,
)
from zhiqiao.apps.projects.models.register import (
    Evidence,
    Judgement,
    ListDeclaration,
    Recognition,
    RecognitionPartner,
)
from zhiqiao.apps.projects.models.results import Certificate, ProjectObjection, Standing
from zhiqiao.apps.projects.models.reviews import (
    Conflict,
    Draw,
    Panel,
    PanelItem,
    PanelSeat,
    Review,
    ReviewDecision,
    UnsuitableExpert,
    Visit,
)
from zhiqiao.apps.projects.models.scores import ReviewFlag, Scoring
from zhiqiao.apps.projects.models.steps import CheckAnswer, Step

__all__ = [
    "OF_STAFF",
    "AcceptanceReview",
    "Application",
    "ApplicationFile",
    "BuildChange",
    "BuildReport",
    "BuildTask",
    "BuildWarning",
    "Call",
    "CallExtension",
    "CallFile",
    "Certificate",
    "CheckAnswer",
    "CoAuthor",
    "Conflict",
    "Content",
    "Draw",
    "Evidence",
    "Judgement",
    "ListDeclaration",
    "NamedBody",
    "NamedPerson",
    "Panel",
    "PanelItem",
    "PanelSeat",
    "ProjectObjection",
    "Quota",
    "Recognition",
    "RecognitionPartner",
    "ReportFile",
    "Review",
    "ReviewDecision",
    "ReviewFlag",
    "Rules",
    "Scoring",
    "Standing",
    "Step",
    "UnsuitableExpert",
    "Visit",
]
