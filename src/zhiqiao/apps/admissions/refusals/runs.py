"""What is refused about runs, and what follows from them."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import define

define(
    "admissions.strike-outs-wait",
    message=_("%(number)s strike-outs wait for a decision."),
    remedy=_("Decide them first."),
    status=409,
)
define(
    "admissions.appeals-open",
    message=_("Appeals may be filed until %(until)s, or some wait for an answer: %(number)s."),
    remedy=_("Close the season afterwards."),
    status=409,
)
define(
    "admissions.no-seed",
    message=_("The scheme decides ties by lot, and no seed was committed to in this round."),
    remedy=_("The rule was changed after the choices were frozen: restore it in the pack."),
    status=409,
)
define(
    "admissions.seed-sealed",
    message=_("The lots of this round stay sealed until its result is published."),
    remedy=_("Come back after the publication."),
    status=409,
)
define(
    "admissions.ground-unknown",
    message=_("“%(given)s” is not a ground of the scheme."),
    remedy=_("Choose one of: %(known)s."),
    status=422,
)
define(
    "admissions.appeals-over",
    message=_("Appeals could be filed until %(until)s."),
    remedy=_("Ask the bureau which remedies are left."),
    status=409,
)
define(
    "admissions.run-refused",
    message=_("The allocation could not be made: %(why)s"),
    remedy=_("Mend what is named and run it again; nothing was stored."),
    status=409,
)
define(
    "admissions.run-unsound",
    message=_("The allocation did not pass its verification: %(why)s"),
    remedy=_("Nothing was stored. This is a fault of the program: report it."),
    status=500,
)
define(
    "admissions.no-minimum",
    message=_("No programme states a smallest class, and none was given for the others."),
    remedy=_("Give the smallest class, or have the schools state it in their requests."),
    status=409,
)
define(
    "admissions.rehearsal-ends",
    message=_("A rehearsal goes up to the final run and changes nothing beside it."),
    remedy=_("Do this in the season itself."),
    status=409,
)
define(
    "admissions.nothing-to-rehearse",
    message=_("The season has no published result to compare a rehearsal with."),
    remedy=_("Choose a season that was closed after its publication."),
    status=409,
)
