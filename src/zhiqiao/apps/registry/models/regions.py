from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.registry.choices import CircleMembership, RegionChange, RegionLevel
from zhiqiao.apps.registry.models.overlaps import refuse_overlap
from zhiqiao.core.fields import RegionCodeField
from zhiqiao.core.models_base import Identified, Searchable


class Region(Identified, Searchable):
    """A unit of the administrative division for as long as it existed.

    A unit that was abolished keeps its row, its code and its records; what replaced it is said by
    `RegionSuccession`. A unit whose national code is not yet known has a null code. Validity is
    half open: `valid_to` is the first day on which the unit is no more.
    """

    code = RegionCodeField(_("code"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=12, choices=RegionLevel)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent region"),
    )
    path = models.CharField(_("path"), max_length=120, db_index=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    in_twin_city_circle = models.CharField(
        _("in the twin-city circle"), max_length=8, choices=CircleMembership, blank=True
    )

    class Meta(Searchable.Meta):
        ordering = ["path", "id"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.CheckConstraint(
                name="region_code_is_six_digits",
                condition=models.Q(code__isnull=True) | models.Q(code__regex=r"^[1-9][0-9]{5}$"),
            ),
            models.CheckConstraint(
                name="region_ends_after_it_begins",
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_to")),
            ),
            models.CheckConstraint(
                name="region_level_is_known",
                condition=models.Q(level__in=RegionLevel.values),
            ),
            models.CheckConstraint(
                name="region_only_a_province_has_no_parent",
                condition=models.Q(level=RegionLevel.PROVINCE, parent__isnull=True)
                | (~models.Q(level=RegionLevel.PROVINCE) & models.Q(parent__isnull=False)),
            ),
        ]
        triggers = [refuse_overlap("region_code_overlap", table="registry_region", key="code")]

    def __str__(self) -> str:
        return self.name


class RegionSuccession(Identified):
    """One step from an earlier unit to a later one, on a day, by a source."""

    predecessor = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="successions", verbose_name=_("before")
    )
    successor = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="precessions", verbose_name=_("after")
    )
    kind = models.CharField(_("change"), max_length=12, choices=RegionChange)
    happened_on = models.DateField(_("date"))
    citation = models.ForeignKey(
        "core.Citation", on_delete=models.PROTECT, null=True, verbose_name=_("source")
    )

    class Meta:
        ordering = ["happened_on", "id"]
        verbose_name = _("region succession")
        verbose_name_plural = _("region successions")
        constraints = [
            models.UniqueConstraint(
                name="region_succession_is_said_once",
                fields=["predecessor", "successor", "kind", "happened_on"],
            ),
            models.CheckConstraint(
                name="region_succession_kind_is_known",
                condition=models.Q(kind__in=RegionChange.values),
            ),
            models.CheckConstraint(
                name="region_does_not_succeed_itself",
                condition=~models.Q(predecessor=models.F("successor")),
            ),
        ]
