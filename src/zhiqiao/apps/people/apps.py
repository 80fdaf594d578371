from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "zhiqiao.apps.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from zhiqiao.apps.people import personal_data, schemas  # noqa: F401, PLC0415  # registration needs loaded models
        from zhiqiao.core import imports  # noqa: PLC0415  # registration needs loaded models

        imports.register(schemas.EXPERTS_IMPORT)
