from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "zhiqiao.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        # System checks and job kinds register themselves when they are imported.
        import_module("zhiqiao.core.checks")
