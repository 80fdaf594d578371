"""The pages of the portal."""

from zhiqiao.apps.portal.views.audit import check_audit, list_audit
from zhiqiao.apps.portal.views.home import show_about, show_accessibility, show_home
from zhiqiao.apps.portal.views.jobs import cancel_job, download_file, list_jobs, show_job
from zhiqiao.apps.portal.views.language import choose_language
from zhiqiao.apps.portal.views.notices import (
    choose_notices,
    list_dispatches,
    list_notices,
    read_notices,
    retry_delivery,
    retry_dispatch,
)
from zhiqiao.apps.portal.views.personal_data import (
    export_register,
    make_evidence,
    show_privacy,
    show_register,
)
from zhiqiao.apps.portal.views.search import find
from zhiqiao.apps.portal.views.workspace import show_workspace

__all__ = [
    "cancel_job",
    "check_audit",
    "choose_language",
    "choose_notices",
    "download_file",
    "export_register",
    "find",
    "list_audit",
    "list_dispatches",
    "list_jobs",
    "list_notices",
    "make_evidence",
    "read_notices",
    "retry_delivery",
    "retry_dispatch",
    "show_about",
    "show_accessibility",
    "show_home",
    "show_job",
    "show_privacy",
    "show_register",
    "show_workspace",
]
