from importlib import import_module

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "zhiqiao.config.embedded"
    label = "embedded_database"

    def ready(self) -> None:
        import_module("zhiqiao.config.embedded.checks")
