from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import Advice
from zhiqiao.apps.projects.models.applications import Application, of_applicant
from zhiqiao.apps.projects.models.calls import OF_STAFF
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import any_of, is_person


class Standing(models.Model):
    """Where an application stands among the others of its call, until the result is public.

    ``official`` is the mean of the reviews in hundredths; ``figures`` holds what stands beside it
    (trimmed mean, median, spread, the model of reviewers, the rank under each). Nothing replaces the
    official score.
    """

    row_security = OF_STAFF

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="standing"
    )
    recommended_rank = models.PositiveIntegerField(
        _("rank of the recommending body"), null=True, blank=True
    )
    official = models.PositiveIntegerField(_("official score in hundredths"), null=True, blank=True)
    rank = models.PositiveIntegerField(_("rank by the official score"), null=True, blank=True)
    figures = models.JSONField(_("figures beside the score"), default=dict)
    proposal = models.CharField(_("proposal"), max_length=16, choices=Advice.choices, blank=True)
    grounds = models.TextField(_("grounds of the proposal"), blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    computed_at = models.DateTimeField(_("computed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("standing of an application")
        verbose_name_plural = _("standings of applications")
        ordering = ["application_id"]
        constraints = [
            models.CheckConstraint(
                name="projects_standing_proposal_known",
                condition=Q(proposal__in=["", *Advice.values]),
            ),
            models.CheckConstraint(
                name="projects_standing_refused_with_grounds",
                condition=~Q(proposal=Advice.REFUSE) | ~Q(grounds=""),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}"


class ProjectObjection(Identified):
    """What somebody holds against an application on public notice. Who objected is not told to anybody else."""

    row_security = any_of(OF_STAFF, is_person("filed_by_id"))

    application = models.ForeignKey(Application, models.PROTECT, related_name="objections")
    text = models.TextField(_("objection"))
    name = models.CharField(_("name"), max_length=100)
    contact_sealed = models.TextField(_("how to reach the person"), editable=False)
    # With it whoever objected, signed in or not, looks the answer up.
    code = models.CharField(_("code of the receipt"), max_length=64, unique=True, editable=False)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    filed_at = models.DateTimeField(_("filed at"))
    answer = models.TextField(_("answer"), blank=True)
    is_upheld = models.BooleanField(_("found right"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("objection to an application")
        verbose_name_plural = _("objections to applications")
        ordering = ["application_id", "id"]
        constraints = [
            models.CheckConstraint(name="projects_objection_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="projects_objection_answered_whole",
                condition=Q(answered_at__isnull=True, is_upheld__isnull=True, answer="")
                | (Q(answered_at__isnull=False, is_upheld__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}"

    def get_absolute_url(self) -> str:
        return reverse("projects:objection", args=[self.uid])


class Certificate(Identified):
    """The paper that says that an item is recognised; a later one takes the place of the one before.

    Whether it holds follows from the register on the day of asking; the code only finds the row.
    """

    row_security = any_of(OF_STAFF, of_applicant("application_id"))

    application = models.ForeignKey(Application, models.PROTECT, related_name="certificates")
    recognition = models.ForeignKey(
        "projects.Recognition", models.PROTECT, related_name="certificates"
    )
    number = models.CharField(_("number of the certificate"), max_length=60, unique=True)
    code = models.CharField(
        _("code of the certificate"), max_length=64, unique=True, editable=False
    )
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    issued_at = models.DateTimeField(_("certificate issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["application_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="projects_certificate_holds_once",
                fields=["application"],
                condition=Q(replaced_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.number
