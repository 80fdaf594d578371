from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.models.applications import Application, of_applicant, of_recommender
from zhiqiao.apps.projects.models.calls import OF_STAFF
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified, SignedByTwo, signing_constraints
from zhiqiao.core.row_security import any_of
from zhiqiao.packs import Party


class Step(Identified, SignedByTwo):
    """A move of an application: who asked for it, who signed, why, and what the content was.

    Where two persons are needed it waits for the second; one step of an application waits at a time.
    """

    row_security = any_of(
        OF_STAFF, of_applicant("application_id"), of_recommender("application_id")
    )

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    move = models.CharField(_("move"), max_length=64)
    from_state = models.CharField(_("from"), max_length=64)
    to_state = models.CharField(_("to"), max_length=64)
    party = models.CharField(
        _("taken by"), max_length=16, choices=[(str(party), str(party)) for party in Party]
    )
    reason = models.TextField(_("reason"), blank=True)
    digest = models.CharField(_("digest of the content"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of applications")
        ordering = ["application_id", "id"]
        constraints = signing_constraints(
            "application",
            waits_alone="projects_step_waits_alone",
            signed_by_another="projects_step_signed_by_another",
            taken_is_over="projects_step_taken_is_over",
        )

    def __str__(self) -> str:
        return f"#{self.application_id}: {self.move}"


class CheckAnswer(models.Model):
    """What the bureau found on one question of the check of form; the last answer counts."""

    row_security = OF_STAFF

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks")
    check_id = models.CharField(_("question of the check"), max_length=64)
    passed = models.BooleanField(_("passed"))
    note = models.TextField(_("note"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"))

    class Meta:
        verbose_name = _("answer of the check of form")
        verbose_name_plural = _("answers of the check of form")
        ordering = ["application_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="projects_check_failed_with_words", condition=Q(passed=True) | ~Q(note="")
            )
        ]
        triggers = append_only("check_answer")

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.check_id}"
