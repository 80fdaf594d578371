from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import PrivilegeState
from zhiqiao.apps.admissions.models.candidates import OWN, Candidate
from zhiqiao.apps.admissions.models.places import OF_STAFF
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import BODIES, any_of, is_person

UNDECIDED = (PrivilegeState.ASKED, PrivilegeState.PUBLISHED)


class Privilege(Identified):
    """A prize or title that gives marks, from the asking over the public notice to the decision.

    The notice is public, the row is not: it holds evidence and words of the decision.
    """

    row_security = any_of(
        OF_STAFF, OWN,
        f"candidate_id IN (SELECT id FROM admissions_candidate WHERE school_id = {BODIES})",  # noqa: S608 - a model's own words
    )  # fmt: skip

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="privileges")
    award = models.CharField(_("award"), max_length=64)
    evidence = models.CharField(_("evidence"), max_length=300)
    file = models.ForeignKey(
        "core.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("evidence as a file"),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=PrivilegeState.choices, default=PrivilegeState.ASKED
    )
    asked_at = models.DateTimeField(_("asked at"))
    published_on = models.DateField(_("on public notice from"), null=True, blank=True)
    objections_until = models.DateField(_("objections until"), null=True, blank=True)
    decision = models.TextField(_("what was decided"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decision taken at"), null=True, blank=True)

    class Meta:
        verbose_name = _("privilege")
        verbose_name_plural = _("privileges")
        ordering = ["candidate_id", "id"]
        constraints = [
            models.UniqueConstraint(name="privilege_once", fields=["candidate", "award"]),
            models.CheckConstraint(
                name="privilege_granted_after_notice",
                condition=~Q(state=PrivilegeState.GRANTED)
                | Q(published_on__isnull=False, objections_until__isnull=False),
            ),
            models.CheckConstraint(
                name="privilege_decided_with_words",
                condition=Q(state__in=UNDECIDED, decided_at__isnull=True)
                | (~Q(state__in=UNDECIDED) & Q(decided_at__isnull=False) & ~Q(decision="")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.candidate_id} {self.award}"

    def get_absolute_url(self) -> str:
        return reverse("admissions:privilege", args=[self.uid])


class Objection(Identified):
    """What somebody holds against a privilege on public notice; it is decided with the privilege.

    Neither the candidate nor a school is told who objected.
    """

    row_security = any_of(OF_STAFF, is_person("filed_by_id"))

    privilege = models.ForeignKey(Privilege, models.PROTECT, related_name="objections")
    text = models.TextField(_("objection"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    filed_at = models.DateTimeField(_("filed at"))

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["privilege_id", "id"]
        constraints = [
            models.UniqueConstraint(name="objection_once", fields=["privilege", "filed_by"]),
            models.CheckConstraint(name="objection_has_words", condition=~Q(text="")),
        ]
        triggers = append_only("objection")

    def __str__(self) -> str:
        return f"#{self.privilege_id}"
