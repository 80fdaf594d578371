from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


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

        imports.register(schemas.RECOGNITIONS_IMPORT)
        register_panel("projects.recognitions", panel.recognitions_panel)
