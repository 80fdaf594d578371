from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanConfig(AppConfig):
    name = "zhiqiao.apps.plan"
    label = "plan"
    verbose_name = _("The plan")

    def ready(self) -> None:
        from zhiqiao.apps.plan import schemas, tasks  # noqa: F401, PLC0415  # registration needs loaded models
