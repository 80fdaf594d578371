from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Checks, jobs and the words of error codes register themselves when they are imported; an error
# that a worker stored must read well in a web server that never opened a file itself.
_REGISTERING = (
    "checks",
    "files",
    "jobs",
    "values",
    "imports.jobs",
    "imports.leaving",
    "metrics.requests",
    "metrics.state",
    "row_security",
)


class CoreConfig(AppConfig):
    name = "zhiqiao.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        for module in _REGISTERING:
            import_module(f"zhiqiao.core.{module}")
