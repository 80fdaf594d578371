"""What others published about the area, and what the board has said."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.plan.choices import Scope, TargetStatus
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified, Provenanced


class ReportedFigure(Identified, Provenanced):
    """A number that somebody else published about the area or one organisation.

    It is a claim with a date. The board shows it beside the counted value and never merges the two.
    An aim (a number somebody wants to reach) is kept apart from a report of what is.
    """

    code = models.CharField(_("code"), max_length=60, unique=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4, null=True, blank=True)
    words = models.CharField(_("value in words"), max_length=200, blank=True)
    unit_zh = models.CharField(_("unit in Chinese"), max_length=40, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=40, blank=True)
    as_of = models.CharField(_("as of"), max_length=40, blank=True)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices)
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    target = models.CharField(_("target"), max_length=10, blank=True, db_index=True)
    is_aim = models.BooleanField(_("an aim"), default=False)
    citation = models.ForeignKey("core.Citation", models.PROTECT, verbose_name=_("source"))

    class Meta:
        ordering = ["code"]
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        constraints = [
            models.CheckConstraint(
                name="reported_figure_has_a_value_or_words",
                condition=models.Q(value__isnull=False) | ~models.Q(words=""),
            ),
            models.CheckConstraint(
                name="reported_figure_scope_is_known",
                condition=models.Q(scope__in=Scope.values),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def words_here(self) -> str:
        """The words in the reader's language, where the row gives them as "Chinese / English"."""
        chinese, _slash, english = self.words.partition(" / ")
        return english if english and get_language() == "en" else chinese


class FigurePoint(Identified):
    """What the board said of one target from one change of the records on, and which change it was."""

    target = models.CharField(_("target"), max_length=10)
    recorded_at = models.DateTimeField(_("recorded at"))
    pack_digest = models.CharField(_("pack"), max_length=64)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True)
    bound = models.CharField(_("bound"), max_length=10)
    status = models.CharField(_("status"), max_length=20, choices=TargetStatus.choices)
    list_state = models.CharField(_("list"), max_length=20)
    pending = models.PositiveIntegerField(_("pending"))
    cause = models.ForeignKey(
        "core.AuditEntry", models.PROTECT, null=True, verbose_name=_("caused by")
    )

    class Meta:
        ordering = ["-recorded_at", "-id"]
        verbose_name = _("value of a target")
        verbose_name_plural = _("values of targets")
        indexes = [models.Index(fields=["target", "-id"], name="figure_point_latest")]
        triggers = append_only("figure_point")

    def __str__(self) -> str:
        return f"{self.target} {self.recorded_at:%Y-%m-%d}"


class BoardFreeze(Identified):
    """The board of one moment, kept with everything needed to compute it again.

    ``content`` holds the targets as they stood in the pack, the counts that went in, the figures that
    came out and their explanations; ``digest`` is the SHA-256 of its canonical form.
    """

    label = models.CharField(_("label"), max_length=120)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    frozen_at = models.DateTimeField(_("frozen at"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("frozen by")
    )
    pack_id = models.CharField(_("pack"), max_length=60)
    pack_version = models.CharField(_("pack version"), max_length=20)
    pack_digest = models.CharField(_("pack digest"), max_length=64)
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        ordering = ["-frozen_at", "-id"]
        verbose_name = _("frozen board")
        verbose_name_plural = _("frozen boards")
        triggers = append_only("board_freeze")

    def __str__(self) -> str:
        return self.label
