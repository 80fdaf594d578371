"""The tables of the kit: audit, jobs, files, citations, revisions, events."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.choices import Confidence, DeliveryState, JobState
from zhiqiao.core.errors import message_of, remedy_of
from zhiqiao.core.imports.models import ImportBatch, ImportRow
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import PERSON, any_of, has_role, is_own, is_person

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "Citation",
    "Delivery",
    "Event",
    "ImportBatch",
    "ImportRow",
    "Job",
    "Revision",
    "StoredFile",
]


class AuditEntry(Identified):
    """One change by one actor: who, when, what, before, after and why.

    Never changed and never deleted: triggers and rights refuse it, and a digest of every row
    goes into the next seal. ``actor`` is null when the system itself acted; names are copied
    so that the entry still reads when the account is renamed.
    """

    # The history of public records is public; that of accounts and tasks is for those at work there.
    row_security = any_of(
        is_person("actor_id"),
        has_role(["audit-admin"]),
        "subject_type LIKE 'registry.%'",
        # Who reviews, and what of, is the bureau's alone.
        "subject_type IN ('projects.recognition', 'projects.judgement', 'projects.listdeclaration')",
        f"subject_type LIKE 'projects.%' AND {has_role(['bureau-clerk', 'bureau-lead'])}",
        f"subject_type LIKE 'plan.%' AND {PERSON} IS NOT NULL",
        f"subject_type LIKE 'accounts.%' AND {has_role(['system-admin', 'security-admin'])}",
        f"subject_type = 'accounts.user' AND subject_id = {PERSON}",
        f"subject_type = 'accounts.membership' AND {is_own('subject_id', 'accounts_membership.user_id')}",
        f"subject_type = 'accounts.apitoken' AND {is_own('subject_id', 'accounts_apitoken.owner_id')}",
        # Whoever is let through to a file is let through to its history.
        "subject_type = 'people.person' AND subject_id IN (SELECT id FROM people_person)",
        "subject_type = 'people.expert' AND subject_id IN (SELECT id FROM people_expert)",
        "subject_type = 'admissions.season'",
        "subject_type = 'admissions.placeline' AND subject_id IN (SELECT id FROM admissions_placeline)",
        "subject_type = 'admissions.candidate' AND subject_id IN (SELECT id FROM admissions_candidate)",
    )

    at = models.DateTimeField(_("at"), db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("account"), max_length=150, blank=True)
    # The token of the API by which a program acted for the account; empty for the person itself.
    through = models.CharField(_("token"), max_length=120, blank=True)
    verb = models.CharField(_("action"), max_length=80, db_index=True)
    subject_type = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.BigIntegerField(_("record number"))
    subject_uid = models.UUIDField(_("record"), null=True)
    subject_label = models.CharField(_("name of the record"), max_length=300, blank=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_by_subject")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb__regex=r"^[a-z_]+(\.[a-z_]+)+$"), name="audit_verb_is_dotted"
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="audit_digest_is_sha256"
            ),
        ]
        triggers = append_only("audit_entry")


class AuditSeal(Identified):
    """A digest over a range of audit entries and over the seal before it."""

    sealed_at = models.DateTimeField(_("sealed at"))
    first_entry = models.BigIntegerField(_("first entry"), unique=True)
    last_entry = models.BigIntegerField(_("last entry"), unique=True)
    entries = models.PositiveIntegerField(_("entries"))
    previous_digest = models.CharField(_("digest of the seal before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_entry__lte=models.F("last_entry"), entries__gte=1),
                name="auditseal_covers_entries",
            ),
            models.UniqueConstraint(fields=["previous_digest"], name="auditseal_chain_is_a_line"),
        ]
        triggers = append_only("audit_seal")


class StoredFile(Identified):
    """A file as somebody gave it; the content lies on disk under its SHA-256.

    Of one that was forgotten the record stays and the content is gone.
    """

    name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    media_type = models.CharField(_("media type"), max_length=120)
    stored_at = models.DateTimeField(_("stored at"))
    forgotten_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="storedfile_digest_is_sha256"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Citation(Identified):
    """Evidence that is a published page: what it is called, where, when it was read.

    ``url_trusted`` is true only where somebody checked that the address leads there; only
    then is it rendered as a link.
    """

    title = models.CharField(_("title"), max_length=300)
    document = models.CharField(_("document"), max_length=300, blank=True)
    url = models.CharField(_("address"), max_length=1000, blank=True)
    url_trusted = models.BooleanField(_("address is trusted"), default=False)
    read_on = models.DateField(_("read on"), null=True, blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, blank=True
    )

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "url", "read_on"],
                nulls_distinct=False,
                name="citation_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=["", *Confidence.values]),
                name="citation_confidence_is_known",
            ),
            models.CheckConstraint(
                condition=Q(url_trusted=False) | Q(url__regex=r"^https?://"),
                name="citation_trusted_url_is_web",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Revision(models.Model):
    """A counter that rises with every write that may move a figure; caches carry it as key."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    number = models.PositiveBigIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Job(Identified):
    """Work that a worker does apart from the request, and how far it is."""

    kind = models.CharField(_("kind"), max_length=80)
    state = models.CharField(
        _("state"), max_length=9, choices=JobState.choices, default=JobState.QUEUED
    )
    arguments = models.JSONField(_("arguments"), default=dict, encoder=DjangoJSONEncoder)
    subject_uid = models.UUIDField(_("subject"), null=True, db_index=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    queued_at = models.DateTimeField(_("queued at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    total = models.PositiveIntegerField(_("total"), null=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    message = models.CharField(_("message"), max_length=300, blank=True)
    seconds_left = models.PositiveIntegerField(_("seconds left"), null=True)
    cancel_requested_at = models.DateTimeField(_("cancel requested at"), null=True)
    queue_number = models.BigIntegerField(_("number in the queue"), null=True, editable=False)
    result = models.JSONField(_("result"), null=True, encoder=DjangoJSONEncoder)
    result_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    error_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    error_code = models.CharField(_("error code"), max_length=80, blank=True)
    error_parameters = models.JSONField(_("error"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=JobState.ended(), finished_at__isnull=False)
                | Q(state__in=JobState.open(), finished_at__isnull=True),
                name="job_ended_has_instant",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("portal:job", args=[self.uid])

    @property
    def is_ended(self) -> bool:
        return self.state in JobState.ended()

    @property
    def error_message(self) -> str:
        return message_of(self.error_code, self.error_parameters) if self.error_code else ""

    @property
    def error_remedy(self) -> str:
        return remedy_of(self.error_code, self.error_parameters) if self.error_code else ""

    @property
    def percent(self) -> int | None:
        return min(100, self.done * 100 // self.total) if self.total else None


class Event(Identified):
    """Something that happened, with the keys of what it is about and no personal data.

    Never changed and never deleted, so that it can be told again to a receiver that is new or lost
    what it had made of it.
    """

    name = models.CharField(_("name"), max_length=80)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(_("kind of record"), max_length=80)
    subject_uid = models.UUIDField(_("record"))
    data = models.JSONField(_("data"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]
        indexes = [models.Index(fields=["name", "id"], name="event_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(name__regex=r"^[a-z_]+(\.[a-z_]+)+$"), name="event_name_is_dotted"
            )
        ]
        triggers = append_only("event")

    def __str__(self) -> str:
        return f"{self.name} {self.uid}"


class Delivery(Identified):
    """One event on its way to one receiver."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    receiver = models.CharField(_("receiver"), max_length=80)
    # Copied from the event: order is kept among the deliveries of a receiver about one record.
    subject_uid = models.UUIDField(_("record"))
    state = models.CharField(
        _("state"),
        max_length=7,
        choices=DeliveryState.choices,
        default=DeliveryState.WAITING,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["event_id", "receiver"]
        indexes = [
            models.Index(
                fields=["receiver", "subject_uid", "event"],
                name="delivery_undone",
                condition=~Q(state="done"),
            ),
            models.Index(
                fields=["event", "next_attempt_at"],
                name="delivery_waiting",
                condition=Q(state="waiting"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "receiver"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
                name="delivery_done_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.receiver}"
