"""What is refused about single candidates: privileges, assistance, re-checks and letters."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import define

define(
    "admissions.notice-over",
    message=_("Objections could be filed until %(until)s."),
    remedy=_("Write to the bureau if you learnt of something later."),
    status=409,
)
define(
    "admissions.objection-known",
    message=_("You have objected to this already."),
    remedy=_("Your objection is read when the privilege is decided."),
    status=409,
)
define(
    "admissions.privilege-known",
    message=_("This award was asked for already."),
    remedy=_("The candidate's page shows what became of it."),
    status=409,
)
define(
    "admissions.privilege-decided",
    message=_("The privilege stands at “%(state)s”, where this cannot be done."),
    remedy=_("It is put on notice once, and decided once after the notice."),
    status=409,
)
define(
    "admissions.privileges-wait",
    message=_("%(number)s privileges wait for their notice or their decision."),
    remedy=_("Decide them first: a prize that is granted later does not count in this run."),
    status=409,
)
define(
    "admissions.assistance-waits",
    message=_("Assisted choices of this candidate wait already."),
    remedy=_("Confirm or refuse them first."),
    status=409,
)
define(
    "admissions.no-assistance-waits",
    message=_("These assisted choices were confirmed or refused already, or are of another round."),
    remedy=_("The list shows what still waits."),
    status=409,
)
define(
    "admissions.candidate-not-there",
    message=_("There is no candidate with the number %(number)s in this season."),
    remedy=_("Compare the number with the form."),
    status=422,
)
define(
    "admissions.programmes-unknown",
    message=_("There are no programmes with these codes in this season: %(codes)s."),
    remedy=_("Compare the codes with the form, one in each line."),
    status=422,
)
define(
    "admissions.rechecks-over",
    message=_("Re-checks could be asked for until %(until)s."),
    remedy=_("Once the result is published you can appeal against it."),
    status=409,
)
define(
    "admissions.recheck-known",
    message=_("You have asked for a re-check already."),
    remedy=_("Your page shows the answer as soon as there is one."),
    status=409,
)
define(
    "admissions.recheck-answered",
    message=_("This re-check was answered already."),
    remedy=_("The list shows what still waits."),
    status=409,
)
define(
    "admissions.rechecks-wait",
    message=_("%(number)s re-checks of scores wait for an answer."),
    remedy=_("Answer them first: the scores of this run could still change."),
    status=409,
)
define(
    "admissions.no-ground-to-correct",
    message=_(
        "Sealed scores are corrected only by an upheld re-check or appeal, and once by each."
    ),
    remedy=_("Answer the re-check or the appeal first."),
    status=409,
)
define(
    "admissions.scores-unchanged",
    message=_("The marks are the same as before."),
    remedy=_("Enter the corrected marks, or do not uphold."),
    status=422,
)
define(
    "admissions.letter-unknown",
    message=_("There is no letter of admission with this code."),
    remedy=_(
        "Compare the address with the paper, letter by letter. If it is the same, the paper is not ours: tell the school and the bureau."
    ),
    status=404,
)
define(
    "admissions.letter-withdrawn",
    message=_("This letter was withdrawn."),
    remedy=_("The candidate's page says which result holds."),
    status=409,
)
define(
    "admissions.no-letter-font",
    message=_("This server has no font with Chinese characters, so it cannot make the PDF."),
    remedy=_(
        "Print the page itself instead; the operator can install a font (Debian: fonts-noto-cjk)."
    ),
    status=409,
)
define(
    "admissions.item-of-other-type",
    message=_("Candidate %(number)s is of the type “%(type)s”, which is not marked in this."),
    remedy=_("Leave the cell empty, or correct the number or the column."),
    status=422,
)
define(
    "admissions.contract-not-found",
    message=_(
        "“%(given)s” is no pathway contract in force of this school, or it is one of several: %(known)s."
    ),
    remedy=_("Use the identifier from the Excel file of the pathways."),
    status=422,
)
define(
    "admissions.message-not-taken",
    message=_("The gateway for text messages did not take the code (%(why)s)."),
    remedy=_("The candidate may ask again after two minutes; look at the gateway if it goes on."),
    status=409,
)
define(
    "admissions.grade-unknown",
    message=_("“%(given)s” is no grade of this result: %(known)s."),
    remedy=_("Correct the grade, or leave the cell empty."),
    status=422,
)
define(
    "admissions.candidate-twice",
    message=_(
        "Both files are candidates of the season %(season)s; the double has the number %(number)s."
    ),
    remedy=_(
        "Decide which candidacy holds, and take the other out of the season before you join them."
    ),
    status=409,
)
