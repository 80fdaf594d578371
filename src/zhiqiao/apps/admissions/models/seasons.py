from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import Arrow, SeasonState
from zhiqiao.core.fields import Provenance
from zhiqiao.core.models_base import Identified, Provenanced, SignedByTwo, signing_constraints
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import AdmissionScheme


class Season(Identified, Provenanced):
    """One year of one kind of admission, from the planning of places to its close.

    The rules are those of the pack's scheme. A supplementary round is the same season one round on.
    Everything below a season has its provenance. A rehearsal allocates the people, places and choices
    of a closed season anew, by the rules as they are now; it has none of its own and is never published.
    """

    scheme = models.CharField(_("scheme"), max_length=64)
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(
        _("state"), max_length=16, choices=SeasonState.choices, default=SeasonState.DRAFT
    )
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    choices_from = models.DateTimeField(_("choices from"), null=True, blank=True)
    choices_until = models.DateTimeField(_("choices until"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    appeals_until = models.DateField(_("appeals until"), null=True, blank=True)
    scores_sealed_at = models.DateTimeField(_("scores sealed at"), null=True, blank=True)
    scores_digest = models.CharField(_("digest of the scores"), max_length=64, blank=True)
    places_digest = models.CharField(_("digest of the places"), max_length=64, blank=True)
    choices_digest = models.CharField(_("digest of the choices"), max_length=64, blank=True)
    opened_at = models.DateTimeField(_("season opened at"))
    enrolments_complete_on = models.DateField(
        _("enrolments declared complete on"), null=True, blank=True
    )
    rehearsal_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rehearsals",
        verbose_name=_("rehearsal of"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("season of admission")
        verbose_name_plural = _("seasons of admission")
        ordering = ["-year", "scheme"]
        constraints = [
            models.UniqueConstraint(
                name="season_once",
                fields=["scheme", "year"],
                condition=~Q(provenance=Provenance.DEMONSTRATION) & Q(rehearsal_of__isnull=True),
            ),
            models.UniqueConstraint(
                name="season_once_in_demonstration",
                fields=["scheme", "year"],
                condition=Q(provenance=Provenance.DEMONSTRATION, rehearsal_of__isnull=True),
            ),
            models.CheckConstraint(
                name="season_state_is_known", condition=Q(state__in=SeasonState.values)
            ),
            models.CheckConstraint(
                name="season_rehearsal_is_never_published",
                condition=Q(rehearsal_of__isnull=True)
                | ~Q(state__in=[SeasonState.CONFIRMED, SeasonState.PUBLISHED, SeasonState.CLOSED]),
            ),
            models.CheckConstraint(
                name="season_window_in_order",
                condition=Q(choices_from__isnull=True)
                | Q(choices_until__isnull=True)
                | Q(choices_from__lt=models.F("choices_until")),
            ),
            models.CheckConstraint(
                name="season_enrolments_complete_after_the_close",
                condition=Q(enrolments_complete_on__isnull=True) | Q(state=SeasonState.CLOSED),
            ),
            models.CheckConstraint(
                name="season_seal_has_a_digest",
                condition=Q(scores_sealed_at__isnull=True, scores_digest="")
                | (Q(scores_sealed_at__isnull=False) & ~Q(scores_digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("admissions:season", args=[self.uid])

    @property
    def rules(self) -> AdmissionScheme:
        """Return the scheme in the pack."""
        return current_pack().schemes[self.scheme]

    @property
    def is_rehearsal(self) -> bool:
        return self.rehearsal_of_id is not None

    @property
    def source(self) -> "Season":
        """Return the season whose people, places and choices are allocated."""
        return self.rehearsal_of or self

    @property
    def title(self) -> str:
        title = f"{self.year} {self.rules.title.in_language(get_language() or 'zh-hans')}"
        return str(_("%(season)s (rehearsal)")) % {"season": title} if self.is_rehearsal else title


class SeasonStep(Identified, SignedByTwo):
    """A step of a season: who asked for it, who signed, and what it rested on.

    Where two persons are needed the second one signs; until then the step waits, and only one waits
    at a time.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="steps")
    arrow = models.CharField(_("step"), max_length=20, choices=Arrow.choices)
    round = models.PositiveSmallIntegerField(_("round"))
    from_state = models.CharField(_("from"), max_length=16, choices=SeasonState.choices)
    to_state = models.CharField(_("to"), max_length=16, choices=SeasonState.choices)
    reason = models.TextField(_("reason"), blank=True)
    digest = models.CharField(_("digest of what it rested on"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("step of a season")
        verbose_name_plural = _("steps of seasons")
        ordering = ["season_id", "id"]
        constraints = signing_constraints(
            "season",
            waits_alone="season_step_waits_alone",
            signed_by_another="season_step_is_signed_by_another",
            taken_is_over="season_step_taken_is_over",
        )

    def __str__(self) -> str:
        return f"{self.season_id}: {self.arrow}"


class WindowExtension(Identified):
    """More time to choose for the candidates of one district, with the reason."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="extensions")
    round = models.PositiveSmallIntegerField(_("round"))
    region = models.ForeignKey(
        "registry.Region", models.PROTECT, related_name="+", verbose_name=_("district")
    )
    until = models.DateTimeField(_("extended until"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    granted_at = models.DateTimeField(_("more time granted at"))

    class Meta:
        verbose_name = _("extension of a window")
        verbose_name_plural = _("extensions of windows")
        ordering = ["season_id", "id"]

    def __str__(self) -> str:
        return f"{self.season_id}/{self.region_id}"
