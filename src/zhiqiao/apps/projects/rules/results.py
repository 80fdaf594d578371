"""What results, objections, certificates and building accept, with the words of each refusal."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.models import Application
from zhiqiao.core.access import ALLOWED, Verdict, refused
from zhiqiao.core.errors import define
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Phase

define(
    "projects.grounds-needed",
    message=_("A proposal to refuse needs its grounds."),
    remedy=_("Write in one or two sentences why; the applicant reads them with the decision."),
    status=422,
)
define(
    "projects.places-used",
    message=_("The call has %(places)s places of this kind, and all of them are used."),
    remedy=_(
        "Change another proposal first, or enter a larger number of places with its document."
    ),
    status=409,
)
define(
    "projects.not-ranked",
    message=_("No application of the call has a rank by the official score."),
    remedy=_("Have the scores worked out first, or propose one by one."),
    status=409,
)
define(
    "projects.not-on-notice",
    message=_("Objections were accepted until %(until)s."),
    remedy=_("What you wrote is still in the form; write to the bureau if it is new and grave."),
    status=409,
)
define(
    "projects.objection-known",
    message=_("The same objection was filed already."),
    remedy=_("Nothing needs to be done; the receipt of the first one leads to the answer."),
    status=409,
)
define(
    "projects.too-many-objections",
    message=_("%(number)s objections to this application wait for an answer already."),
    remedy=_("Write to the bureau at the address on the notice."),
    status=429,
)
define(
    "projects.objection-answered",
    message=_("The objection was answered already."),
    remedy=_("Nothing needs to be done; the answer stands on the page."),
    status=409,
)
define(
    "projects.receipt-unknown",
    message=_("No objection has this code."),
    remedy=_("Compare it with the receipt, letter by letter."),
    status=404,
)
define(
    "projects.certificate-unknown",
    message=_("No certificate of this platform has this code."),
    remedy=_("Compare the address with the paper; if they are the same, the paper is not genuine."),
    status=404,
)
define(
    "projects.no-certificate",
    message=_("There is no certificate that holds."),
    remedy=_("The page of the item says what became of it."),
    status=404,
)
define(
    "projects.no-certificate-font",
    message=_(
        "The server has no font with Chinese characters, so it cannot typeset the certificate."
    ),
    remedy=_("Ask the operator to install a free one, such as Noto Serif CJK SC."),
    status=409,
)
define(
    "projects.task-early",
    message=_("The task is said to be done on %(day)s, but today is %(today)s."),
    remedy=_("Enter the day on which it was done."),
    status=422,
)
define(
    "projects.indicator-unknown",
    message=_("No indicator “%(indicator)s” was promised."),
    remedy=_("Choose one of those that the call names."),
    status=422,
)
define(
    "projects.change-waits",
    message=_("A change waits for its decision already."),
    remedy=_("Wait for the decision, or ask the bureau to refuse it first."),
    status=409,
)
define(
    "projects.change-decided",
    message=_("The change was decided already."),
    remedy=_("Nothing needs to be done."),
    status=409,
)
define(
    "projects.report-state",
    message=_("The report stands at “%(state)s”, where this cannot be done."),
    remedy=_("Its page says what comes next."),
    status=409,
)
define(
    "projects.report-stale",
    message=_("Somebody changed the report after you opened it."),
    remedy=_(
        "What you wrote is still in the form: compare it with what is there now, then keep yours."
    ),
    status=409,
)
define(
    "projects.report-empty",
    message=_("The report has no words yet."),
    remedy=_(
        "Write what was done, then hand it in; an indicator without a number is not reported."
    ),
    status=409,
)
define(
    "projects.file-missing",
    message=_("No file was chosen."),
    remedy=_("Choose one and send it again."),
    status=422,
)
define(
    "projects.warning-early",
    message=_("%(until)s is not after today, %(today)s."),
    remedy=_("Give a later day by which it is to be put right."),
    status=422,
)
define(
    "projects.warning-lifted",
    message=_("The warning was lifted already."),
    remedy=_("Nothing needs to be done."),
    status=409,
)
define(
    "projects.below-pass-mark",
    message=_(
        "At most %(share)s of what was promised is reached, below the pass mark of %(mark)s."
    ),
    remedy=_("Send it back to building, or have the indicators changed with their reasons first."),
    status=409,
)


def stands_in(application: Application, *phases: Phase) -> Verdict:
    """Judge the phase in which an application stands."""
    if application.phase in phases:
        return ALLOWED
    state = application.call.rules.flow.states[application.state].title
    return refused("projects.wrong-state", state=spoken(state))


def takes_objections(application: Application, *, today: date) -> Verdict:
    """Allow an objection to the last day of the notice, this day included."""
    until = application.publicity_until
    is_there = application.phase == Phase.PUBLICITY
    if is_there and until is not None and today <= until:
        return ALLOWED
    return refused("projects.not-on-notice", until=until or "—")
