"""Tokens by which programs use the API for a person."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import ADMIN_ROLES, TokenEnd
from zhiqiao.apps.accounts.models.people import User
from zhiqiao.core.models_base import Identified

LONGEST = timedelta(days=366)


class ApiToken(Identified):
    """What a program shows to act for a person: never more than the person may, nor than its scopes.

    A person makes it, or the security administrator offers it for the program of an organisation
    and a person of that organisation draws it: only who answers for a token ever sees it. Its text
    is kept nowhere; ``digest`` is empty until it is drawn. ``networks`` holds where it was used from
    and since when, as networks and not as addresses of machines.
    """

    owner = models.ForeignKey(
        User, models.PROTECT, related_name="api_tokens", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("only for"),
    )
    name = models.CharField(_("name"), max_length=60)
    scopes = ArrayField(models.CharField(max_length=24), verbose_name=_("scopes"))
    digest = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - empty twice would not be unique
    hint = models.CharField(_("begins with"), max_length=8, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_on = models.DateField(_("made on"))
    expires_on = models.DateField(_("valid until"))
    per_minute = models.PositiveSmallIntegerField(_("requests in a minute"), default=120)
    last_used_on = models.DateField(_("last used on"), null=True)
    networks = models.JSONField(_("used from"), default=dict)
    refusals = models.PositiveIntegerField(_("refused"), default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_why = models.CharField(_("ended"), max_length=16, choices=TokenEnd, blank=True)

    class Meta:
        ordering = ["owner_id", "-id"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                name="token_lasts_a_year_at_most",
                condition=Q(expires_on__gte=F("made_on"))
                & Q(expires_on__lte=F("made_on") + LONGEST),
            ),
            models.CheckConstraint(
                name="token_digest_is_sha256",
                condition=Q(digest__isnull=True) | Q(digest__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(name="token_has_scopes", condition=Q(scopes__len__gt=0)),
            models.CheckConstraint(
                name="token_is_slow_enough", condition=Q(per_minute__gte=1, per_minute__lte=6_000)
            ),
            models.CheckConstraint(
                name="token_ended_has_a_reason",
                condition=Q(ended_at__isnull=True, ended_why="")
                | Q(ended_at__isnull=False, ended_why__in=TokenEnd.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hint} {self.name}".strip()

    @property
    def is_drawn(self) -> bool:
        return self.digest is not None


class TokenRate(models.Model):
    """How often a token was used in the minute that runs; an unlogged table, lost in a crash."""

    token = models.OneToOneField(ApiToken, models.CASCADE, primary_key=True, related_name="rate")
    minute = models.BigIntegerField()
    requests = models.PositiveIntegerField()

    class Meta:
        ordering = ["token_id"]
        verbose_name = _("use of a token in a minute")
        verbose_name_plural = _("uses of tokens in a minute")

    def __str__(self) -> str:
        return f"{self.token_id} {self.requests}"


class KeptAnswer(models.Model):
    """What a program was answered to a write, so that the same request again does nothing twice."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=200)
    content = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("answer that was kept")
        verbose_name_plural = _("answers that were kept")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_kept_once")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.status}"


class Program(User):
    """A person as far as one token reaches: no administrator's role, and one organisation if so said.

    Actions and queries get it in the person's place, so what they allow is what the person may at
    that moment, and less.
    """

    only_in: int | None = None

    class Meta:
        proxy = True
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    @cached_property
    def roles_held(self) -> tuple[tuple[str, int], ...]:
        return tuple(
            (role, organisation)
            for role, organisation in super().roles_held
            if role not in ADMIN_ROLES and self.only_in in (None, organisation)
        )
