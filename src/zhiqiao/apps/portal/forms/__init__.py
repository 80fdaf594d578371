"""Forms of the portal's own pages."""

from zhiqiao.apps.portal.forms.audit import AuditForm
from zhiqiao.apps.portal.forms.evidence import EvidenceForm
from zhiqiao.apps.portal.forms.imports import DoubtsForm, MappingForm, UploadForm

__all__ = ["AuditForm", "DoubtsForm", "EvidenceForm", "MappingForm", "UploadForm"]
