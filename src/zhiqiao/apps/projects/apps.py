from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhiqiao.web.components.status import define_status

STATUSES = {
    "call-draft": ("edit", "mute", _("Call in preparation")),
    "call-soon": ("clock", "mute", _("Opens soon")),
    "call-open": ("arrow", "good", _("Open for applications")),
    "call-closed": ("minus", "mute", _("Closed for applications")),
    "phase-drafting": ("edit", "mute", _("Draft")),
    "phase-recommending": ("people", "calm", _("Recommendation")),
    "phase-checking": ("list", "calm", _("Check of form")),
    "phase-reviewing": ("book", "calm", _("Expert review")),
    "phase-panel": ("people", "calm", _("Panel")),
    "phase-visiting": ("building", "calm", _("Visit on site")),
    "phase-deciding": ("half", "warn", _("Result being settled")),
    "phase-publicity": ("info", "warn", _("On public notice")),
    "phase-building": ("arrow", "good", _("Under construction")),
    "phase-accepting": ("half", "warn", _("Acceptance")),
    "phase-in-force": ("check", "good", _("In force")),
    "phase-reserve": ("inbox", "mute", _("In reserve")),
    "phase-refused": ("cross", "bad", _("Not recognised")),
    "phase-withdrawn": ("minus", "mute", _("Withdrawn")),
    "phase-ended": ("minus", "mute", _("Ended")),
    "genuine": ("check", "good", _("Genuine")),
    "certificate-replaced": ("minus", "mute", _("Replaced by a later one")),
    "certificate-expired": ("clock", "warn", _("Term over")),
    "project-warned": ("warning", "warn", _("Project warned")),
    "complete-part": ("check", "good", _("Nothing missing")),
    "clean": ("check", "good", _("Checked, nothing found")),
    "infected": ("cross", "bad", _("Blocked: a virus was found")),
}


class ProjectsConfig(AppConfig):
    name = "zhiqiao.apps.projects"
    label = "projects"
    verbose_name = _("Recognised items")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models exist only now; the measures register themselves when they are imported.
        from zhiqiao.apps.projects import measures, personal_data, schemas, tasks  # noqa: F401, PLC0415 - models first
        from zhiqiao.apps.projects.views import panel  # noqa: PLC0415 - models first
        from zhiqiao.apps.registry.queries import register_panel  # noqa: PLC0415 - models first
        from zhiqiao.core import imports  # noqa: PLC0415 - models first

        for code, (icon, tone, word) in STATUSES.items():
            define_status(code, icon_name=icon, tone=tone, word=word)
        imports.register(schemas.RECOGNITIONS_IMPORT)
        imports.register(schemas.QUOTAS_IMPORT)
        register_panel("projects.recognitions", panel.recognitions_panel)
