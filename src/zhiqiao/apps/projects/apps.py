from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "zhiqiao.apps.projects"
    label = "projects"
    verbose_name = _("Recognised items")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhiqiao.apps.projects import measures, schemas
        from zhiqiao.core import imports

        imports.register(schemas.RECOGNITIONS_IMPORT)
        assert measures.SOURCE
