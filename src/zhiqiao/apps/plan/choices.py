"""The words of the board, of tasks, of progress reports and of supervision."""

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


class TaskKind(models.TextChoices):
    CITY = "city", _("Task of the city")
    MINISTRY_CITY = "ministry-city", _("Matter between the ministry and the city")
    TWO_CITIES = "two-cities", _("Matter between the two cities")


class Rhythm(models.TextChoices):
    """How often a body reports; the day counts after the end of the period."""

    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")
    HALF_YEAR = "half-year", _("Every half-year")
    YEAR = "year", _("Every year")
    NONE = "none", _("When asked")


class TaskState(models.TextChoices):
    OPEN = "open", _("Under way")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class PartRole(models.TextChoices):
    LEAD = "lead", _("Leads")
    WITH = "with", _("Takes part")


class Side(models.TextChoices):
    """On whose side a body stands in a matter; in a task of the city all are on the city's."""

    CITY = "city", _("The city's side")
    PARTNER = "partner", _("The neighbour's side")
    MINISTRY = "ministry", _("The ministry's side")


class ReportState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")
    RETURNED = "returned", _("Returned for correction")
    ACCEPTED = "accepted", _("Accepted")


class Step(models.TextChoices):
    """The ladder of supervision: each step stands on the one before, unanswered and overdue."""

    REMINDER = "reminder", _("Reminder")
    NOTE = "note", _("Supervision note")
    ESCALATION = "escalation", _("Escalation")


#: How the history of a task and of a report reads to a person.
VERBS = {
    "plan.task.opened": _("Opened a task"),
    "plan.task.changed": _("Followed new words of the plan"),
    "plan.task.closed": _("Closed a task"),
    "plan.part.assigned": _("Gave a body its part"),
    "plan.part.person_changed": _("Changed the person in charge"),
    "plan.part.ended": _("Ended a body's part"),
    "plan.view.written": _("Wrote the view of a side"),
    "plan.report.written": _("Wrote a progress report"),
    "plan.report.handed_in": _("Handed in a progress report"),
    "plan.report.returned": _("Returned a progress report"),
    "plan.report.accepted": _("Accepted a progress report"),
    "plan.supervision.issued": _("Sent a reminder, note or escalation"),
    "plan.supervision.answered": _("Answered the bureau"),
}
