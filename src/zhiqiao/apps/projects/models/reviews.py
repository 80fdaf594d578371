from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import (
    Advice,
    ConflictKind,
    ConflictOrigin,
    DrawState,
    ReviewState,
)
from zhiqiao.apps.projects.models.applications import Application, of_applicant
from zhiqiao.apps.projects.models.calls import OF_STAFF, Call
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified, SignedByTwo, signing_constraints
from zhiqiao.core.row_security import PERSON, any_of

OF_EXPERT = (
    "expert_id IN (SELECT expert.id FROM people_expert expert "  # noqa: S608 - a model's own words
    f"JOIN people_person person ON person.id = expert.person_id WHERE person.account_id = {PERSON})"
)
SCORED = (ReviewState.HANDED_IN, ReviewState.SET_ASIDE)


class Draw(Identified):
    """One assignment of experts to the applications of a call, with its seed and what it came to.

    The seed's digest stands before the draw; the seed is opened with the result of the call.
    """

    row_security = OF_STAFF

    call = models.ForeignKey(Call, models.PROTECT, related_name="draws")
    state = models.CharField(
        _("state of the draw"), max_length=16, choices=DrawState.choices, default=DrawState.PROPOSED
    )
    seed = models.CharField(_("seed"), max_length=64, blank=True)
    commitment = models.CharField(_("digest of the seed"), max_length=64, blank=True)
    figures = models.JSONField(_("figures"), default=dict)
    shortages = models.JSONField(_("shortages"), default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("assignment of experts")
        verbose_name_plural = _("assignments of experts")
        ordering = ["call_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="projects_draw_state_known", condition=Q(state__in=DrawState.values)
            )
        ]

    def __str__(self) -> str:
        return f"#{self.call_id}"

    def get_absolute_url(self) -> str:
        return reverse("projects:draw", args=[self.uid])


class Review(Identified):
    """One expert's reading of one application; nobody but the bureau and the expert reads it.

    ``total`` is the official score of the sheet in hundredths of a point from 0 to 100. ``letter`` is
    how others name the expert without naming anybody. Who is only proposed is told nothing. A review
    that was handed in before a conflict was known is contested until the bureau decides; one that was
    set aside keeps its score and does not count.
    """

    row_security = any_of(OF_STAFF, f"state <> 'proposed' AND {OF_EXPERT}")

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    expert = models.ForeignKey(
        "people.Expert", models.PROTECT, related_name="reviews", verbose_name=_("expert")
    )
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, blank=True, related_name="reviews")
    letter = models.CharField(_("letter"), max_length=2)
    state = models.CharField(
        _("state of the review"),
        max_length=16,
        choices=ReviewState.choices,
        default=ReviewState.ASKED,
    )
    is_third = models.BooleanField(_("asked for because the others differ"), default=False)
    reason = models.JSONField(_("why this expert"), default=dict)
    due_on = models.DateField(_("review due on"))
    marks = models.JSONField(_("marks"), default=dict)
    eliminated = models.JSONField(_("eliminating answers"), default=dict)
    words = models.TextField(_("opinion"), blank=True)
    total = models.PositiveIntegerField(_("score in hundredths"), null=True, blank=True)
    refusal = models.TextField(_("why the expert refused"), blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    accepted_at = models.DateTimeField(_("undertaking given at"), null=True, blank=True)
    names_shown_at = models.DateTimeField(_("applicant shown at"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    seconds_read = models.PositiveIntegerField(_("seconds of reading"), default=0)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    contested_at = models.DateTimeField(_("in conflict since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["application_id", "letter"]
        indexes = [
            models.Index(name="projects_review_of_expert", fields=["expert", "state", "due_on"])
        ]
        constraints = [
            models.UniqueConstraint(name="projects_review_once", fields=["application", "expert"]),
            models.UniqueConstraint(
                name="projects_review_letter_once", fields=["application", "letter"]
            ),
            models.CheckConstraint(
                name="projects_review_state_known", condition=Q(state__in=ReviewState.values)
            ),
            models.CheckConstraint(
                name="projects_review_scored_when_handed_in",
                condition=Q(state__in=SCORED, total__isnull=False, handed_in_at__isnull=False)
                | (~Q(state__in=SCORED) & Q(total__isnull=True)),
            ),
            models.CheckConstraint(
                name="projects_review_set_aside_for_a_conflict",
                condition=~Q(state=ReviewState.SET_ASIDE) | Q(contested_at__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_review_read_after_the_undertaking",
                condition=~Q(state__in=[ReviewState.ACCEPTED, *SCORED])
                | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_review_total_in_scale",
                condition=Q(total__isnull=True) | Q(total__lte=10_000),
            ),
            models.CheckConstraint(
                name="projects_review_refused_with_words",
                condition=~Q(state=ReviewState.REFUSED) | ~Q(refusal=""),
            ),
        ]

    def __str__(self) -> str:
        # Neither the letter nor the application: experts read this in their own log.
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("projects:review", args=[self.uid])

    @property
    def points(self) -> str:
        """The official score as points with two decimal places; nothing before it is handed in."""
        return "" if self.total is None else f"{self.total // 100}.{self.total % 100:02d}"


class ReviewDecision(Identified, SignedByTwo):
    """Whether a contested review is set aside or counts all the same, with the reason."""

    row_security = OF_STAFF

    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    sets_aside = models.BooleanField(_("set aside"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("decision on a review")
        verbose_name_plural = _("decisions on reviews")
        ordering = ["review_id", "id"]
        constraints = [
            *signing_constraints(
                "review",
                waits_alone="projects_decision_waits_alone",
                signed_by_another="projects_decision_signed_by_another",
                taken_is_over="projects_decision_taken_is_over",
            ),
            models.CheckConstraint(name="projects_decision_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"#{self.review_id}"


class Conflict(Identified):
    """Why an expert may not review an application: found by identity, declared, or named by the applicant.

    ``kind`` is a word of the assignment engine. What the applicant named is not shown to the expert.
    """

    row_security = OF_STAFF

    application = models.ForeignKey(Application, models.PROTECT, related_name="conflicts")
    expert = models.ForeignKey("people.Expert", models.PROTECT, related_name="conflicts")
    kind = models.CharField(_("kind of conflict"), max_length=32, choices=ConflictKind.choices)
    origin = models.CharField(_("origin"), max_length=16, choices=ConflictOrigin.choices)
    words = models.TextField(_("grounds"), blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["application_id", "expert_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="projects_conflict_kind_known", condition=Q(kind__in=ConflictKind.values)
            ),
            models.UniqueConstraint(
                name="projects_conflict_once", fields=["application", "expert", "kind", "origin"]
            ),
            models.CheckConstraint(
                name="projects_conflict_origin_known", condition=Q(origin__in=ConflictOrigin.values)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.expert_id}: {self.kind}"


class UnsuitableExpert(models.Model):
    """Somebody whom the applicant does not want as a reviewer, with the reason."""

    row_security = any_of(OF_STAFF, of_applicant("application_id"))

    application = models.ForeignKey(Application, models.PROTECT, related_name="unsuitable")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=100)
    employer_text = models.CharField(_("employer as written"), max_length=200, blank=True)
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("expert named as unsuitable")
        verbose_name_plural = _("experts named as unsuitable")
        ordering = ["application_id", "position"]
        constraints = [
            models.UniqueConstraint(
                name="projects_unsuitable_place_once", fields=["application", "position"]
            ),
            models.CheckConstraint(
                name="projects_unsuitable_with_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.position}"


class Panel(Identified):
    """A meeting of experts about applications of a call."""

    row_security = OF_STAFF

    call = models.ForeignKey(Call, models.PROTECT, related_name="panels")
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        ordering = ["call_id", "held_on", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:panel", args=[self.uid])


class PanelSeat(models.Model):
    """An expert at a panel: whether present, and the fee. Not yet noted is neither."""

    row_security = OF_STAFF

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="seats")
    expert = models.ForeignKey("people.Expert", models.PROTECT, related_name="+")
    is_chair = models.BooleanField(_("chair"), default=False)
    was_present = models.BooleanField(_("present"), null=True, blank=True)
    fee_cny = models.DecimalField(
        _("fee in yuan"), max_digits=18, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("seat of a panel")
        verbose_name_plural = _("seats of panels")
        ordering = ["panel_id", "-is_chair", "id"]
        constraints = [
            models.UniqueConstraint(name="projects_seat_once", fields=["panel", "expert"]),
            models.CheckConstraint(
                name="projects_seat_fee_not_negative",
                condition=Q(fee_cny__isnull=True) | Q(fee_cny__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.panel_id}/{self.expert_id}"


class PanelItem(models.Model):
    """What a panel advised on an application, with the votes."""

    row_security = OF_STAFF

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="items")
    application = models.ForeignKey(Application, models.PROTECT, related_name="panel_items")
    votes_for = models.PositiveSmallIntegerField(_("votes for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("votes against"), null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    advice = models.CharField(_("advice"), max_length=16, choices=Advice.choices, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)

    class Meta:
        verbose_name = _("item of a panel")
        verbose_name_plural = _("items of panels")
        ordering = ["panel_id", "application_id"]
        constraints = [
            models.UniqueConstraint(
                name="projects_panel_item_once", fields=["panel", "application"]
            )
        ]

    def __str__(self) -> str:
        return f"#{self.panel_id}/{self.application_id}"


class Visit(Identified):
    """A visit on site and its report."""

    row_security = OF_STAFF

    application = models.ForeignKey(Application, models.PROTECT, related_name="visits")
    visited_on = models.DateField(_("visited on"))
    visitors = models.CharField(_("visitors"), max_length=300)
    report = models.TextField(_("report"))
    file = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("visit on site")
        verbose_name_plural = _("visits on site")
        ordering = ["application_id", "visited_on", "id"]
        triggers = append_only("visit")

    def __str__(self) -> str:
        return f"#{self.application_id}"
