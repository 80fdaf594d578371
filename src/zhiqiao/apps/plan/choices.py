"""What may be said about a target, and what a published figure of others is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TargetStatus(models.TextChoices):
    MET = "met", _("Met")
    NOT_MET = "not-met", _("Not met")
    ON_COURSE = "on-course", _("On course")
    BEHIND = "behind", _("Behind")
    CANNOT_TELL = "cannot-tell", _("Cannot tell")
    NOT_LOADED = "not-loaded", _("List not loaded")
    NO_DATA = "no-data", _("No data")


class Scope(models.TextChoices):
    AREA = "area", _("The whole area")
    ORGANISATION = "organisation", _("One organisation")
