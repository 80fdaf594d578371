from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import AppealState
from zhiqiao.apps.admissions.models.candidates import OWN, Candidate
from zhiqiao.apps.admissions.models.places import OF_STAFF
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import any_of


class Recheck(Identified):
    """A candidate asks to have the own sealed marks looked at again, and what the bureau found.

    Looked at again is whether everything was marked and summed; marks are not given anew.
    """

    row_security = any_of(OF_STAFF, OWN)

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="rechecks")
    text = models.TextField(_("what is to be looked at"))
    filed_at = models.DateTimeField(_("filed at"))
    answer_by = models.DateField(_("to be answered by"))
    state = models.CharField(
        _("state"), max_length=8, choices=AppealState.choices, default=AppealState.FILED
    )
    answer = models.TextField(_("what was answered"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    corrected_at = models.DateTimeField(_("scores corrected at"), null=True)

    class Meta:
        verbose_name = _("re-check of scores")
        verbose_name_plural = _("re-checks of scores")
        ordering = ["candidate_id", "id"]
        constraints = [
            models.UniqueConstraint(name="recheck_once", fields=["candidate"]),
            models.CheckConstraint(
                name="recheck_state_is_known", condition=Q(state__in=AppealState.values)
            ),
            models.CheckConstraint(
                name="recheck_answered_has_words",
                condition=Q(state=AppealState.FILED) | ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="recheck_corrects_scores_only_when_upheld",
                condition=Q(corrected_at__isnull=True) | Q(state=AppealState.UPHELD),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.candidate_id}"
