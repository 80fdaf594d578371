"""The words of the register of recognised items, and of the way that leads into it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from zhiqiao.packs import Phase


class Level(TextChoices):
    """Who recognised the item; an empty value means that the source does not say."""

    NATIONAL = "national", _("National")
    MUNICIPAL = "municipal", _("Province or municipality")
    DISTRICT = "district", _("District or county")
    SCHOOL = "school", _("School level")


class RecognitionState(TextChoices):
    RECOGNISED = "recognised", _("Recognised")
    REVOKED = "revoked", _("Revoked")
    WITHDRAWN = "withdrawn", _("Entered by mistake")


class DeclaredState(TextChoices):
    COMPLETE = "complete", _("Complete list")
    PARTIAL = "partial", _("Partial list")


class HolderState(TextChoices):
    """How a holder stands in the register; used as a filter."""

    MATCHED = "matched", _("Matched to an organisation")
    TEXT = "text", _("Name only, not matched")
    MISSING = "missing", _("To be filed")


LEVEL_PROPERTY = "level"
"""The property of a pending decision that asks for a level instead of a judgement."""

UNNAMED_MARK = "\u3014\u540d\u79f0\u672a\u89c1\u3015"
"""How a list says that the source states an item but does not print its name."""


def shown_name(name: str) -> str:
    return name.removeprefix(UNNAMED_MARK).strip() or name


class CallState(TextChoices):
    DRAFT = "draft", _("Call in preparation")
    PUBLISHED = "published", _("Call published")
    CLOSED = "closed", _("Call closed")


class CallStage(TextChoices):
    """How a call stands to the clock; used as a filter."""

    DRAFT = "draft", _("Call in preparation")
    SOON = "soon", _("Opens soon")
    OPEN = "open", _("Open for applications")
    CLOSED = "closed", _("Closed for applications")


class FileState(TextChoices):
    UNCHECKED = "unchecked", _("Not checked for viruses")
    CLEAN = "clean", _("Checked, nothing found")
    INFECTED = "infected", _("Blocked: a virus was found")


class ReviewState(TextChoices):
    PROPOSED = "proposed", _("Expert proposed, not asked yet")
    ASKED = "asked", _("Expert asked")
    ACCEPTED = "accepted", _("Expert reads")
    HANDED_IN = "handed-in", _("Review handed in")
    SET_ASIDE = "set-aside", _("Set aside for a conflict of interest")
    REFUSED = "refused", _("Expert refused")
    CONFLICTED = "conflicted", _("Ended for a conflict of interest")
    ENDED = "ended", _("Review ended by the bureau")


class ReviewFlagKind(TextChoices):
    """What is odd about a review or a reviewer, in the words of the scoring engine."""

    HARDLY_READ = "hardly-read", _("Hardly read")
    SHORT_COMMENT = "short-comment", _("Opinion of a few words")
    COPIED_OWN = "copied-own", _("Opinion repeated")
    COPIED_OTHER = "copied-other", _("Opinion like another reviewer's")
    COPIED_ELSEWHERE = "copied-elsewhere", _("Same words about another application")
    AGREES_WITH_NOBODY = "agrees-with-nobody", _("Agrees with nobody")
    NO_SPREAD = "no-spread", _("Same mark for everybody")
    OUTLYING_MARK = "outlying-mark", _("Mark far from the others")


class ConflictOrigin(TextChoices):
    FOUND = "found", _("Found by the records")
    DECLARED = "declared", _("Declared by the expert")
    APPLICANT = "applicant", _("Named by the applicant")
    BUREAU = "bureau", _("Entered by the bureau")


class ConflictKind(TextChoices):
    """The words of the assignment engine: why somebody must not review."""

    EMPLOYER = "employer", _("Works for the applicant")
    FORMER_EMPLOYER = "former-employer", _("Worked for a body of the application")
    AFFILIATED = "affiliated", _("Works for a partner, or with a person named there")
    JOINT_WORK = "joint-work", _("Joint project or publication")
    KINSHIP = "kinship", _("Kinship")
    TEACHER_STUDENT = "teacher-student", _("Teacher or student")
    UNSUITABLE = "unsuitable", _("Not wanted by the applicant")
    DISTRICT = "district", _("Works for the recommending body, or in the applicant's area")
    LISTED_PERSON = "listed-person", _("Named in the application")
    REFUSED = "refused", _("Refused the review")
    OTHER = "other", _("Another conflict of interest")


#: How the audit trail reads where experts review.
REVIEW_VERBS = {
    "projects.draw.made": _("Proposed an assignment of experts"),
    "projects.draw.confirmed": _("Confirmed an assignment of experts"),
    "projects.draw.discarded": _("Discarded an assignment of experts"),
    "projects.review.proposed": _("Added an expert to an assignment"),
    "projects.review.asked": _("Asked an expert for a review"),
    "projects.review.taken_out": _("Took an expert out of an assignment"),
    "projects.review.accepted": _("Took on a review without a conflict of interest"),
    "projects.review.refused": _("Refused a review"),
    "projects.review.conflicted": _("Ended a review for a conflict of interest"),
    "projects.review.ended": _("Ended a review"),
    "projects.review.contested": _("Found a review in conflict of interest after it was handed in"),
    "projects.review.decision_asked": _("Asked to decide on a review in conflict of interest"),
    "projects.review.decision_refused": _("Took a waiting decision on a review back"),
    "projects.review.set_aside": _("Set a review aside"),
    "projects.review.kept": _("Kept a review in spite of a conflict of interest"),
    "projects.review.handed_in": _("Handed in a review"),
    "projects.review.put_off": _("Gave more time for a review"),
    "projects.review.unmasked": _("Looked who reviewed"),
    "projects.review.names_shown": _("Showed the applicant to a reviewer"),
    "projects.conflict.entered": _("Entered a conflict of interest"),
    "projects.scores.computed": _("Computed the scores of a call"),
    "projects.blind_copy.added": _("Added a copy without names"),
    "projects.panel.made": _("Made a panel"),
    "projects.panel.changed": _("Changed a panel"),
    "projects.panel.advised": _("Entered the advice of a panel"),
    "projects.panel.closed": _("Closed a panel"),
    "projects.visit.reported": _("Reported a visit on site"),
}


class DrawState(TextChoices):
    PROPOSED = "proposed", _("Assignment proposed")
    CONFIRMED = "confirmed", _("Assignment confirmed")
    DISCARDED = "discarded", _("Assignment discarded")


class Advice(TextChoices):
    """What is proposed for an application: of a panel as advice, of the bureau as proposal."""

    RECOGNISE = "recognise", _("Recognise")
    RESERVE = "reserve", _("Keep in reserve")
    REFUSE = "refuse", _("Do not recognise")


class ReportState(TextChoices):
    DUE = "due", _("Report due")
    HANDED_IN = "handed-in", _("Report handed in")
    RETURNED = "returned", _("Report returned")
    ACCEPTED = "accepted", _("Report accepted")


class Verdict(TextChoices):
    PASSED = "passed", _("Passed")
    WARNED = "warned", _("Warned")
    FAILED = "failed", _("Not passed")


class ChangeState(TextChoices):
    ASKED = "asked", _("Change asked for")
    APPROVED = "approved", _("Change approved")
    REFUSED = "refused", _("Change refused")


PUBLIC_PHASES = frozenset(
    {Phase.PUBLICITY, Phase.BUILDING, Phase.ACCEPTING, Phase.IN_FORCE, Phase.ENDED}
)
"""The phases in which everybody may know that an application is there."""

PHASES = {
    Phase.DRAFTING: _("Draft"),
    Phase.RECOMMENDING: _("Recommendation"),
    Phase.CHECKING: _("Check of form"),
    Phase.REVIEWING: _("Expert review"),
    Phase.PANEL: _("Panel"),
    Phase.VISITING: _("Visit on site"),
    Phase.DECIDING: _("Result being settled"),
    Phase.PUBLICITY: _("On public notice"),
    Phase.BUILDING: _("Under construction"),
    Phase.ACCEPTING: _("Acceptance"),
    Phase.IN_FORCE: _("In force"),
    Phase.RESERVE: _("In reserve"),
    Phase.REFUSED: _("Not recognised"),
    Phase.WITHDRAWN: _("Withdrawn"),
    Phase.ENDED: _("Ended"),
}

VERBS = {
    "projects.call.prepared": _("Prepared a call"),
    "projects.call.changed": _("Changed a call in preparation"),
    "projects.call.quotas_set": _("Set the quotas of recommendations"),
    "projects.call.file_added": _("Added a file to a call"),
    "projects.call.published": _("Published a call"),
    "projects.call.extended": _("Gave more time to apply"),
    "projects.call.closed": _("Closed a call"),
    "projects.application.moved": _("Moved an application on"),
    "projects.application.asked": _("Asked for a step that a second person signs"),
    "projects.application.step_refused": _("Took a waiting step back"),
    "projects.application.put_off": _("Gave an application more time"),
    "projects.application.checked": _("Answered the check of form"),
    "projects.application.ranked": _("Set the order of recommendation"),
    "projects.application.proposed": _("Proposed a result"),
    "projects.application.certificate_issued": _("Issued a certificate"),
    "projects.application.change_asked": _("Asked for a change of building"),
    "projects.application.change_decided": _("Decided on a change of building"),
    "projects.application.task_done": _("Finished a task of building"),
    "projects.application.report_file_added": _("Added a file to a report of building"),
    "projects.application.report_handed_in": _("Handed a report of building in"),
    "projects.application.report_returned": _("Returned a report of building"),
    "projects.application.report_accepted": _("Accepted a report of building"),
    "projects.application.warned": _("Warned a project"),
    "projects.application.warning_lifted": _("Lifted the warning of a project"),
    "projects.application.acceptance_reviewed": _("Entered an acceptance review"),
    "projects.objection.filed": _("Filed an objection"),
    "projects.objection.answered": _("Answered an objection"),
    "projects.recognition.entered": _("Entered a recognised item from its application"),
}
"""How the audit reads to a person."""
