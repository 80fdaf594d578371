"""What people fill in around the register and the selection."""

from zhiqiao.apps.projects.forms.drafts import (
    CoAuthorForm,
    HeadForm,
    UploadForm,
    WithdrawalForm,
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
    "RevocationForm",
    "SeveralForm",
    "UploadForm",
    "VersionedForm",
    "WithdrawalForm",
    "correction_of",
    "reason_field",
]
