from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import BUSINESS_ROLES, SEES_PEOPLE, Language, Role
from zhiqiao.apps.accounts.models.people import User
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import has_role


class Invitation(Identified):
    """A person whom the system administrator asks to open an account of their own.

    Only the hash of its token is kept, and the token works once. The role that it proposes has no
    effect: a security administrator grants it to the account that came of it. Once an invitation was
    seen to be over, it stays over, whatever the clock says.
    """

    row_security = has_role(SEES_PEOPLE)

    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail address"))
    organisation = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("proposed role"), max_length=16, choices=Role)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.CHINESE
    )
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    invited_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations_made",
        verbose_name=_("invited by"),
    )
    invited_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("expires at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    account = models.OneToOneField(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitation",
        verbose_name=_("account"),
    )

    class Meta:
        ordering = ["-invited_at", "-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                name="invitation_is_pending_once",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_role_is_of_business",
                condition=models.Q(role__in=sorted(BUSINESS_ROLES)),
            ),
            models.CheckConstraint(
                name="invitation_with_account_is_over",
                condition=models.Q(account__isnull=True) | models.Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
