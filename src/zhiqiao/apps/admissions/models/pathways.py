from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import ContractState, GateOutcome
from zhiqiao.apps.admissions.models.places import OF_STAFF
from zhiqiao.core.models_base import Identified, Provenanced
from zhiqiao.core.row_security import BODIES, any_of, is_body, is_own

# Each table asks the one above it, whose own policy has judged.
OF_SEEN_CONTRACT = "contract_id IN (SELECT id FROM admissions_pathwaycontract)"
OF_FIRST_SCHOOL = (
    "cohort_id IN (SELECT cohort.id FROM admissions_cohort cohort "  # noqa: S608 - a model's own words
    "JOIN admissions_pathwaycontract contract ON contract.id = cohort.contract_id "
    f"WHERE contract.school_id = {BODIES})"
)


class PathwayContract(Identified, Provenanced):
    """What two schools agreed for one articulated pathway: majors, intake, gates and the fallback.

    The kind is a pathway of the scheme. Without a capacity all who pass go on. The fallback says in
    words what becomes of those who do not pass; nothing is done by it on its own.
    """

    row_security = any_of(
        OF_STAFF, "state <> 'draft'", is_body("school_id"), is_body("receiving_id")
    )

    scheme = models.CharField(_("scheme"), max_length=64)
    kind = models.CharField(_("pathway"), max_length=64)
    school = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        related_name="pathways_from",
        verbose_name=_("first school"),
    )
    major_code = models.CharField(_("code of the major"), max_length=10, blank=True)
    major = models.CharField(_("major"), max_length=100)
    receiving = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        related_name="pathways_to",
        verbose_name=_("receiving school"),
    )
    receiving_code = models.CharField(_("code of the receiving major"), max_length=10, blank=True)
    receiving_major = models.CharField(_("receiving major"), max_length=100)
    first_year = models.PositiveSmallIntegerField(_("first year of intake"))
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    fallback = models.TextField(_("what becomes of those who do not pass"), blank=True)
    may_use_ordinary = models.BooleanField(_("may take the ordinary examination"), null=True)
    state = models.CharField(
        _("state"), max_length=8, choices=ContractState.choices, default=ContractState.DRAFT
    )
    approval = models.CharField(_("approval"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("pathway contract")
        verbose_name_plural = _("pathway contracts")
        ordering = ["-first_year", "id"]
        indexes = [
            models.Index(name="pathway_of_school", fields=["school"]),
            models.Index(name="pathway_to_school", fields=["receiving"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="pathway_contract_once",
                fields=["kind", "school", "major", "receiving", "receiving_major", "first_year"],
            ),
            models.CheckConstraint(
                name="pathway_contract_state_is_known",
                condition=Q(state__in=ContractState.values),
            ),
            models.CheckConstraint(
                name="pathway_contract_in_force_is_approved",
                condition=Q(state=ContractState.DRAFT) | ~Q(approval=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.major} → {self.receiving_major}"

    def get_absolute_url(self) -> str:
        return reverse("admissions:pathway", args=[self.uid])


class PathwayGate(models.Model):
    """A test on the way: in which year of study, on which score, and the least that passes.

    Without a number nobody knows one yet.
    """

    row_security = any_of(OF_STAFF, OF_SEEN_CONTRACT)

    contract = models.ForeignKey(PathwayContract, models.PROTECT, related_name="gates")
    order = models.PositiveSmallIntegerField(_("order"))
    year_of_study = models.PositiveSmallIntegerField(_("year of study"))
    title_zh = models.CharField(_("title in Chinese"), max_length=100)
    title_en = models.CharField(_("title in English"), max_length=100, blank=True)
    score = models.CharField(_("test or score"), max_length=64, blank=True)
    least = models.DecimalField(
        _("least that passes"), max_digits=7, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("gate of a pathway")
        verbose_name_plural = _("gates of pathways")
        ordering = ["contract_id", "order"]
        constraints = [
            models.UniqueConstraint(name="pathway_gate_order_once", fields=["contract", "order"]),
            models.CheckConstraint(
                name="pathway_gate_year_from_one", condition=Q(year_of_study__range=(1, 9))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.order}"

    @property
    def title(self) -> str:
        is_english = (get_language() or "").startswith("en")
        return self.title_en if is_english and self.title_en else self.title_zh


class Cohort(Identified):
    """Those who entered a pathway in one year, as a number; the persons are its members."""

    row_security = any_of(OF_STAFF, OF_SEEN_CONTRACT)

    contract = models.ForeignKey(PathwayContract, models.PROTECT, related_name="cohorts")
    entry_year = models.PositiveSmallIntegerField(_("entry year"))
    entered = models.PositiveIntegerField(_("entered"))

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["contract_id", "-entry_year"]
        constraints = [
            models.UniqueConstraint(name="cohort_year_once", fields=["contract", "entry_year"]),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.entry_year}"

    def get_absolute_url(self) -> str:
        return reverse("admissions:cohort", args=[self.uid])


class CohortMember(Identified):
    """A person in a cohort, from the day of entry until the person left, with the reason."""

    row_security = any_of(
        OF_STAFF, is_own("person_id", "people_person.account_id"), OF_FIRST_SCHOOL
    )

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="members")
    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="cohorts", verbose_name=_("person")
    )
    entered_on = models.DateField(_("entered on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    why_left = models.CharField(_("why left"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("member of a cohort")
        verbose_name_plural = _("members of cohorts")
        ordering = ["cohort_id", "id"]
        indexes = [models.Index(name="cohort_member_of_person", fields=["person"])]
        constraints = [
            models.UniqueConstraint(name="cohort_member_once", fields=["cohort", "person"]),
            models.CheckConstraint(
                name="cohort_member_leaves_with_a_reason",
                condition=Q(left_on__isnull=True, why_left="")
                | (Q(left_on__gte=F("entered_on")) & ~Q(why_left="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/#{self.person_id}"


class GateResult(models.Model):
    """What a member came to at a gate. No row means that nothing is known, never "not passed"."""

    row_security = any_of(OF_STAFF, "member_id IN (SELECT id FROM admissions_cohortmember)")

    member = models.ForeignKey(CohortMember, models.PROTECT, related_name="gate_results")
    gate = models.ForeignKey(PathwayGate, models.PROTECT, related_name="results")
    outcome = models.CharField(_("outcome"), max_length=10, choices=GateOutcome.choices)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("result at a gate")
        verbose_name_plural = _("results at gates")
        ordering = ["gate_id", "member_id"]
        constraints = [
            models.UniqueConstraint(name="gate_result_once", fields=["member", "gate"]),
            models.CheckConstraint(
                name="gate_result_is_known", condition=Q(outcome__in=GateOutcome.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate_id}/{self.member_id}"
