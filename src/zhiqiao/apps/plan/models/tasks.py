"""Who does what for the plan, what they report, and how they are reminded."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.plan.choices import (
    PartRole,
    ReportState,
    Rhythm,
    Side,
    Step,
    TaskKind,
    TaskState,
)
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.fields import Provenance
from zhiqiao.core.models_base import Identified, Provenanced
from zhiqiao.core.row_security import any_of, has_role, is_body

# Bodies of a task see each other. A policy cannot ask its own table, so functions of the owner do.
TASKS_IN_REACH = "ANY ((SELECT plan_tasks_in_reach())::bigint[])"
PARTS_IN_REACH = "ANY ((SELECT plan_parts_in_reach())::bigint[])"
OF_OWN_BODY = is_body("organisation_id")
OF_STAFF = has_role([Role.BUREAU_CLERK, Role.BUREAU_LEAD])


def _named() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=10), default=list, blank=True)


class Task(Identified, Provenanced):
    """Something that has to be done for the plan.

    It comes from the pack, whose words it then carries, or is a matter that the bureau opened. It
    names the targets, duties and mechanisms that it serves; bodies take part in it by parts. All below it has
    its provenance: sample accounts work on demonstration tasks of their own.
    """

    row_security = any_of(OF_STAFF, f"id = {TASKS_IN_REACH}")

    code = models.CharField(_("number"), max_length=20)
    is_from_pack = models.BooleanField(_("from the plan"), default=False)
    kind = models.CharField(_("kind"), max_length=16, choices=TaskKind.choices)
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    article = models.CharField(_("article"), max_length=10)
    targets = _named()
    duties = _named()
    mechanisms = _named()
    due = models.DateField(_("due"), null=True, blank=True)
    every = models.CharField(
        _("reports"), max_length=10, choices=Rhythm.choices, default=Rhythm.QUARTER
    )
    state = models.CharField(
        _("state"), max_length=8, choices=TaskState.choices, default=TaskState.OPEN
    )
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                name="task_code_once",
                fields=["code"],
                condition=~Q(provenance=Provenance.DEMONSTRATION),
            ),
            models.UniqueConstraint(
                name="task_code_once_in_demonstration",
                fields=["code"],
                condition=Q(provenance=Provenance.DEMONSTRATION),
            ),
            models.CheckConstraint(
                name="task_kind_is_known", condition=Q(kind__in=TaskKind.values)
            ),
            models.CheckConstraint(
                name="task_rhythm_is_known", condition=Q(every__in=Rhythm.values)
            ),
            models.CheckConstraint(
                name="task_closed_has_instant",
                condition=Q(state=TaskState.OPEN, closed_at__isnull=True)
                | Q(state__in=[TaskState.DONE, TaskState.DROPPED], closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title_zh}"

    def get_absolute_url(self) -> str:
        return reverse("plan:task", args=[self.uid])

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" else self.title_zh


class TaskPart(Identified):
    """One body's part in a task, from its assignment until its end.

    A part that ends keeps its reports; the body that takes over gets a part of its own.
    """

    row_security = any_of(OF_STAFF, f"task_id = {TASKS_IN_REACH}")

    task = models.ForeignKey(Task, models.PROTECT, related_name="parts")
    organisation = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        related_name="task_parts",
        verbose_name=_("body"),
    )
    role = models.CharField(_("role"), max_length=4, choices=PartRole.choices)
    side = models.CharField(_("side"), max_length=8, choices=Side.choices, default=Side.CITY)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="task_parts",
        verbose_name=_("person in charge"),
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    assigned_at = models.DateTimeField(_("assigned at"))
    starts_on = models.DateField(_("reports from"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("part in a task")
        verbose_name_plural = _("parts in tasks")
        ordering = ["task_id", "side", "role", "id"]
        indexes = [
            models.Index(fields=["organisation", "ended_at"], name="task_part_of_body"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="task_part_is_assigned_once",
                fields=["task", "organisation"],
                condition=Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="task_part_one_lead_on_a_side",
                fields=["task", "side"],
                condition=Q(ended_at__isnull=True, role=PartRole.LEAD),
            ),
            models.CheckConstraint(
                name="task_part_role_is_known", condition=Q(role__in=PartRole.values)
            ),
            models.CheckConstraint(
                name="task_part_side_is_known", condition=Q(side__in=Side.values)
            ),
            models.CheckConstraint(
                name="task_part_ends_after_its_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("assigned_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.organisation_id}"


class ProgressReport(Identified):
    """What a body says of its part for one period: written, handed in, returned or accepted."""

    row_security = any_of(OF_STAFF, f"part_id = {PARTS_IN_REACH}")

    part = models.ForeignKey(TaskPart, models.PROTECT, related_name="reports")
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period to"))
    state = models.CharField(
        _("state"), max_length=9, choices=ReportState.choices, default=ReportState.DRAFT
    )
    progress = models.TextField(_("what was done"))
    difficulties = models.TextField(_("difficulties"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("everybody who wrote in it")
    )
    submitted_at = models.DateTimeField(_("handed in at"), null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    review_note = models.TextField(_("note of the review"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["part_id", "-period_to"]
        constraints = [
            models.UniqueConstraint(
                name="progress_report_one_for_a_period", fields=["part", "period_to"]
            ),
            models.CheckConstraint(
                name="progress_report_period_in_order",
                condition=Q(period_from__lte=F("period_to")),
            ),
            models.CheckConstraint(
                name="progress_report_handed_in_has_instant",
                condition=Q(state=ReportState.DRAFT) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="progress_report_reviewed_by_a_person",
                condition=Q(state__in=[ReportState.DRAFT, ReportState.SUBMITTED])
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="progress_report_state_is_known",
                condition=Q(state__in=ReportState.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.period_to}"

    def get_absolute_url(self) -> str:
        return reverse("plan:report", args=[self.uid])


class ReportEvidence(Identified):
    """A file that proves what a report says."""

    row_security = "report_id IN (SELECT id FROM plan_progressreport)"

    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="evidence")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("evidence of a report")
        verbose_name_plural = _("evidence of reports")
        ordering = ["report_id", "id"]
        constraints = [
            models.UniqueConstraint(name="report_evidence_file_once", fields=["report", "file"])
        ]

    def __str__(self) -> str:
        return self.note or str(self.file_id)


class Supervision(Identified):
    """A reminder, a supervision note or an escalation, with the day by which it is to be answered."""

    row_security = any_of(
        OF_STAFF,
        f"part_id IN (SELECT id FROM plan_taskpart WHERE {OF_OWN_BODY})",  # noqa: S608 - our own words
    )

    part = models.ForeignKey(TaskPart, models.PROTECT, related_name="supervisions")
    step = models.CharField(_("step"), max_length=10, choices=Step.choices)
    text = models.TextField(_("what is asked"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued at"))
    issued_on = models.DateField(_("issued on"))
    working_days = models.PositiveSmallIntegerField(_("working days to answer"))
    answer_by = models.DateField(_("answer by"))
    is_provisional = models.BooleanField(
        _("the year's holidays are not published yet"), default=False
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_on = models.DateField(_("answered on"), null=True)

    class Meta:
        verbose_name = _("supervision")
        verbose_name_plural = _("supervisions")
        ordering = ["-issued_at", "-id"]
        indexes = [models.Index(fields=["part", "-issued_at"], name="supervision_of_part")]
        constraints = [
            models.CheckConstraint(
                name="supervision_step_is_known", condition=Q(step__in=Step.values)
            ),
            models.CheckConstraint(
                name="supervision_answered_with_words",
                condition=Q(answered_at__isnull=True, answered_on__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_on__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="supervision_answer_by_after_issue",
                condition=Q(answer_by__gt=F("issued_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.step}"


class SideView(Identified):
    """How one side of a matter sees it; earlier words stay beside later ones."""

    row_security = any_of(OF_STAFF, f"task_id = {TASKS_IN_REACH}")

    task = models.ForeignKey(Task, models.PROTECT, related_name="views")
    side = models.CharField(_("side"), max_length=8, choices=Side.choices)
    text = models.TextField(_("view"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("registry.Organisation", models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("view of a side")
        verbose_name_plural = _("views of the sides")
        ordering = ["task_id", "-id"]
        triggers = append_only("side_view")

    def __str__(self) -> str:
        return f"{self.task_id} {self.side}"
