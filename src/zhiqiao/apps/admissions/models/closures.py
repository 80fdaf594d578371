from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.models.places import OF_STAFF
from zhiqiao.apps.admissions.models.seasons import Season
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified


class ClosureTrial(Identified):
    """What if classes that stay too small were not opened: tried on a round, and decided by nobody.

    ``steps`` holds for each class in the order of closing: programme, admitted and minimum; ``moves``
    for each candidate who moves: the number of the step, candidate, programme left and programme
    entered, where null is no place. Nothing else of the season rests on it.
    """

    row_security = OF_STAFF

    season = models.ForeignKey(Season, models.PROTECT, related_name="closure_trials")
    round = models.PositiveSmallIntegerField(_("round"))
    minimum = models.PositiveIntegerField(
        _("smallest class where none is stated"), null=True, blank=True
    )
    inputs_digest = models.CharField(_("digest of the inputs"), max_length=64)
    steps = models.JSONField(_("classes that would close"))
    moves = models.JSONField(_("candidates who would move"))
    admitted_before = models.PositiveIntegerField(_("admitted with all classes"))
    admitted_after = models.PositiveIntegerField(_("admitted without the small ones"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("trial of closures")
        verbose_name_plural = _("trials of closures")
        ordering = ["season_id", "id"]
        triggers = append_only("closure_trial")

    def __str__(self) -> str:
        return f"{self.season_id}/{self.minimum}"

    def get_absolute_url(self) -> str:
        return reverse("admissions:closure_trial", args=[self.uid])
