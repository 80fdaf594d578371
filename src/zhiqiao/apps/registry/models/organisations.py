from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.registry.choices import (
    NameKind,
    OrganisationChange,
    OrganisationKind,
    Ownership,
)
from zhiqiao.apps.registry.models.overlaps import refuse_overlap
from zhiqiao.core.fields import PartialDateField
from zhiqiao.core.models_base import Identified, Provenanced, Searchable

PARTIAL_DATE = r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$"


class Organisation(Identified, Provenanced, Searchable):
    """A body that can hold, lead or join something: a school, firm, park, office or alliance.

    A body that was renamed stays the same row with a new name. A body that was replaced by another
    (merged, upgraded, split) stays too, ended, and a succession names what followed: records of the
    past keep pointing to the body of their time.
    """

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=24, choices=OrganisationKind)
    national_code = models.CharField(
        _("national school code"), max_length=20, null=True, blank=True, unique=True
    )
    credit_code = models.CharField(
        _("unified credit code"), max_length=18, null=True, blank=True, unique=True
    )
    region = models.ForeignKey(
        "registry.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("region"),
    )
    authority = models.CharField(_("authority in charge"), max_length=100, blank=True)
    ownership = models.CharField(_("ownership"), max_length=8, choices=Ownership)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    closed_on = models.DateField(_("ended on"), null=True, blank=True)
    ended = models.BooleanField(_("no longer exists"), default=False)
    citation = models.ForeignKey(
        "core.Citation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("source"),
    )

    class Meta(Searchable.Meta):
        ordering = ["name_key", "id"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                name="organisation_kind_is_known",
                condition=models.Q(kind__in=OrganisationKind.values),
            ),
            models.CheckConstraint(
                name="organisation_ownership_is_known",
                condition=models.Q(ownership__in=Ownership.values),
            ),
            models.CheckConstraint(
                name="organisation_closed_means_ended",
                condition=models.Q(closed_on__isnull=True) | models.Q(ended=True),
            ),
            models.CheckConstraint(
                name="organisation_codes_are_null_not_empty",
                condition=~models.Q(national_code="") & ~models.Q(credit_code=""),
            ),
        ]
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(name="organisation_by_name", fields=["name_key", "id"]),
            models.Index(name="organisation_by_kind", fields=["kind", "name_key"]),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationName(models.Model):
    """A name that the body had or has; official names of one body never overlap in time."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="names",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=200)
    folded = models.CharField(max_length=200, editable=False)
    kind = models.CharField(_("kind of name"), max_length=10, choices=NameKind)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    citation = models.ForeignKey(
        "core.Citation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("source"),
    )

    class Meta:
        ordering = [models.F("valid_from").asc(nulls_first=True), "id"]
        verbose_name = _("name of an organisation")
        verbose_name_plural = _("names of organisations")
        constraints = [
            models.UniqueConstraint(
                name="organisation_name_is_said_once",
                fields=["organisation", "name", "kind", "valid_from"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="organisation_name_kind_is_known",
                condition=models.Q(kind__in=NameKind.values),
            ),
            models.CheckConstraint(
                name="organisation_name_ends_after_it_begins",
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_to")),
            ),
        ]
        indexes = [models.Index(name="organisation_name_by_folded", fields=["folded"])]
        triggers = [
            refuse_overlap(
                "organisation_name_overlap",
                table="registry_organisationname",
                key="organisation_id",
                only="{row}.kind = 'official'",
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationSuccession(Identified):
    """One step from an earlier body to a later one, as far as its day is known."""

    predecessor = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="successions",
        verbose_name=_("before"),
    )
    successor = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="precessions",
        verbose_name=_("after"),
    )
    kind = models.CharField(_("change"), max_length=10, choices=OrganisationChange)
    happened_on = PartialDateField(_("date, as far as known"), blank=True)
    citation = models.ForeignKey(
        "core.Citation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("source"),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["happened_on", "id"]
        verbose_name = _("organisation succession")
        verbose_name_plural = _("organisation successions")
        constraints = [
            models.UniqueConstraint(
                name="organisation_succession_is_said_once",
                fields=["predecessor", "successor", "kind"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="organisation_succession_kind_is_known",
                condition=models.Q(kind__in=OrganisationChange.values),
            ),
            models.CheckConstraint(
                name="organisation_only_a_closure_has_no_successor",
                condition=models.Q(kind=OrganisationChange.CLOSED, successor__isnull=True)
                | (~models.Q(kind=OrganisationChange.CLOSED) & models.Q(successor__isnull=False)),
            ),
            models.CheckConstraint(
                name="organisation_does_not_succeed_itself",
                condition=models.Q(successor__isnull=True)
                | ~models.Q(predecessor=models.F("successor")),
            ),
            models.CheckConstraint(
                name="organisation_succession_date_is_readable",
                condition=models.Q(happened_on__regex=PARTIAL_DATE),
            ),
        ]
