"""Writes of the portal."""

from django.db import transaction

from zhiqiao.apps.portal.rules import can_read_audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.jobs import start_job
from zhiqiao.core.models import Job

VERIFY_AUDIT = "portal.verify_audit"


@transaction.atomic
def start_audit_check(*, actor: Actor) -> Job:
    """Recompute every digest and seal of the trail, apart from the request: it may take long."""
    require(can_read_audit(actor))
    return start_job(VERIFY_AUDIT, actor=actor, arguments={})
