from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import ReviewFlagKind
from zhiqiao.apps.projects.models.calls import OF_STAFF, Call
from zhiqiao.apps.projects.models.reviews import Review


class Scoring(models.Model):
    """How the scores of a call were last computed: the model of reviewers, and what cannot be said.

    The scores themselves stand with the applications (`Standing`).
    """

    row_security = OF_STAFF

    call = models.OneToOneField(Call, models.PROTECT, primary_key=True, related_name="scoring")
    figures = models.JSONField(_("figures of the computation"), default=dict)
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("computation of scores")
        verbose_name_plural = _("computations of scores")
        ordering = ["call_id"]

    def __str__(self) -> str:
        return f"#{self.call_id}"


class ReviewFlag(models.Model):
    """Something odd about a review, or about a reviewer by way of the first of the reviews.

    It is for a person to judge and changes no score; each computation makes the flags of a call anew.
    ``figure`` and ``threshold`` are in the engine's unit of the kind, ``number`` is what they rest on.
    """

    row_security = OF_STAFF

    scoring = models.ForeignKey(Scoring, models.CASCADE, related_name="flags")
    review = models.ForeignKey(Review, models.CASCADE, related_name="flags")
    other = models.ForeignKey(
        Review, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("like")
    )
    kind = models.CharField(_("kind of oddity"), max_length=32, choices=ReviewFlagKind.choices)
    figure = models.IntegerField(_("figure"))
    threshold = models.IntegerField(_("threshold"))
    number = models.PositiveIntegerField(_("rests on"))

    class Meta:
        verbose_name = _("oddity of a review")
        verbose_name_plural = _("oddities of reviews")
        ordering = ["scoring_id", "kind", "review_id"]
        constraints = [
            models.UniqueConstraint(name="projects_review_flag_once", fields=["review", "kind"]),
            models.CheckConstraint(
                name="projects_review_flag_kind_known", condition=Q(kind__in=ReviewFlagKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.review_id}: {self.kind}"
