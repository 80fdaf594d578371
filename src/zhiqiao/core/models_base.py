"""Abstract bases that every app's models share."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.fields import Provenance, ProvenanceField

__all__ = ["Identified", "Provenance", "Provenanced", "Searchable"]


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
