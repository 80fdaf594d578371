"""What people fill in around the register and the selection."""

from zhiqiao.apps.projects.forms.drafts import (
    CoAuthorForm,
    HeadForm,
    ReasonForm,
    UploadForm,
)
from zhiqiao.apps.projects.forms.parts import Entry, PartSheet
from zhiqiao.apps.projects.forms.register import (
    CorrectionForm,
    DeclarationForm,
    EvidenceForm,
    JudgementForm,
    LevelForm,
    MatchForm,
    RevocationForm,
    SeveralForm,
    VersionedForm,
    correction_of,
    reason_field,
)

__all__ = [
    "CoAuthorForm",
    "CorrectionForm",
    "DeclarationForm",
    "Entry",
    "EvidenceForm",
    "HeadForm",
    "JudgementForm",
    "LevelForm",
    "MatchForm",
    "PartSheet",
    "ReasonForm",
    "RevocationForm",
    "SeveralForm",
    "UploadForm",
    "VersionedForm",
    "correction_of",
    "reason_field",
]
