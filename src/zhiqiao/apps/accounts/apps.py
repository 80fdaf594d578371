from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "zhiqiao.apps.accounts"
    label = "accounts"
    verbose_name = _("Accounts and roles")

    def ready(self) -> None:
        from zhiqiao.apps.accounts import personal_data, tasks  # noqa: F401, PLC0415  # registration needs loaded models
