"""Systems of schools and bodies whose users sign in through this platform."""

from allauth.idp.oidc.models import Client
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.models.people import User
from zhiqiao.core.models_base import Identified


class Application(Identified):
    """A registered system; ``client`` holds what the protocol needs and goes when it is ended."""

    name = models.CharField(_("name of the system"), max_length=60)
    organisation = models.ForeignKey(
        "registry.Organisation", models.PROTECT, related_name="+", verbose_name=_("run by")
    )
    address = models.URLField(_("return address"), max_length=300)
    client = models.OneToOneField(
        Client, models.SET_NULL, null=True, related_name="application", editable=False
    )
    registered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("registered by")
    )
    registered_at = models.DateTimeField(_("registered at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("connected system")
        verbose_name_plural = _("connected systems")
        constraints = [
            models.CheckConstraint(
                name="application_ended_has_no_client",
                condition=models.Q(ended_at__isnull=True) | models.Q(client__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SigningKey(Identified):
    """A key that signs what connected systems are told; the latest signs, earlier ones fade out."""

    sealed = models.TextField(editable=False)
    made_at = models.DateTimeField(_("made at"), db_index=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return str(self.made_at)
