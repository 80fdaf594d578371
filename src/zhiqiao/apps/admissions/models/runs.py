from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import AnswerKind, AppealState, RunKind
from zhiqiao.apps.admissions.models.candidates import OWN, Candidate
from zhiqiao.apps.admissions.models.places import OF_STAFF, PlaceLine
from zhiqiao.apps.admissions.models.seasons import Season
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import BODIES, any_of

OF_PUBLISHED_RUN = "run_id IN (SELECT id FROM admissions_run WHERE published_at IS NOT NULL)"
OF_OWN_SCHOOL = f"line_id IN (SELECT id FROM admissions_placeline WHERE school_id = {BODIES})"  # noqa: S608 - a model's own words


class Run(Identified):
    """One allocation: what went in, what came out, and what anybody may check of it.

    A run is stored whole or not at all, and only after it was verified. The secret salts the leaves;
    a candidate is told the own salt and nobody else's.
    """

    row_security = any_of(OF_STAFF, "published_at IS NOT NULL")

    season = models.ForeignKey(Season, models.PROTECT, related_name="runs")
    round = models.PositiveSmallIntegerField(_("round"))
    kind = models.CharField(_("kind"), max_length=10, choices=RunKind.choices)
    number = models.PositiveIntegerField(_("number"))
    inputs_digest = models.CharField(_("digest of the inputs"), max_length=64)
    bundle = models.JSONField(_("audit bundle"))
    signature = models.CharField(_("signature"), max_length=128)
    leaves = models.ForeignKey(
        "core.StoredFile", models.PROTECT, related_name="+", verbose_name=_("leaves")
    )
    secret_sealed = models.TextField(editable=False)
    admitted = models.PositiveIntegerField(_("admitted"))
    candidates = models.PositiveIntegerField(_("candidates"))
    seconds = models.FloatField(_("seconds"))
    moved = models.JSONField(_("moved against the run before"), null=True, blank=True)
    policies = models.JSONField(_("policies for a correction"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["season_id", "number"]
        constraints = [
            models.UniqueConstraint(name="run_number_once", fields=["season", "number"]),
            models.CheckConstraint(
                name="run_published_after_confirmation",
                condition=Q(published_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="run_trial_is_never_published",
                condition=~Q(kind=RunKind.TRIAL) | Q(published_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season_id}/{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("admissions:run", args=[self.uid])


class LotterySeed(models.Model):
    """The seed by which the ties of a round are decided by lot; drawn once, and never changed.

    Its commitment is public from the freezing of the choices on; the seed stays sealed until a run of
    the round is published.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="seeds")
    round = models.PositiveSmallIntegerField(_("round"))
    commitment = models.CharField(_("commitment"), max_length=64)
    seed_sealed = models.TextField(editable=False)
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("seed of a lottery")
        verbose_name_plural = _("seeds of lotteries")
        ordering = ["season_id", "round"]
        constraints = [
            models.UniqueConstraint(name="lottery_seed_once", fields=["season", "round"]),
        ]
        triggers = append_only("lottery_seed")

    def __str__(self) -> str:
        return f"{self.season_id}/{self.round}"


class RunLine(models.Model):
    """How many places a programme filled in a run, and where its line ran."""

    row_security = any_of(OF_STAFF, OF_PUBLISHED_RUN)

    run = models.ForeignKey(Run, models.PROTECT, related_name="lines")
    line = models.ForeignKey(PlaceLine, models.PROTECT, related_name="outcomes")
    places = models.PositiveIntegerField(_("places"))
    admitted = models.PositiveIntegerField(_("admitted"))
    cutoff = models.CharField(_("lowest score admitted"), max_length=20, blank=True)
    position = models.PositiveIntegerField(_("place in the ranking"), null=True, blank=True)

    class Meta:
        verbose_name = _("outcome of a programme")
        verbose_name_plural = _("outcomes of programmes")
        ordering = ["run_id", "line_id"]
        constraints = [
            models.UniqueConstraint(name="run_line_once", fields=["run", "line"]),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.line_id}"


class Result(models.Model):
    """What a run gave a candidate, with the reason of every listed choice; never changed.

    ``reasons`` holds for each choice: programme, reason, own value, line, gap, the score that decided,
    and how many places behind the last one admitted.
    """

    row_security = any_of(OF_STAFF, OWN, OF_OWN_SCHOOL)

    run = models.ForeignKey(Run, models.PROTECT, related_name="results")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="results")
    line = models.ForeignKey(PlaceLine, models.PROTECT, null=True, related_name="results")
    rank = models.PositiveSmallIntegerField(_("rank of the choice"), null=True)
    reasons = models.JSONField(_("reasons"))

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["run_id", "candidate_id"]
        indexes = [models.Index(name="result_of_line", fields=["run", "line"])]
        constraints = [
            models.UniqueConstraint(name="result_once", fields=["candidate", "run"]),
            models.CheckConstraint(
                name="result_rank_with_programme",
                condition=Q(line__isnull=True, rank__isnull=True) | Q(line__isnull=False),
            ),
        ]
        triggers = append_only("result")

    def __str__(self) -> str:
        return f"{self.run_id}/{self.candidate_id}"


class StrikeOut(Identified):
    """A school asks to take a candidate out of a programme, on a ground that the bureau approves."""

    row_security = any_of(OF_STAFF, OWN, OF_OWN_SCHOOL)

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="strike_outs")
    line = models.ForeignKey(PlaceLine, models.PROTECT, related_name="strike_outs")
    round = models.PositiveSmallIntegerField(_("round"))
    ground = models.CharField(_("ground"), max_length=64)
    note = models.TextField(_("note"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    is_approved = models.BooleanField(_("approved"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decision taken at"), null=True)

    class Meta:
        verbose_name = _("strike-out")
        verbose_name_plural = _("strike-outs")
        ordering = ["line_id", "id"]
        constraints = [
            models.UniqueConstraint(name="strike_out_once", fields=["candidate", "line", "round"]),
            models.CheckConstraint(
                name="strike_out_decided_has_instant",
                condition=Q(is_approved__isnull=True, decided_at__isnull=True)
                | Q(is_approved__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.candidate_id}"


class Answer(Identified):
    """What a candidate says to an offer."""

    row_security = any_of(OF_STAFF, OWN, OF_OWN_SCHOOL)

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="answers")
    line = models.ForeignKey(PlaceLine, models.PROTECT, related_name="answers")
    says = models.CharField(_("what was answered"), max_length=8, choices=AnswerKind.choices)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer to an offer")
        verbose_name_plural = _("answers to offers")
        ordering = ["candidate_id", "id"]
        constraints = [
            models.UniqueConstraint(name="answer_once", fields=["candidate", "line"]),
            models.CheckConstraint(name="answer_is_known", condition=Q(says__in=AnswerKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.says}"


class Appeal(Identified):
    """What a candidate holds against a published result, and what the bureau answered."""

    row_security = any_of(OF_STAFF, OWN)

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="appeals")
    run = models.ForeignKey(Run, models.PROTECT, related_name="appeals")
    text = models.TextField(_("appeal"))
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
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["run_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="appeal_answered_has_words",
                condition=Q(state=AppealState.FILED) | ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="appeal_corrects_scores_only_when_upheld",
                condition=Q(corrected_at__isnull=True) | Q(state=AppealState.UPHELD),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.candidate_id}"
