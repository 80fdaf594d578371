from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import Eligibility, Made
from zhiqiao.apps.admissions.models.places import OF_STAFF, PlaceLine
from zhiqiao.apps.admissions.models.seasons import Season
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import (
    BODIES,
    any_of,
    is_body,
    is_own,
    is_person,
    let_through_also,
)

OWN = is_own("candidate_id", "admissions_candidate.account_id")


def sent_to(column: str) -> str:
    """Let a row through to the school to which the candidate's file is sent at present."""
    return (
        f"{column} IN (SELECT candidate_id FROM admissions_sentfile "  # noqa: S608 - a model's own words
        f"WHERE closed_at IS NULL AND school_id = {BODIES})"
    )


# A school to which a candidate's file is open may read whose file it is, and so may the school from
# which a candidate comes when another one keeps the file by now.
let_through_also(
    "people.person",
    "id IN (SELECT candidate.person_id FROM admissions_candidate candidate "  # noqa: S608 - a model's own words
    f"JOIN admissions_sentfile sent ON sent.candidate_id = candidate.id "
    f"WHERE sent.closed_at IS NULL AND sent.school_id = {BODIES})",
)
let_through_also(
    "people.person",
    f"id IN (SELECT person_id FROM admissions_candidate WHERE school_id = {BODIES})",  # noqa: S608 - a model's own words
)


class Candidate(Identified):
    """A person who takes part in a season.

    ``school`` is where the candidate comes from; it never sees scores or choices. The code opens the
    account once; the choice code, which only the candidate knows, is needed for every change of
    choices, so that nobody who issues a code or resets a password can touch them.
    """

    row_security = any_of(OF_STAFF, is_person("account_id"), is_body("school_id"), sent_to("id"))

    season = models.ForeignKey(Season, models.PROTECT, related_name="candidates")
    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="candidacies", verbose_name=_("person")
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="candidacies",
        verbose_name=_("account"),
    )
    number = models.CharField(_("candidate number"), max_length=20)
    exam_type = models.CharField(_("exam type"), max_length=64)
    category = models.CharField(_("category of majors"), max_length=64)
    school = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="candidates_from",
        verbose_name=_("school of origin"),
    )
    region = models.ForeignKey(
        "registry.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("district"),
    )
    contract = models.ForeignKey(
        "admissions.PathwayContract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="candidates",
        verbose_name=_("pathway"),
    )
    eligibility = models.CharField(
        _("eligibility"),
        max_length=10,
        choices=Eligibility.choices,
        default=Eligibility.PENDING,
    )
    reason = models.CharField(_("why not eligible"), max_length=300, blank=True)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_issued_at = models.DateTimeField(_("code issued at"), null=True, blank=True)
    message_hash = models.CharField(max_length=64, blank=True, editable=False)
    message_until = models.DateTimeField(_("code by message until"), null=True, blank=True)
    choice_code = models.CharField(max_length=200, blank=True, editable=False)
    locked_round = models.SmallIntegerField(_("choices locked in round"), default=-1)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["season_id", "number"]
        indexes = [
            models.Index(name="candidate_of_school", fields=["school", "season", "number"]),
            models.Index(name="candidate_of_account", fields=["account"]),
            models.Index(name="candidate_of_person", fields=["person"]),
        ]
        constraints = [
            models.UniqueConstraint(name="candidate_number_once", fields=["season", "number"]),
            models.UniqueConstraint(name="candidate_person_once", fields=["season", "person"]),
            models.CheckConstraint(
                name="candidate_eligibility_is_known",
                condition=Q(eligibility__in=Eligibility.values),
            ),
            models.CheckConstraint(
                name="candidate_ineligible_has_a_reason",
                condition=~Q(eligibility=Eligibility.INELIGIBLE) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("admissions:candidate", args=[self.uid])


class SentFile(Identified):
    """A candidate's file is open to a school, until it is closed."""

    # The policy of candidates asks this table, so this one may not ask back.
    row_security = any_of(OF_STAFF, is_body("school_id"))

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="sent_files")
    school = models.ForeignKey("registry.Organisation", models.PROTECT, related_name="+")
    line = models.ForeignKey(PlaceLine, models.PROTECT, related_name="sent_files")
    sent_at = models.DateTimeField(_("sent at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("file sent to a school")
        verbose_name_plural = _("files sent to schools")
        ordering = ["line_id", "candidate_id"]
        indexes = [models.Index(name="sent_file_of_school", fields=["school", "closed_at"])]
        constraints = [
            models.UniqueConstraint(
                name="sent_file_is_open_once",
                fields=["candidate", "line"],
                condition=Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} → {self.line_id}"


class ScoreSheet(models.Model):
    """What a candidate was marked with, entered twice and apart, and what the sums came to.

    ``reported`` holds results of other examinations, which the scheme converts. ``marks``, what was sat
    and what was converted, and ``sums`` stay empty until both entries agree. Numbers are kept as
    texts, exactly.
    """

    row_security = any_of(OF_STAFF, OWN, sent_to("candidate_id"))

    candidate = models.OneToOneField(
        Candidate, models.PROTECT, primary_key=True, related_name="score_sheet"
    )
    first = models.JSONField(_("entered first"), null=True, blank=True)
    second = models.JSONField(_("entered again"), null=True, blank=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reported = models.JSONField(_("reported results"), null=True, blank=True)
    marks = models.JSONField(_("marks"), null=True, blank=True)
    sums = models.JSONField(_("sums"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        ordering = ["candidate_id"]
        constraints = [
            models.CheckConstraint(
                name="score_sheet_sums_follow_marks",
                condition=Q(marks__isnull=True, sums__isnull=True)
                | Q(marks__isnull=False, sums__isnull=False),
            ),
            models.CheckConstraint(
                name="score_sheet_entered_by_two",
                condition=Q(first_by__isnull=True)
                | Q(second_by__isnull=True)
                | ~Q(first_by=models.F("second_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.candidate_id}"


class ChoiceList(Identified):
    """The programmes that a candidate wants in a round, the most wanted first, batch after batch.

    Only the candidate is let through to it: not the school, not the bureau.
    """

    row_security = OWN

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="choice_lists")
    round = models.PositiveSmallIntegerField(_("round"))
    lines: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField(), default=list)
    version = models.PositiveIntegerField(_("version"), default=0)
    made = models.CharField(_("made"), max_length=8, choices=Made.choices, default=Made.OWN)
    changed_at = models.DateTimeField(_("changed at"))
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    receipt = models.CharField(_("receipt"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("list of choices")
        verbose_name_plural = _("lists of choices")
        ordering = ["candidate_id", "round"]
        constraints = [
            models.UniqueConstraint(name="choice_list_once", fields=["candidate", "round"]),
            models.CheckConstraint(
                name="choice_list_locked_has_a_receipt",
                condition=Q(locked_at__isnull=True, receipt="")
                | (Q(locked_at__isnull=False) & ~Q(receipt="")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.candidate_id}/{self.round}"


class ChoiceChange(models.Model):
    """One version of a list of choices, kept for the candidate to read; never changed."""

    row_security = OWN

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="choice_changes")
    round = models.PositiveSmallIntegerField(_("round"))
    version = models.PositiveIntegerField(_("version"))
    lines: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField())
    made = models.CharField(_("made"), max_length=8, choices=Made.choices)
    is_lock = models.BooleanField(_("locked with it"), default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    form = models.CharField(_("signed form"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of choices")
        verbose_name_plural = _("changes of choices")
        ordering = ["candidate_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="choice_change_version_once", fields=["candidate", "round", "version"]
            ),
            models.CheckConstraint(
                name="choice_change_assisted_by_two",
                condition=Q(made=Made.OWN)
                | (Q(made_by__isnull=False, second__isnull=False) & ~Q(form="")),
            ),
        ]
        triggers = append_only("choice_change")

    def __str__(self) -> str:
        return f"#{self.candidate_id}/{self.round}.{self.version}"


class AssistedChoices(Identified):
    """Choices of somebody who cannot enter them: one person writes them in, another confirms them.

    They rest on a form with the candidate's signature. Nothing becomes a choice before the second
    person has compared the two; the candidate sees both names.
    """

    row_security = any_of(OF_STAFF, OWN)

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="assisted_choices")
    round = models.PositiveSmallIntegerField(_("round"))
    lines: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField())
    form = models.CharField(_("signed form"), max_length=200)
    scan = models.ForeignKey(
        "core.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("scan of the form"),
    )
    why = models.CharField(_("why the candidate cannot"), max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    refusal = models.CharField(_("why refused"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("assisted choices")
        verbose_name_plural = _("assisted choices")
        ordering = ["candidate_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="assisted_choices_wait_once",
                fields=["candidate"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="assisted_choices_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True)
                | Q(asked_by__isnull=True)
                | ~Q(confirmed_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="assisted_choices_refused_with_a_reason",
                condition=Q(refused_by__isnull=True)
                | (Q(confirmed_by__isnull=True, ended_at__isnull=False) & ~Q(refusal="")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.candidate_id}/{self.round}"
