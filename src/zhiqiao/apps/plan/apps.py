from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhiqiao.web.components.status import define_status

STATUSES = {
    "open": ("arrow", "calm", _("Under way")),
    "done": ("check", "good", _("Done")),
    "dropped": ("minus", "mute", _("Dropped")),
    "draft": ("edit", "mute", _("Draft")),
    "submitted": ("clock", "calm", _("Handed in")),
    "returned": ("repeat", "warn", _("Returned for correction")),
    "accepted": ("check", "good", _("Accepted")),
    "due": ("clock", "warn", _("Due")),
    "overdue": ("warning", "bad", _("Overdue")),
    "not-open": ("dashes", "mute", _("The period still runs")),
}


class PlanConfig(AppConfig):
    name = "zhiqiao.apps.plan"
    label = "plan"
    verbose_name = _("The plan")

    def ready(self) -> None:
        from zhiqiao.apps.plan import personal_data, schemas, tasks  # noqa: F401, PLC0415  # registration needs loaded models

        for code, (icon, tone, word) in STATUSES.items():
            define_status(code, icon_name=icon, tone=tone, word=word)
