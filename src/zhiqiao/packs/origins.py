"""Where the parts of a lifecycle come from, so that a page can tell a rule from our own design."""

from enum import StrEnum


class Part(StrEnum):
    """A part of a lifecycle that a call or notice may state; the sheet and conditions say it themselves."""

    FLOW = "flow"
    APPLICANTS = "applicants"
    RECOMMENDATION = "recommendation"
    FORM = "form"
    FILES = "files"
    BUDGET = "budget"
    INDICATORS = "indicators"
    CHECKS = "checks"
    REVIEW = "review"
    PANEL = "panel"
    PUBLICITY = "publicity"
    BUILDING = "building"
    VALIDITY = "validity"
    REPEAT = "repeat"


FIELD_OF = {
    Part.RECOMMENDATION: "recommender",
    Part.FORM: "fields",
    Part.PUBLICITY: "publicity_days",
    Part.VALIDITY: "valid_months",
    Part.REPEAT: "every_months",
}
"""The field of a lifecycle that holds a part, where it has another name."""


class SheetOrigin(StrEnum):
    """How much of a scoring sheet somebody else stated: criteria with weights, criteria, or nothing."""

    STATED = "stated"
    CRITERIA_STATED = "criteria-stated"
    PROPOSED = "proposed"


class Whose(StrEnum):
    """Whose recognitions or applications a condition counts."""

    APPLICANT = "applicant"
    ITEM = "item"
    PARTNER = "partner"


class ReportStart(StrEnum):
    """From when the months of a report are counted."""

    RECOGNITION = "recognition"
    ACCEPTANCE = "acceptance"


class DayCount(StrEnum):
    """How the days of a public notice are counted."""

    WORKING = "working"
    CALENDAR = "calendar"
