from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhiqiao.web.components.status import define_status

# How the words of the selection look; further ones are added here, one a line.
STATUSES = {
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
        from zhiqiao.apps.projects import measures, personal_data, schemas  # noqa: F401, PLC0415 - models first
        from zhiqiao.apps.projects.views import panel  # noqa: PLC0415 - models first
        from zhiqiao.apps.registry.queries import register_panel  # noqa: PLC0415 - models first
        from zhiqiao.core import imports  # noqa: PLC0415 - models first

        imports.register(schemas.RECOGNITIONS_IMPORT)
        for name, (icon_name, tone, word) in STATUSES.items():
            define_status(name, icon_name=icon_name, tone=tone, word=word)
        register_panel("projects.recognitions", panel.recognitions_panel)
