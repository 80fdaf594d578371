"""Abstract bases that every app's models share."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.fields import Provenance, ProvenanceField

__all__ = [
    "Identified",
    "Provenance",
    "Provenanced",
    "Searchable",
    "SignedByTwo",
    "signing_constraints",
]


class Identified(models.Model):
    """A big integer inside, a random identifier in addresses and in the API."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(_("identifier"), unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Provenanced(models.Model):
    """Says whether the record is published, reported by somebody, or only for demonstration."""

    provenance = ProvenanceField()

    class Meta:
        abstract = True


class Searchable(models.Model):
    """Found by any part of its names, by codes and by pinyin; ordered by pinyin.

    Actions fill both columns with ``core.search.searchable_fields``. A subclass with its own
    ``Meta`` takes ``Searchable.Meta.indexes`` over; a system check says so when it forgets.
    """

    name_key = models.CharField(_("pinyin order"), max_length=200, blank=True, db_index=True)
    search_text = models.TextField(_("search text"), blank=True, editable=False)

    class Meta:
        abstract = True
        indexes = [
            GinIndex(
                SearchVector("search_text", config="simple"),
                name="%(app_label)s_%(class)s_words",
            )
        ]


class SignedByTwo(models.Model):
    """Something that one person asks for and, where two are needed, another one signs.

    Until then it waits; it ends by being taken, or by being refused or taken back. A subclass takes
    ``signing_constraints`` into its ``Meta``, under its own names.
    """

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    is_taken = models.BooleanField(_("taken"), default=False)

    class Meta:
        abstract = True


def signing_constraints(
    subject: str, *, waits_alone: str, signed_by_another: str, taken_is_over: str
) -> list[models.BaseConstraint]:
    """Let one wait for a subject at a time, a second person sign, and only what is over be taken."""
    return [
        models.UniqueConstraint(
            name=waits_alone, fields=[subject], condition=Q(ended_at__isnull=True)
        ),
        models.CheckConstraint(
            name=signed_by_another,
            condition=Q(signed_by__isnull=True)
            | Q(asked_by__isnull=True)
            | ~Q(signed_by=F("asked_by")),
        ),
        models.CheckConstraint(
            name=taken_is_over, condition=Q(is_taken=False) | Q(ended_at__isnull=False)
        ),
    ]
