from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.models.candidates import OWN, Candidate
from zhiqiao.apps.admissions.models.places import OF_STAFF, PlaceLine
from zhiqiao.apps.admissions.models.runs import OF_OWN_SCHOOL
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import any_of


class Enrolment(Identified):
    """An admitted candidate arrived: the admitting school says so, and keeps the file from then on."""

    row_security = any_of(OF_STAFF, OWN, OF_OWN_SCHOOL)

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="enrolment")
    line = models.ForeignKey(PlaceLine, models.PROTECT, related_name="enrolments")
    registered_on = models.DateField(_("registered on"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["line_id", "candidate_id"]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.candidate_id}"
