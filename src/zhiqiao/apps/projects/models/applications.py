from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import PUBLIC_PHASES, FileState
from zhiqiao.apps.projects.models.calls import OF_STAFF, Call
from zhiqiao.core.models_base import Identified, Searchable
from zhiqiao.core.row_security import BODIES, PERSON, any_of, is_body, is_person
from zhiqiao.packs import Phase

_APPLICANTS = (
    f"SELECT id FROM projects_application WHERE applicant_id = {BODIES} "  # noqa: S608 - a model's own words
    f"UNION SELECT application_id FROM projects_coauthor WHERE user_id = {PERSON}"
)
_RECOMMENDERS = f"SELECT id FROM projects_application WHERE recommender_id = {BODIES}"  # noqa: S608 - a model's own words
_ASKED = (
    "SELECT review.application_id FROM projects_review review "  # noqa: S608 - a model's own words
    "JOIN people_expert expert ON expert.id = review.expert_id "
    "JOIN people_person person ON person.id = expert.person_id "
    f"WHERE person.account_id = {PERSON} AND review.state IN "
)
_REVIEWERS = f"{_ASKED} ('accepted', 'handed-in') AND review.contested_at IS NULL"


def of_applicant(column: str) -> str:
    """Let a row through to the bodies and people whose application the column names."""
    return f"{column} IN ({_APPLICANTS})"


def of_recommender(column: str) -> str:
    """Let a row through to the body that recommends the application."""
    return f"{column} IN ({_RECOMMENDERS})"


def of_reviewer(column: str) -> str:
    """Let a row through to experts who took on the review and are not found partial since."""
    return f"{column} IN ({_REVIEWERS})"


def of_asked(column: str) -> str:
    """Let a row through to experts who are asked, so that they can say whether they are partial."""
    return f"{column} IN ({_ASKED} ('asked', 'accepted', 'handed-in', 'set-aside'))"


class Application(Identified, Searchable):
    """What a body applies for in a call: its head. The content, scores and standing lie apart.

    ``state`` is a state of the call's flow and ``phase`` what goes on there. Applicants are told the
    state only where it is theirs to know: see ``rules.visibility``.
    """

    row_security = any_of(
        OF_STAFF,
        is_body("applicant_id"),
        is_body("recommender_id"),
        f"id IN (SELECT application_id FROM projects_coauthor WHERE user_id = {PERSON})",  # noqa: S608 - a model's own words
        of_asked("id"),
        "phase IN ({})".format(", ".join(f"'{phase}'" for phase in sorted(PUBLIC_PHASES))),
    )

    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        related_name="applications",
        verbose_name=_("applicant"),
    )
    recommender = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications_to_recommend",
        verbose_name=_("recommending body"),
    )
    area = models.ForeignKey(
        "registry.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area of the applicant"),
    )
    title = models.CharField(_("title of the application"), max_length=200)
    number = models.CharField(_("number of the application"), max_length=40, blank=True)
    state = models.CharField(_("state of the application"), max_length=64)
    phase = models.CharField(_("phase"), max_length=16)
    entered_on = models.DateField(_("in this state since"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)
    publicity_until = models.DateField(_("on public notice until"), null=True, blank=True)
    recognition = models.OneToOneField(
        "projects.Recognition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="application",
        verbose_name=_("recognised item"),
    )
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies"
    )
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    begun_at = models.DateTimeField(_("begun at"))
    handed_in_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("application for recognition")
        verbose_name_plural = _("applications for recognition")
        ordering = ["call_id", "number", "id"]
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(name="projects_application_listed", fields=["call", "number", "id"]),
            models.Index(name="projects_application_by_phase", fields=["call", "phase", "number"]),
            models.Index(name="projects_application_of_body", fields=["applicant", "-id"]),
            models.Index(name="projects_application_due", fields=["due_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="projects_application_number_once",
                fields=["call", "number"],
                condition=~Q(number=""),
            ),
            models.UniqueConstraint(
                name="projects_application_title_once",
                fields=["call", "applicant", "title"],
                condition=~Q(phase=Phase.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="projects_application_phase_known",
                condition=Q(phase__in=[str(phase) for phase in Phase]),
            ),
            models.CheckConstraint(
                name="projects_application_numbered_when_handed_in",
                condition=Q(handed_in_at__isnull=True) | ~Q(number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("projects:application", args=[self.uid])


class Content(models.Model):
    """What the applicant wrote: answers, budget, promised indicators, declarations.

    Answers are kept as the form read them (texts, numbers as texts, days as ISO text). People and
    bodies are rows of their own. ``digest`` is over everything at the last handing in.
    """

    row_security = any_of(
        OF_STAFF,
        of_applicant("application_id"),
        of_recommender("application_id"),
        of_reviewer("application_id"),
    )

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="content"
    )
    answers = models.JSONField(_("answers"), default=dict)
    budget = models.JSONField(_("budget"), default=dict)
    indicators = models.JSONField(_("promised indicators"), default=dict)
    declared = models.JSONField(_("declarations"), default=dict)
    digest = models.CharField(_("digest of the content"), max_length=64, blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("content of an application")
        verbose_name_plural = _("contents of applications")
        ordering = ["application_id"]

    def __str__(self) -> str:
        return f"#{self.application_id}"


class NamedPerson(models.Model):
    """A person whom an application names; by the identity digest, where one was given, conflicts are found."""

    row_security = any_of(
        OF_STAFF,
        of_applicant("application_id"),
        of_recommender("application_id"),
        of_reviewer("application_id"),
    )

    application = models.ForeignKey(Application, models.PROTECT, related_name="people")
    field = models.CharField(_("field"), max_length=64)
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=100)
    part = models.CharField(_("part in the project"), max_length=100, blank=True)
    employer = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("employer"),
    )
    employer_text = models.CharField(_("employer as written"), max_length=200, blank=True)
    identity_index = models.CharField(max_length=64, blank=True, editable=False)
    identity_hint = models.CharField(_("identity number"), max_length=18, blank=True)

    class Meta:
        verbose_name = _("person named in an application")
        verbose_name_plural = _("people named in applications")
        ordering = ["application_id", "field", "position"]
        indexes = [models.Index(name="projects_named_identity", fields=["identity_index"])]
        constraints = [
            models.UniqueConstraint(
                name="projects_named_person_place_once",
                fields=["application", "field", "position"],
            )
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.position}"


class NamedBody(models.Model):
    """A body that an application names beside the applicant, such as a partner."""

    row_security = any_of(
        OF_STAFF,
        of_applicant("application_id"),
        of_recommender("application_id"),
        of_reviewer("application_id"),
    )

    application = models.ForeignKey(Application, models.PROTECT, related_name="bodies")
    field = models.CharField(_("field"), max_length=64)
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("body as written"), max_length=200)
    organisation = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )

    class Meta:
        verbose_name = _("body named in an application")
        verbose_name_plural = _("bodies named in applications")
        ordering = ["application_id", "field", "position"]
        constraints = [
            models.UniqueConstraint(
                name="projects_named_body_place_once", fields=["application", "field", "position"]
            )
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.position}"


class ApplicationFile(Identified):
    """A file of an application as it was given, and the copy without names for blind review.

    Until a scanner looked at it, it is unchecked, and the pages say so.
    """

    row_security = any_of(
        OF_STAFF,
        of_applicant("application_id"),
        of_recommender("application_id"),
        of_reviewer("application_id"),
    )

    application = models.ForeignKey(Application, models.PROTECT, related_name="files")
    wanted = models.CharField(_("file wanted"), max_length=64)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    blind_copy = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Of a scanned paper copy: the digest that stood on the paper, or its beginning as typed off.
    printed_digest = models.CharField(_("digest on the paper"), max_length=64, blank=True)
    scan = models.CharField(
        _("virus check"), max_length=9, choices=FileState.choices, default=FileState.UNCHECKED
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("file of an application")
        verbose_name_plural = _("files of applications")
        ordering = ["application_id", "wanted", "id"]
        constraints = [
            models.CheckConstraint(
                name="projects_file_scan_known", condition=Q(scan__in=FileState.values)
            )
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}/{self.wanted}"


class CoAuthor(models.Model):
    """Somebody of another body who writes an application along with the applicant's own people."""

    row_security = any_of(OF_STAFF, is_person("user_id"), is_body("body_id"))

    application = models.ForeignKey(Application, models.PROTECT, related_name="coauthors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The applicant once more: the policy of applications asks this table, so it may not ask back.
    body = models.ForeignKey("registry.Organisation", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("co-author of an application")
        verbose_name_plural = _("co-authors of applications")
        ordering = ["application_id", "id"]
        constraints = [
            models.UniqueConstraint(name="projects_coauthor_once", fields=["application", "user"])
        ]

    def __str__(self) -> str:
        return f"#{self.application_id}"
