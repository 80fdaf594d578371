from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import (
    DeclaredState,
    Level,
    RecognitionState,
    shown_name,
)
from zhiqiao.core.choices import Confidence
from zhiqiao.core.models_base import Identified, Provenanced
from zhiqiao.core.policy import current_pack
from zhiqiao.core.search import Searchable
from zhiqiao.packs import Text


class Recognition(Identified, Provenanced, Searchable):
    """One item that a body has recognised: a base, a course, a team, a consortium.

    The kind comes from the policy pack. What the source does not state stays empty: a level that
    nobody printed, a holder "to be filed", a name that the notice leaves out (`name_filed` is then
    false and `name` describes the item). Nothing is ever guessed from silence.
    """

    kind = models.CharField(_("kind"), max_length=64)
    name = models.CharField(_("name"), max_length=300)
    name_filed = models.BooleanField(_("name is printed by the source"), default=True)
    level = models.CharField(_("level"), max_length=16, choices=Level.choices, blank=True)
    batch = models.CharField(_("batch or year"), max_length=200, blank=True)
    document = models.CharField(_("document"), max_length=300, blank=True)
    announced = models.CharField(_("announced"), max_length=10, blank=True)
    announced_from = models.DateField(_("announced at the earliest"), null=True, blank=True)
    announced_to = models.DateField(_("announced at the latest"), null=True, blank=True)
    area = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("area")
    )
    holder = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name=_("holder"),
    )
    holder_text = models.CharField(_("holder as printed"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=RecognitionState.choices,
        default=RecognitionState.RECOGNISED,
    )
    ended_on = models.DateField(_("revoked on"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    natural_key = models.CharField(max_length=64, editable=False)
    # What the list said it is, whatever people corrected since: by this a later list finds it again.
    imported_key = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    import_batch = models.ForeignKey(
        "core.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("import"),
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed at"), auto_now=True)

    class Meta:
        verbose_name = _("recognised item")
        verbose_name_plural = _("recognised items")
        ordering = ["name_key", "id"]
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["kind", "name_key", "id"], name="projects_recognition_listed"),
            models.Index(fields=["holder", "kind"], name="projects_recognition_holder"),
            models.Index(fields=["area", "kind"], name="projects_recognition_area"),
            models.Index(fields=["natural_key"], name="projects_recognition_key"),
            models.Index(fields=["imported_key"], name="projects_recognition_imported"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["natural_key", "provenance"],
                condition=Q(state=RecognitionState.RECOGNISED),
                name="projects_recognition_listed_once",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["", *Level.values]), name="projects_recognition_level_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RecognitionState.values),
                name="projects_recognition_state_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=RecognitionState.REVOKED, ended_on__isnull=False)
                    | (~Q(state=RecognitionState.REVOKED) & Q(ended_on__isnull=True))
                ),
                name="projects_recognition_revoked_on_a_day",
            ),
            models.CheckConstraint(
                condition=(
                    Q(announced="", announced_from__isnull=True, announced_to__isnull=True)
                    | Q(
                        ~Q(announced=""),
                        announced_from__isnull=False,
                        announced_to__isnull=False,
                        announced_from__lte=F("announced_to"),
                    )
                ),
                name="projects_recognition_announced_in_order",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lte=F("valid_to")),
                name="projects_recognition_valid_in_order",
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=True) | ~Q(holder_text=""),
                name="projects_recognition_holder_printed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:recognition", args=[self.uid])

    @property
    def shown_name(self) -> str:
        """The name, or the description of an item whose source does not print one."""
        return shown_name(self.name)


class RecognitionPartner(models.Model):
    """A body that the source names beside the holder, in the order of the source."""

    recognition = models.ForeignKey(Recognition, on_delete=models.CASCADE, related_name="partners")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("partner as printed"), max_length=300)
    organisation = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="partnered_recognitions",
        verbose_name=_("organisation"),
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["recognition", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition", "position"], name="projects_partner_position_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Evidence(Identified):
    """What proves a recognition: a stored file or a published page, never both in one.

    Confidence belongs here and not to the page: one page may be the only source for one item and
    one of several for the next.
    """

    recognition = models.ForeignKey(Recognition, on_delete=models.CASCADE, related_name="evidence")
    citation = models.ForeignKey(
        "core.Citation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    file = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, blank=True
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["recognition", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(citation__isnull=False, file__isnull=True)
                | Q(citation__isnull=True, file__isnull=False),
                name="projects_evidence_file_or_citation",
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=["", *Confidence.values]),
                name="projects_evidence_confidence_known",
            ),
            models.UniqueConstraint(
                fields=["recognition", "citation"], name="projects_evidence_citation_once"
            ),
            models.UniqueConstraint(
                fields=["recognition", "file"], name="projects_evidence_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.note or f"{self.recognition_id}/{self.pk}"


class Judgement(models.Model):
    """A person's answer to a question about a row that only a person may answer."""

    recognition = models.ForeignKey(
        Recognition, on_delete=models.CASCADE, related_name="judgements"
    )
    judgement = models.CharField(_("question"), max_length=64)
    answer = models.BooleanField(_("answer"))
    reason = models.TextField(_("reason"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["recognition", "judgement"]
        constraints = [
            models.UniqueConstraint(
                fields=["recognition", "judgement"], name="projects_judgement_decided_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="projects_judgement_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.judgement}: {self.answer}"

    @property
    def question(self) -> Text | str:
        """The words of the question; its id when the pack no longer asks it."""
        asked = current_pack().judgements.get(self.judgement)
        return asked.question if asked else self.judgement


class ListDeclaration(Identified):
    """How complete the list of one kind in one area is, and by whose word.

    Without a declaration a list is partial at best; with neither a declaration nor a row it is
    not loaded, which is not the same as empty.
    """

    kind = models.CharField(_("kind"), max_length=64)
    area = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("area")
    )
    state = models.CharField(_("completeness"), max_length=16, choices=DeclaredState.choices)
    as_of = models.DateField(_("as of"))
    declared_total = models.PositiveIntegerField(_("published total"), null=True, blank=True)
    basis = models.TextField(_("by whose word"))
    citation = models.ForeignKey(
        "core.Citation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    file = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    declared_at = models.DateTimeField(_("declared at"))

    class Meta:
        verbose_name = _("declaration of completeness")
        verbose_name_plural = _("declarations of completeness")
        ordering = ["kind", "area", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "area"], name="projects_list_declared_once"),
            models.CheckConstraint(
                condition=Q(state__in=DeclaredState.values), name="projects_list_state_known"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="projects_list_has_a_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_id}: {self.state}"
