"""What people fill in around the register and the selection."""

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
    "CorrectionForm",
    "DeclarationForm",
    "EvidenceForm",
    "JudgementForm",
    "LevelForm",
    "MatchForm",
    "RevocationForm",
    "SeveralForm",
    "VersionedForm",
    "correction_of",
    "reason_field",
]
