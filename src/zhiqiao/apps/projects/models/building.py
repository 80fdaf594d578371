from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import ChangeState, ReportState, Verdict
from zhiqiao.apps.projects.models.applications import Application, of_applicant
from zhiqiao.apps.projects.models.calls import OF_STAFF
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import any_of


def of_builder(column: str) -> str:
    return any_of(OF_STAFF, of_applicant(column))


class BuildTask(Identified):
    """One task of building: what is to be done until when, with which budget and promised number."""

    row_security = of_builder("application_id")

    application = models.ForeignKey(Application, models.PROTECT, related_name="tasks")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("task"), max_length=200)
    due_on = models.DateField(_("to be done by"))
    budget_cny = models.DecimalField(
        _("budget in yuan"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    indicator = models.CharField(_("indicator"), max_length=64, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evidence = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("task of building")
        verbose_name_plural = _("tasks of building")
        ordering = ["application_id", "position"]
        constraints = [
            models.UniqueConstraint(
                name="projects_task_place_once", fields=["application", "position"]
            ),
            models.CheckConstraint(
                name="projects_task_budget_not_negative",
                condition=Q(budget_cny__isnull=True) | Q(budget_cny__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.position}"


class BuildReport(Identified):
    """A yearly, mid-term or final report: indicators reached, money spent, and what the bureau found."""

    row_security = of_builder("application_id")

    application = models.ForeignKey(Application, models.PROTECT, related_name="reports")
    report = models.CharField(_("report"), max_length=64)
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    due_on = models.DateField(_("report due on"))
    state = models.CharField(
        _("state of the report"),
        max_length=16,
        choices=ReportState.choices,
        default=ReportState.DUE,
    )
    text = models.TextField(_("report"), blank=True)
    reached = models.JSONField(_("indicators reached"), default=dict)
    spent = models.JSONField(_("money spent in yuan"), default=dict)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices, blank=True)
    findings = models.TextField(_("findings"), blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("report of building")
        verbose_name_plural = _("reports of building")
        ordering = ["application_id", "due_on", "id"]
        indexes = [models.Index(name="projects_report_due", fields=["state", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                name="projects_report_once", fields=["application", "report", "number"]
            ),
            models.CheckConstraint(
                name="projects_report_state_known", condition=Q(state__in=ReportState.values)
            ),
            models.CheckConstraint(
                name="projects_report_judged_whole",
                condition=Q(verdict="", judged_at__isnull=True)
                | (~Q(verdict="") & Q(judged_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.report} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("projects:report", args=[self.uid])


class ReportFile(Identified):
    """A file that bears out a report of building."""

    row_security = any_of(
        OF_STAFF,
        f"report_id IN (SELECT id FROM projects_buildreport WHERE {of_applicant('application_id')})",  # noqa: S608 - a model's own words
    )

    report = models.ForeignKey(BuildReport, models.PROTECT, related_name="files")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("file of a report of building")
        verbose_name_plural = _("files of reports of building")
        ordering = ["report_id", "id"]

    def __str__(self) -> str:
        return f"#{self.report_id}"


class BuildChange(Identified):
    """A change of tasks, budget or promised indicators, asked for by the applicant and decided."""

    row_security = of_builder("application_id")

    application = models.ForeignKey(Application, models.PROTECT, related_name="changes")
    subject = models.CharField(_("what changes"), max_length=200)
    reason = models.TextField(_("reason"))
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    state = models.CharField(
        _("state of the change"),
        max_length=16,
        choices=ChangeState.choices,
        default=ChangeState.ASKED,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.TextField(_("answer"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of building")
        verbose_name_plural = _("changes of building")
        ordering = ["application_id", "id"]
        constraints = [
            models.CheckConstraint(name="projects_change_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="projects_change_decided_whole",
                condition=Q(state=ChangeState.ASKED, decided_at__isnull=True)
                | (~Q(state=ChangeState.ASKED) & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}: {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("projects:change_of_building", args=[self.uid])


class BuildWarning(Identified):
    """A warning of the bureau to a project that falls behind, until it is lifted."""

    row_security = of_builder("application_id")

    application = models.ForeignKey(Application, models.PROTECT, related_name="warnings")
    reason = models.TextField(_("reason"))
    until = models.DateField(_("to be put right by"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    why_lifted = models.TextField(_("why it was lifted"), blank=True)

    class Meta:
        verbose_name = _("warning of a project")
        verbose_name_plural = _("warnings of projects")
        ordering = ["application_id", "id"]
        constraints = [
            models.CheckConstraint(name="projects_warning_has_a_reason", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}"


class AcceptanceReview(Identified):
    """What was found at the end of building: which share of the promised was reached, passed or not."""

    row_security = of_builder("application_id")

    application = models.ForeignKey(Application, models.PROTECT, related_name="acceptances")
    passed = models.BooleanField(_("passed"))
    findings = models.TextField(_("findings"))
    figures = models.JSONField(_("promised and reached"), default=dict)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    judged_at = models.DateTimeField(_("judged at"))

    class Meta:
        verbose_name = _("acceptance review")
        verbose_name_plural = _("acceptance reviews")
        ordering = ["application_id", "id"]
        constraints = [
            models.CheckConstraint(name="projects_acceptance_has_words", condition=~Q(findings=""))
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}"
