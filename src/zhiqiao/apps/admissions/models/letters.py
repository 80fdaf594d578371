from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.models.candidates import OWN, Candidate
from zhiqiao.apps.admissions.models.places import OF_STAFF, PlaceLine
from zhiqiao.apps.admissions.models.runs import OF_OWN_SCHOOL
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import any_of


class Letter(Identified):
    """The letter of admission of a school to a candidate, with the words that stand on the paper.

    Whoever holds the paper can ask with its code whether it is genuine; the code cannot be guessed.
    A letter is withdrawn, never deleted, when the place was declined or went to somebody else, or by
    hand with a reason.
    """

    row_security = any_of(OF_STAFF, OWN, OF_OWN_SCHOOL)

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="letters")
    line = models.ForeignKey(PlaceLine, models.PROTECT, related_name="letters")
    number = models.CharField(_("number of the letter"), max_length=40)
    candidate_number = models.CharField(_("candidate number"), max_length=20)
    name = models.CharField(_("full name"), max_length=100)
    code = models.CharField(_("code of the letter"), max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("letter issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("letter withdrawn at"), null=True, blank=True)
    why_withdrawn = models.CharField(_("why withdrawn"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("letter of admission")
        verbose_name_plural = _("letters of admission")
        ordering = ["line_id", "number"]
        constraints = [
            models.UniqueConstraint(name="letter_number_once", fields=["line", "number"]),
            models.UniqueConstraint(
                name="letter_is_genuine_once",
                fields=["candidate"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="letter_withdrawn_for_a_reason_is_withdrawn",
                condition=Q(why_withdrawn="") | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_has_name_and_code", condition=~Q(name="") & ~Q(code="")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("admissions:letter", args=[self.uid])
