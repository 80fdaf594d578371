from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhiqiao.core import imports


class RegistryConfig(AppConfig):
    name = "zhiqiao.apps.registry"
    label = "registry"
    verbose_name = _("Organisations and catalogues")

    def ready(self) -> None:
        # The row model and the measure need the tables, which are loaded only now.
        imports.register(import_module("zhiqiao.apps.registry.schemas").ORGANISATIONS_IMPORT)
        import_module("zhiqiao.apps.registry.measures")
