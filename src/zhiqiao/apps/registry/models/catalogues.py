from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.registry.choices import (
    CatalogueName,
    ClusterTier,
    EditionState,
    IndustryLevel,
    MajorLevel,
    OccupationLevel,
)
from zhiqiao.core.choices import Confidence
from zhiqiao.core.models_base import Identified, Searchable


class Major(Identified, Searchable):
    """A major of the national vocational catalogue; its code ends in K when the state controls it."""

    code = models.CharField(_("code"), max_length=7, unique=True)
    base_code = models.CharField(_("code without mark"), max_length=6, db_index=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=MajorLevel)
    category_code = models.CharField(_("code of the category"), max_length=2)
    category = models.CharField(_("category"), max_length=60)
    class_code = models.CharField(_("code of the class"), max_length=4)
    class_name = models.CharField(_("class"), max_length=60)

    class Meta(Searchable.Meta):
        ordering = ["code"]
        verbose_name = _("vocational major")
        verbose_name_plural = _("vocational majors")
        constraints = [
            models.CheckConstraint(
                name="major_level_is_known", condition=models.Q(level__in=MajorLevel.values)
            ),
            models.CheckConstraint(
                name="major_code_is_six_digits_and_mark",
                condition=models.Q(code__regex=r"^[0-9]{6}K?$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Occupation(Identified, Searchable):
    """An entry of the national dictionary of occupations, or one of the groups above it."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=OccupationLevel)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("group above"),
    )

    class Meta(Searchable.Meta):
        ordering = ["code"]
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        constraints = [
            models.CheckConstraint(
                name="occupation_level_is_known",
                condition=models.Q(level__in=OccupationLevel.values),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Industry(Identified, Searchable):
    """An entry of the national classification of industries."""

    code = models.CharField(_("code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=IndustryLevel)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("group above"),
    )

    class Meta(Searchable.Meta):
        ordering = ["code"]
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        constraints = [
            models.CheckConstraint(
                name="industry_level_is_known",
                condition=models.Q(level__in=IndustryLevel.values),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Cluster(Identified, Searchable):
    """A manufacturing cluster that the region's industrial policy names."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    tier = models.CharField(_("tier"), max_length=16, choices=ClusterTier)
    position = models.PositiveSmallIntegerField(_("position"), unique=True)
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence)

    class Meta(Searchable.Meta):
        ordering = ["position"]
        verbose_name = _("manufacturing cluster")
        verbose_name_plural = _("manufacturing clusters")
        constraints = [
            models.CheckConstraint(
                name="cluster_tier_is_known", condition=models.Q(tier__in=ClusterTier.values)
            ),
            models.CheckConstraint(
                name="cluster_confidence_is_known",
                condition=models.Q(confidence__in=Confidence.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CatalogueEdition(models.Model):
    """What was loaded of one level of a catalogue, out of how many, and why the rest is missing."""

    catalogue = models.CharField(_("catalogue"), max_length=12, choices=CatalogueName)
    part = models.CharField(_("part"), max_length=16)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("edition"), max_length=200)
    loaded = models.PositiveIntegerField(_("rows loaded"))
    declared_total = models.PositiveIntegerField(_("published total"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EditionState)
    note_zh = models.TextField(_("note in Chinese"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)
    citation = models.ForeignKey(
        "core.Citation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("source"),
    )

    class Meta:
        ordering = ["catalogue", "position"]
        verbose_name = _("edition of a catalogue")
        verbose_name_plural = _("editions of catalogues")
        constraints = [
            models.UniqueConstraint(name="edition_part_is_said_once", fields=["catalogue", "part"]),
            models.CheckConstraint(
                name="edition_state_is_known", condition=models.Q(state__in=EditionState.values)
            ),
            models.CheckConstraint(
                name="edition_complete_means_all_loaded",
                condition=~models.Q(state=EditionState.COMPLETE)
                | models.Q(declared_total=models.F("loaded")),
            ),
            models.CheckConstraint(
                name="edition_not_loaded_means_no_rows",
                condition=models.Q(state=EditionState.NOT_LOADED, loaded=0)
                | (~models.Q(state=EditionState.NOT_LOADED) & models.Q(loaded__gt=0)),
            ),
        ]
