"""What is refused of places: requests, their approval, and the ledger."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import define

define(
    "admissions.moved-to-itself",
    message=_("%(programme)s cannot give places to itself."),
    remedy=_("Name another programme, or increase its places."),
    status=422,
)
define(
    "admissions.places-number",
    message=_("“%(given)s” is no number of places for %(programme)s; nothing was approved."),
    remedy=_("Give a whole number from 0 to 99999 for every programme."),
    status=422,
)
define(
    "admissions.requests-moved",
    message=_("%(number)s of the requests are not under review any more; nothing was approved."),
    remedy=_("Have the proposal made anew; it takes the requests as they stand."),
    status=409,
)
define(
    "admissions.programme-unknown",
    message=_("There is no programme with the code “%(given)s” in this season."),
    remedy=_("Look its code up in the list of places."),
    status=422,
)
define(
    "admissions.class-too-large",
    message=_("The smallest class, %(minimum)s, is more than the %(places)s places asked for."),
    remedy=_("Ask for more places, or give a smaller class."),
    status=422,
)
define(
    "admissions.major-unknown",
    message=_("“%(given)s” is no code of the catalogue of majors."),
    remedy=_("Take the code from the catalogue, or leave it empty for a major outside it."),
    status=422,
)
define(
    "admissions.lead-needed",
    message=_(
        "These places were frozen by two persons; only a lead of the bureau changes them now."
    ),
    remedy=_("Ask a lead to book the change."),
    status=403,
)
define(
    "admissions.few-places",
    message=_("%(number)s places would leave %(programme)s, which has %(places)s."),
    remedy=_("Move fewer places."),
    status=409,
)
define(
    "admissions.approval-needed",
    message=_("Places move only with an approval."),
    remedy=_("Name the document or decision that allows it."),
    status=422,
)
define(
    "admissions.no-places",
    message=_("No places are approved in this season."),
    remedy=_("Approve places first."),
    status=409,
)
define(
    "admissions.places-wait",
    message=_("%(number)s requests for places still wait for a decision."),
    remedy=_("Approve, return or refuse them first."),
    status=409,
)
define(
    "admissions.line-closed",
    message=_("The request stands at “%(state)s” and cannot be changed."),
    remedy=_("Ask the bureau to return it to you."),
    status=409,
)
define(
    "admissions.line-word",
    message=_("“%(given)s” is not a %(what)s of this scheme."),
    remedy=_("Choose one of: %(known)s."),
    status=422,
)
define(
    "admissions.line-code",
    message=_("The programme code %(given)s is taken in this season, or is empty."),
    remedy=_("Give each programme a code of its own."),
    status=409,
)
