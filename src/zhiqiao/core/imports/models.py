"""The two tables of an import: what was given, and its rows while they are checked."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.imports.choices import BatchSource, BatchState
from zhiqiao.core.imports.spec import KEEP
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import is_person


class ImportBatch(Identified):
    """One table that somebody brought in: its file, how it was read, what the check found."""

    row_security = is_person("opened_by_id")

    spec = models.SlugField(_("table"), max_length=80, allow_unicode=False)
    state = models.CharField(_("state"), max_length=12, choices=BatchState.choices)
    source = models.CharField(_("source"), max_length=5, choices=BatchSource.choices)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    sheet = models.CharField(_("sheet"), max_length=80, blank=True)
    heading_row = models.PositiveIntegerField(_("row of the headings"))
    headings = models.JSONField(_("headings"), default=list)
    samples = models.JSONField(_("first rows"), default=list)
    mapping = models.JSONField(_("columns"), default=dict)
    options = models.JSONField(_("options"), null=True)
    doubts = models.JSONField(_("doubtful names"), default=list)
    answers = models.JSONField(_("answers"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    problems = models.JSONField(_("problems"), default=list)
    changes = models.JSONField(_("changes"), default=list)
    other_sheets = models.JSONField(_("other sheets"), default=list)
    language = models.CharField(_("language"), max_length=10)
    error_file = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")
    check_job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    commit_job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened at"))
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    committed_at = models.DateTimeField(_("written at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=BatchState.values),
                name="importbatch_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=BatchSource.values),
                name="importbatch_source_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state=BatchState.COMMITTED, committed_at__isnull=False)
                | (~models.Q(state=BatchState.COMMITTED) & models.Q(committed_at__isnull=True)),
                name="importbatch_committed_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_by", "-opened_at"], name="importbatch_by_person"),
            models.Index(fields=["spec", "file"], name="importbatch_by_file"),
        ]

    def __str__(self) -> str:
        return f"{self.spec} {self.uid}"

    def answer(self, field: str, given: str) -> str | None:
        """Return the candidate that a person chose for a doubtful name; None: keep the text."""
        answer = self.answers.get(field, {}).get(given)
        return None if answer in (None, KEEP) else str(answer)


class ImportRow(models.Model):
    """A row of the file on its way in: the cells as given, the typed values, its problems."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(_("cells as given"))
    values = models.JSONField(_("values"), null=True)
    problems = models.JSONField(_("problems"), null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["batch_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"
