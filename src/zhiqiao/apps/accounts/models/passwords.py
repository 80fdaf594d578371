from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.models.people import User


class UsedPassword(models.Model):
    """The hash of a password that a person set, kept where a profile forbids its return."""

    row_security = "false"

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="used_passwords", verbose_name=_("user")
    )
    password = models.CharField(_("hash of the password"), max_length=128)
    at = models.DateTimeField(_("set at"))

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("used password")
        verbose_name_plural = _("used passwords")

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"
