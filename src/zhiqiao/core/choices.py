from django.db import models
from django.utils.translation import gettext_lazy as _


class Confidence(models.TextChoices):
    SINGLE = "single", _("one source")
    MULTIPLE = "multiple", _("several sources")


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")

    @classmethod
    def open(cls) -> list["JobState"]:
        return [cls.QUEUED, cls.RUNNING]

    @classmethod
    def ended(cls) -> list["JobState"]:
        return [cls.SUCCEEDED, cls.FAILED, cls.CANCELLED]


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
