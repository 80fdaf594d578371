"""What may be written of the portal: checks of the audit trail, and notices with their dispatch."""

from zhiqiao.apps.portal.actions.audit import VERIFY_AUDIT, start_audit_check
from zhiqiao.apps.portal.actions.evidence import (
    MINORS_EVIDENCE,
    make_minors_evidence,
    start_minors_evidence,
)
from zhiqiao.apps.portal.actions.notices import (
    Hours,
    choose_notices,
    mark_all_read,
    notify,
    remind_of_deadlines,
    remind_of_terms,
    tell,
)
from zhiqiao.apps.portal.actions.sending import retry_dispatch, send_due

__all__ = [
    "MINORS_EVIDENCE",
    "VERIFY_AUDIT",
    "Hours",
    "choose_notices",
    "make_minors_evidence",
    "mark_all_read",
    "notify",
    "remind_of_deadlines",
    "remind_of_terms",
    "retry_dispatch",
    "send_due",
    "start_audit_check",
    "start_minors_evidence",
    "tell",
]
