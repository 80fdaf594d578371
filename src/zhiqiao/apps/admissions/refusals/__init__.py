"""What admission refuses, and what a person can do about it."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.refusals import people, places, runs  # noqa: F401 - give codes their words
from zhiqiao.core.errors import define

define(
    "admissions.not-yours",
    message=_("This part of admission is not open to your account."),
    remedy=_("Sign in with an account of the bureau or of the school concerned."),
    status=403,
)
define(
    "admissions.missing",
    message=_("There is no such thing in this season, or it is not yours to see."),
    remedy=_("Go back to the season and choose from its lists."),
    status=404,
)
define(
    "admissions.scheme-unknown",
    message=_("The pack has no admission scheme “%(scheme)s” for %(year)s."),
    remedy=_("Choose one of: %(known)s."),
    status=422,
)
define(
    "admissions.season-known",
    message=_("This season was opened already."),
    remedy=_("Open it from the list of seasons."),
    status=409,
)
define(
    "admissions.wrong-state",
    message=_("The season stands at “%(state)s”, where this cannot be done."),
    remedy=_("Its page says which step comes next."),
    status=409,
)
define(
    "admissions.step-waits",
    message=_("The step “%(step)s” waits already."),
    remedy=_("Sign it or take it back first."),
    status=409,
)
define(
    "admissions.no-step-waits",
    message=_("No step waits for a second person."),
    remedy=_("Look at the season's page: somebody may have signed it."),
    status=409,
)
define(
    "admissions.two-persons",
    message=_("Two different persons are needed, one of them a lead of the bureau."),
    remedy=_("Ask a colleague to sign; who asked for the step cannot."),
    status=403,
)
define(
    "admissions.window-missing",
    message=_("It is not said from when until when candidates may choose."),
    remedy=_("Set the window for choices first."),
    status=409,
)
define(
    "admissions.window-open",
    message=_("Candidates may choose until %(until)s."),
    remedy=_("Wait until the window, with its extensions, is over."),
    status=409,
)
define(
    "admissions.window-closed",
    message=_("Choices can be made from %(since)s until %(until)s."),
    remedy=_("Come back in that time, or ask your school whether there is an extension."),
    status=409,
)
define(
    "admissions.window-paused",
    message=_("The bureau has paused the choices for now."),
    remedy=_("What you saved stays. Come back when the pause is over."),
    status=409,
)
define(
    "admissions.window-reversed",
    message=_("The window would end before it begins."),
    remedy=_("Correct one of the two."),
    status=422,
)
define(
    "admissions.window-past",
    message=_("The window would have ended on %(until)s already."),
    remedy=_("Give an end that is still to come."),
    status=422,
)
define(
    "admissions.extension-early",
    message=_("The window ends for everybody on %(until)s; an extension cannot end before."),
    remedy=_("Give a later end. An extension until that very moment takes an earlier one back."),
    status=422,
)
define(
    "admissions.choice-not-open",
    message=_(
        "%(number)s programmes of the list are not open to you, or are none; nothing was saved."
    ),
    remedy=_("Open your list again and choose from what the search shows."),
    status=422,
)
define(
    "admissions.scores-open",
    message=_("The scores of this season are not sealed."),
    remedy=_("Seal them first; a run never works on scores that may still change."),
    status=409,
)
define(
    "admissions.scores-sealed",
    message=_("The scores of this season are sealed."),
    remedy=_("A corrected score needs an upheld re-check or appeal."),
    status=409,
)
define(
    "admissions.entered-by-one",
    message=_("Of %(number)s candidates you gave the other entry yourself: %(shown)s."),
    remedy=_("Two persons enter the scores, each from the papers: let a colleague bring this in."),
    status=403,
)
define(
    "admissions.scores-differ",
    message=_("%(number)s candidates have two entries that differ, or only one."),
    remedy=_("Download the list of differences, correct the entries and bring them in again."),
    status=409,
)
define(
    "admissions.reason-needed",
    message=_("This needs a reason."),
    remedy=_("Write in one sentence why."),
    status=422,
)
define(
    "admissions.changed-since-asked",
    message=_("What “%(step)s” rests on has changed since it was asked for."),
    remedy=_("Refuse the step, look at the change, and ask for it again."),
    status=409,
)
define(
    "admissions.changed-meanwhile",
    message=_("Somebody else changed this while you had it open."),
    remedy=_("Read it again, put the two together, and send it anew."),
    status=409,
)
define(
    "admissions.plan-too-long",
    message=_("No best plan was found within %(seconds)s seconds."),
    remedy=_("Narrow the requests, for example to one level, or ask for fewer rules at once."),
    status=409,
)
define(
    "admissions.no-plan",
    message=_("No plan meets these rules together: %(rules)s."),
    remedy=_("Loosen one of them, or ask schools for other numbers."),
    status=409,
)
define(
    "admissions.not-open-to-you",
    message=_("%(programme)s is not open to your exam type, category or district."),
    remedy=_("Choose programmes from the search, which shows only those open to you."),
    status=422,
)
define(
    "admissions.choice-twice",
    message=_("%(programme)s stands in the list twice."),
    remedy=_("Take one of the two out."),
    status=422,
)
define(
    "admissions.too-many-choices",
    message=_("The batch %(batch)s takes %(limit)s choices, and %(given)s are given."),
    remedy=_("Take some out."),
    status=422,
)
define(
    "admissions.choices-changed",
    message=_("The list was changed elsewhere after you opened it."),
    remedy=_("Look at the list as it is now and make your change again."),
    status=409,
)
define(
    "admissions.choices-locked",
    message=_("Your choices are locked and cannot be changed."),
    remedy=_("Your receipt shows what is locked."),
    status=409,
)
define(
    "admissions.choices-not-yours",
    message=_("Choices are made by the candidate alone."),
    remedy=_("Teachers and clerks can neither fill in nor change them."),
    status=403,
)
define(
    "admissions.choice-code-wrong",
    message=_("This is not your choice code."),
    remedy=_("It is the one that you set at the first sign-in. Nobody else knows it."),
    status=403,
)
define(
    "admissions.choices-empty",
    message=_("An empty list cannot be locked."),
    remedy=_("Choose at least one programme."),
    status=409,
)
define(
    "admissions.not-eligible",
    message=_("You may not take part in this season: %(reason)s."),
    remedy=_("Ask your school or file an objection with the bureau."),
    status=409,
)
define(
    "admissions.code-unknown",
    message=_("Number and code do not fit, or the code was used already."),
    remedy=_("Compare both with the paper from your school, or ask it for a new code."),
    status=422,
)
define(
    "admissions.choice-code-weak",
    message=_("A choice code has six to twenty digits or letters and is not the paper's code."),
    remedy=_("Choose one that only you know and write it down at home."),
    status=422,
)
define(
    "admissions.no-offer",
    message=_("There is no offer to answer, or it was answered already."),
    remedy=_("Your page shows what the published result says."),
    status=409,
)
define(
    "admissions.notice-runs",
    message=_("The public notice runs until %(until)s."),
    remedy=_("Decide after it."),
    status=409,
)
define(
    "admissions.contract-unknown",
    message=_("There is no such pathway contract, or it is not yours to see."),
    remedy=_("Choose one from the list of pathways."),
    status=404,
)
define(
    "admissions.contract-state",
    message=_("The contract stands at “%(state)s”, where this cannot be done."),
    remedy=_("A draft can be changed; candidates and programmes need a contract in force."),
    status=409,
)
define(
    "admissions.contract-known",
    message=_("These two schools have a contract for this pathway, these majors and this year."),
    remedy=_("Open it from the list of pathways."),
    status=409,
)
define(
    "admissions.contract-line",
    message=_("%(programme)s does not fit the contract: school, pathway or year differ."),
    remedy=_("Ask for the places as the receiving school, under the pathway of the contract."),
    status=422,
)
define(
    "admissions.school-not-there",
    message=_("No school of the register is called “%(given)s”."),
    remedy=_("Write the name exactly as the register has it."),
    status=422,
)
define(
    "admissions.gate-unreadable",
    message=_("Line %(number)s of the gates cannot be read: %(given)s."),
    remedy=_(
        "Write year | Chinese title | English title | score | least, the last three may be empty."
    ),
    status=422,
)
define(
    "admissions.gate-used",
    message=_("Results of the gate “%(gate)s” are entered already."),
    remedy=_("Keep it as it is, and add others behind it."),
    status=409,
)
define(
    "admissions.not-admitted",
    message=_("%(number)s was not admitted here by the published result, or declined."),
    remedy=_("The list of the admitted shows who can be enrolled."),
    status=409,
)
define(
    "admissions.enrolled-already",
    message=_("%(number)s is enrolled already."),
    remedy=_("Nothing needs to be done."),
    status=409,
)
define(
    "admissions.not-enrolled",
    message=_("%(number)s is not enrolled."),
    remedy=_("Nothing needs to be done."),
    status=409,
)
define(
    "admissions.enrolments-complete",
    message=_("The enrolments were declared complete on %(day)s."),
    remedy=_("Ask the bureau to reopen them with a reason."),
    status=409,
)
define(
    "admissions.person-in-two-types",
    message=_("%(hint)s is a candidate of this season already, number %(number)s."),
    remedy=_("One person takes part in one type: take one of the two rows out."),
    status=409,
)
define(
    "admissions.word-unknown",
    message=_("“%(given)s” is not a word of this season's scheme."),
    remedy=_("Choose one of: %(known)s."),
    status=422,
)
define(
    "admissions.school-unknown",
    message=_("No school is called “%(given)s”, or several are."),
    remedy=_("Write the full name as the registry has it. The nearest names are: %(near)s."),
    status=422,
)
define(
    "admissions.region-unknown",
    message=_("“%(given)s” is not a region, or several have this name."),
    remedy=_("Write the full official name or the six-digit code."),
    status=422,
)
define(
    "admissions.number-taken",
    message=_("The number %(given)s belongs to a candidate of this season already."),
    remedy=_("Take the row out if it is the same person, or correct the number."),
    status=409,
)
define(
    "admissions.candidate-unknown",
    message=_("No candidate of this season has the number %(given)s."),
    remedy=_("Compare the number with the list of candidates."),
    status=422,
)
define(
    "admissions.mark-decimals",
    message=_("A mark is a number with at most two decimals."),
    remedy=_("Correct the mark, or leave the cell empty where there is none."),
    status=422,
)
define(
    "admissions.mark-outside",
    message=_("The mark lies outside of 0 to %(most)s."),
    remedy=_("Compare it with the paper."),
    status=422,
)
