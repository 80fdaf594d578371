"""For whom the platform is made, and honestly what each of them can do today."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import VERBS as ACCOUNT_VERBS
from zhiqiao.apps.admissions.choices import VERBS as ADMISSION_VERBS
from zhiqiao.apps.people.choices import VERBS as PEOPLE_VERBS
from zhiqiao.apps.plan.choices import VERBS as TASK_VERBS
from zhiqiao.apps.projects.choices import REVIEW_VERBS
from zhiqiao.apps.projects.choices import VERBS as PROJECT_VERBS


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that works today and the page where it is done."""

    label: Promise
    page: str


@dataclass(frozen=True, slots=True)
class Audience:
    """A group of people with what works for them and what is still to come."""

    key: str
    icon: str
    title: Promise
    works: tuple[Offer, ...]
    coming: Promise


AUDIENCES = (
    Audience(
        "learner",
        "learner",
        _("Learners and parents"),
        (
            Offer(
                _("Make and lock your choices, and read why you got which place"), "admissions:own"
            ),
            Offer(_("Look up programmes, places and lines of a season"), "admissions:seasons"),
            Offer(_("Look up a school and what it was before"), "registry:organisations"),
            Offer(_("Look up majors and occupations"), "registry:catalogues"),
        ),
        _("Coming: a credit account, and courses of other schools."),
    ),
    Audience(
        "school",
        "school",
        _("Schools"),
        (
            Offer(_("Ask for places and review the files sent to you"), "admissions:seasons"),
            Offer(_("See which items a school was recognised for"), "projects:registers"),
            Offer(_("Read open calls and follow your applications"), "projects:calls"),
            Offer(_("Check names and codes of majors"), "registry:catalogues"),
        ),
        _("Coming: yearly returns, training plans."),
    ),
    Audience(
        "firm",
        "building",
        _("Firms and industry parks"),
        (
            Offer(_("Find consortia, communities and practice centres"), "projects:registers"),
            Offer(_("Find the industries and clusters of the plan"), "registry:catalogues"),
        ),
        _("Coming: posting jobs, training and technology that you need or offer."),
    ),
    Audience(
        "expert",
        "seal",
        _("Experts and inspectors"),
        (
            Offer(_("Review the applications that you are asked to judge"), "projects:own_reviews"),
            Offer(_("Follow a figure down to formula, record and source"), "plan:board"),
            Offer(_("Compare with figures that others published"), "plan:published_figures"),
        ),
        _("Coming: inspecting schools and districts."),
    ),
    Audience(
        "bureau",
        "inbox",
        _("Education bureaus"),
        (
            Offer(_("See how far each target of the plan has come"), "plan:board"),
            Offer(_("Keep the registers and decide what waits"), "projects:pending"),
            Offer(_("Publish calls and lead applications to a decision"), "projects:calls"),
            Offer(
                _("Run a season of admission, from places to a checked result"),
                "admissions:seasons",
            ),
            Offer(_("Look at frozen boards that replay to the same figures"), "plan:freezes"),
        ),
        _("Coming: layout scenarios, funding by formula."),
    ),
    Audience(
        "partner",
        "globe",
        _("Other regions, researchers, the press"),
        (
            Offer(_("Read the plan article by article"), "plan:articles"),
            Offer(_("See what works here and what is planned"), "plan:mechanisms"),
            Offer(_("Learn where the records come from"), "portal:about"),
        ),
        _("Coming: yearly reports and open data sets."),
    ),
)

STATUSES = (
    ("met", _("The records show at least what the plan asks for.")),
    ("on-course", _("Not there yet, and the deadline is still to come.")),
    ("behind", _("Not there yet, and slower than the time that has passed.")),
    ("not-met", _("The deadline has passed and the full list shows less than asked for.")),
    ("cannot-tell", _("The list is incomplete, or rows wait for a person's decision.")),
    ("not-loaded", _("The official list was not entered yet.")),
    ("no-data", _("Nothing of this kind is recorded yet.")),
)

VERBS = {
    **ACCOUNT_VERBS,
    **PEOPLE_VERBS,
    **ADMISSION_VERBS,
    **TASK_VERBS,
    **REVIEW_VERBS,
    **PROJECT_VERBS,
    "portal.minors_evidence.made": _("Made the evidence for the audit of minors' data"),
    "portal.dispatch.retried": _("Sent a message again"),
    "core.delivery.retried": _("Delivered an event again"),
    "core.events.replayed": _("Told a receiver again what happened"),
    "projects.recognition.imported": _("Imported a recognised item"),
    "projects.recognition.imported_again": _("Imported a recognised item again"),
    "projects.recognition.corrected": _("Corrected a recognised item"),
    "projects.recognition.judged": _("Decided a judgement"),
    "projects.recognition.level_stated": _("Stated a level"),
    "projects.recognition.holder_matched": _("Matched a holder"),
    "projects.recognition.evidence_attached": _("Attached evidence"),
    "projects.recognition.revoked": _("Revoked a recognised item"),
    "projects.recognition.withdrawn": _("Withdrew a recognised item"),
    "projects.list.declared": _("Declared how complete a list is"),
    "plan.board.frozen": _("Froze the board"),
    "registry.organisation.created": _("Entered an organisation"),
    "registry.organisation.renamed": _("Renamed an organisation"),
    "registry.organisation.name_added": _("Added a name of an organisation"),
    "registry.succession.recorded": _("Recorded a succession"),
    "registry.region.code_stated": _("Stated the code of a region"),
    "imports.batch.opened": _("Opened an import"),
    "imports.batch.committed": _("Entered an import"),
    "imports.batch.cancelled": _("Cancelled an import"),
    "core.citation.changed": _("Changed a citation"),
    "core.job.cancel_requested": _("Asked a job to stop"),
    "accounts.user.created": _("Opened an account"),
    "accounts.user.deactivated": _("Closed an account"),
    "accounts.user.reactivated": _("Opened an account again"),
    "accounts.role.granted": _("Granted a role"),
    "accounts.role.ended": _("Ended a role"),
    "accounts.token.made": _("Made an API token"),
    "accounts.token.offered": _("Offered an API token"),
    "accounts.token.drawn": _("Drew an API token"),
    "accounts.token.ended": _("Ended an API token"),
}

COUNTS = {
    "added": _("Added"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "rows": _("Rows"),
    "problems": _("Problems"),
}


class NoticeKind(models.TextChoices):
    """What a person is told of; the words are the title of the notice and the subject of a mail."""

    PART_ASSIGNED = "part-assigned", _("Your body has a part in a task")
    REPORT_HANDED_IN = "report-handed-in", _("A progress report was handed in")
    REPORT_RETURNED = "report-returned", _("A progress report was returned for correction")
    REPORT_ACCEPTED = "report-accepted", _("A progress report was accepted")
    SUPERVISION_ISSUED = "supervision-issued", _("The bureau asks your body for an answer")
    SUPERVISION_ANSWERED = "supervision-answered", _("A body answered the bureau")
    DEADLINE_NEAR = "deadline-near", _("A deadline is near")
    DEADLINE_PASSED = "deadline-passed", _("A deadline has passed")
    STEP_WAITS = "step-waits", _("A step of an admission season waits for a second person")
    RESULT_PUBLISHED = "result-published", _("The result of an admission was published")
    REVIEW_ASKED = "review-asked", _("You are asked to review an application")
    REVIEW_GIVEN_BACK = "review-given-back", _("An expert gave a review back")
    APPLICATION_MOVED = "application-moved", _("An application came to a new state")
    APPLICATION_RETURNED = (
        "application-returned",
        _("An application was returned for correction"),
    )
    APPLICATION_STEP_WAITS = (
        "application-step-waits",
        _("A step of an application waits for a second person"),
    )
    CALL_EXTENDED = "call-extended", _("There is more time to apply")
    COAUTHOR_ADDED = "coauthor-added", _("You may write along in an application")
    REVIEW_DUE = "review-due", _("A review of yours is due soon")
    REVIEW_OVERDUE = "review-overdue", _("A review is overdue")
    REVIEW_CONTESTED = (
        "review-contested",
        _("A review that was handed in is in conflict of interest"),
    )
    OBJECTION_FILED = "objection-filed", _("An objection to an application was filed")
    OBJECTION_ANSWERED = "objection-answered", _("An objection was answered")
    CHANGE_ASKED = "change-asked", _("A project asks for a change of building")
    CHANGE_DECIDED = "change-decided", _("A change of building was decided")
    BUILD_REPORT_HANDED_IN = (
        "build-report-handed-in",
        _("A report of building was handed in"),
    )
    BUILD_REPORT_RETURNED = "build-report-returned", _("A report of building was returned")
    BUILD_REPORT_ACCEPTED = "build-report-accepted", _("A report of building was accepted")
    PROJECT_WARNED = "project-warned", _("The bureau warned a project")
    RECOGNITION_ENDING = "recognition-ending", _("The term of a recognition ends soon")
    RECOGNITION_OVER = "recognition-over", _("The term of a recognition is over")
    TOKEN_NEW_NETWORK = "token-new-network", _("An API token of yours was used from a new network")


class Sending(models.TextChoices):
    """How notices of a kind leave the site; on the site they are always shown."""

    AT_ONCE = "at-once", _("At once")
    DIGEST = "digest", _("Together, once a day")
    OFF = "off", _("Only on this site")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    HOOK = "hook", _("Messaging service")


class DispatchState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
