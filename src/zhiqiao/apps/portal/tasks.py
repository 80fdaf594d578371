from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.portal.actions import VERIFY_AUDIT
from zhiqiao.core.audit import verify_seals
from zhiqiao.core.jobs import Progress, job_kind


@job_kind(VERIFY_AUDIT, title=_("Check of the audit trail"))
def verify_audit(progress: Progress) -> Mapping[str, int]:
    progress.begin(None)
    return {"problems": len(verify_seals())}
