from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.projects.choices import CallState, Level
from zhiqiao.core.fields import OrderedJSONField, Provenance
from zhiqiao.core.models_base import Identified, Provenanced, Searchable
from zhiqiao.core.row_security import any_of, has_role, is_body
from zhiqiao.packs import Flow, Lifecycle

OF_STAFF = has_role([Role.BUREAU_CLERK, Role.BUREAU_LEAD])


class Rules(NamedTuple):
    """The flow and the lifecycle that a call keeps from its publication to its last application."""

    flow: Flow
    lifecycle: Lifecycle


# Calls of one lifecycle keep equal rules, so a digest is parsed once for all of them.
_MOST_KEPT = 256
_RULES: dict[str, Rules] = {}


class Call(Identified, Provenanced, Searchable):
    """An invitation to apply for items of one kind, with the rules that hold for its applications.

    The rules are a copy of what the policy pack said on the day of publication, under their digest:
    a later pack changes nothing for a running call. Everything below a call has its provenance.
    """

    row_security = any_of(OF_STAFF, "state <> 'draft'")

    kind = models.CharField(_("kind"), max_length=64)
    level = models.CharField(_("level"), max_length=16, choices=Level.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    batch = models.CharField(_("batch"), max_length=100)
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    document = models.CharField(_("document"), max_length=300, blank=True)
    text_zh = models.TextField(_("announcement in Chinese"), blank=True)
    text_en = models.TextField(_("announcement in English"), blank=True)
    area = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("area")
    )
    state = models.CharField(
        _("state of the call"),
        max_length=16,
        choices=CallState.choices,
        default=CallState.DRAFT,
    )
    opens_at = models.DateTimeField(_("applications from"))
    closes_at = models.DateTimeField(_("applications until"))
    places = models.PositiveIntegerField(_("items to be recognised at most"), null=True, blank=True)
    reserve_places = models.PositiveIntegerField(_("items in reserve at most"), default=0)
    lifecycle = models.CharField(_("lifecycle"), max_length=64)
    pack = models.CharField(_("pack and version"), max_length=100, blank=True)
    kept_rules = OrderedJSONField(_("rules as published"), null=True, blank=True)
    rules_digest = models.CharField(_("digest of the rules"), max_length=64, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-year", "kind", "-id"]
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(name="projects_call_listed", fields=["state", "closes_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="projects_call_once",
                fields=["kind", "level", "year", "batch"],
                condition=~Q(provenance=Provenance.DEMONSTRATION),
            ),
            models.UniqueConstraint(
                name="projects_call_once_in_demonstration",
                fields=["kind", "level", "year", "batch"],
                condition=Q(provenance=Provenance.DEMONSTRATION),
            ),
            models.CheckConstraint(
                name="projects_call_window_in_order", condition=Q(opens_at__lt=F("closes_at"))
            ),
            models.CheckConstraint(
                name="projects_call_state_known", condition=Q(state__in=CallState.values)
            ),
            models.CheckConstraint(
                name="projects_call_level_known", condition=Q(level__in=Level.values)
            ),
            models.CheckConstraint(
                name="projects_call_published_with_rules",
                condition=Q(state=CallState.DRAFT, published_at__isnull=True)
                | (
                    ~Q(state=CallState.DRAFT)
                    & Q(published_at__isnull=False, kept_rules__isnull=False)
                    & ~Q(rules_digest="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("projects:call", args=[self.uid])

    @property
    def title(self) -> str:
        is_english = (get_language() or "").startswith("en")
        return self.title_en if is_english and self.title_en else self.title_zh

    @property
    def text(self) -> str:
        is_english = (get_language() or "").startswith("en")
        return self.text_en if is_english and self.text_en else self.text_zh

    @property
    def rules(self) -> Rules:
        """Return the rules that the call was published with; a known digest loads nothing."""
        if not self.rules_digest:
            raise LookupError(f"The call {self.pk} was not published, so it keeps no rules.")
        if self.rules_digest not in _RULES:
            if len(_RULES) >= _MOST_KEPT:
                _RULES.clear()
            kept: dict[str, Any] = self.kept_rules or {}
            _RULES[self.rules_digest] = Rules(
                Flow.model_validate(kept["flow"]), Lifecycle.model_validate(kept["lifecycle"])
            )
        return _RULES[self.rules_digest]


class Quota(models.Model):
    """How many applications of a call a body may recommend."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="quotas")
    organisation = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        related_name="+",
        verbose_name=_("recommending body"),
    )
    most = models.PositiveIntegerField(_("recommendations at most"))

    class Meta:
        verbose_name = _("quota of recommendations")
        verbose_name_plural = _("quotas of recommendations")
        ordering = ["call_id", "organisation_id"]
        constraints = [
            models.UniqueConstraint(name="projects_quota_once", fields=["call", "organisation"])
        ]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.organisation_id}: {self.most}"


class CallExtension(models.Model):
    """More time to apply, for all or for one applicant, with the reason."""

    row_security = any_of(OF_STAFF, is_body("organisation_id"), "organisation_id IS NULL")

    call = models.ForeignKey(Call, models.PROTECT, related_name="extensions")
    organisation = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("applicant"),
    )
    until = models.DateTimeField(_("extended until"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    granted_at = models.DateTimeField(_("more time granted at"))

    class Meta:
        verbose_name = _("extension of a call")
        verbose_name_plural = _("extensions of calls")
        ordering = ["call_id", "id"]
        constraints = [
            models.CheckConstraint(name="projects_extension_has_a_reason", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.until}"


class CallFile(Identified):
    """A file that belongs to the announcement of a call, open to everybody who may read the call."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="files")
    title = models.CharField(_("title"), max_length=200)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("file of a call")
        verbose_name_plural = _("files of calls")
        ordering = ["call_id", "id"]

    def __str__(self) -> str:
        return self.title
