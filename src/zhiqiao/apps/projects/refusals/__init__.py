"""What calls and applications refuse, and what a person can do about it."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.refusals import reviews, writing  # noqa: F401 - give codes their words
from zhiqiao.core.errors import define

define(
    "projects.not-yours",
    message=_("This part of the selection is not open to your account."),
    remedy=_("Sign in with an account of the bureau, of the applicant or of the body concerned."),
    status=403,
)
define(
    "projects.missing",
    message=_("There is no such call or application, or it is not yours to see."),
    remedy=_("Go back to the list of calls and choose from there."),
    status=404,
)
define(
    "projects.no-lifecycle",
    message=_("The policy pack says no lifecycle for items of the kind “%(kind)s”."),
    remedy=_("Choose another kind, or add a lifecycle to the pack."),
    status=422,
)
define(
    "projects.level-not-of-kind",
    message=_("Items of this kind are not recognised at the level “%(level)s”."),
    remedy=_("Choose one of: %(known)s."),
    status=422,
)
define(
    "projects.call-known",
    message=_("There is a call for this kind, level, year and batch already."),
    remedy=_("Open it from the list of calls, or name another batch."),
    status=409,
)
define(
    "projects.call-window-reversed",
    message=_("Applications would be accepted from %(opens)s until %(closes)s, backwards."),
    remedy=_("Correct one of the two times."),
    status=422,
)
define(
    "projects.call-not-draft",
    message=_("The call was published already, so its rules and window stand."),
    remedy=_("Extend the term with a reason instead."),
    status=409,
)
define(
    "projects.call-not-published",
    message=_("The call is not published, so nobody can apply yet."),
    remedy=_("Publish it first."),
    status=409,
)
define(
    "projects.extension-too-early",
    message=_("%(until)s is not later than the term in force, %(closes)s."),
    remedy=_("Give a later time."),
    status=422,
)
define(
    "projects.wrong-state",
    message=_("The application stands at “%(state)s”, where this cannot be done."),
    remedy=_("Its page says what comes next."),
    status=409,
)
define(
    "projects.move-unknown",
    message=_("There is no move “%(move)s” in the lifecycle of this call."),
    remedy=_("Choose one of those that the page of the application offers."),
    status=404,
)
define(
    "projects.move-of-another",
    message=_("“%(move)s” is not yours to do."),
    remedy=_("Ask whoever is responsible: %(party)s."),
    status=403,
)
define(
    "projects.move-not-for-kind",
    message=_("“%(move)s” is not a way for applicants of this kind."),
    remedy=_("Choose one of the moves that the page of the application offers."),
    status=409,
)
define(
    "projects.step-waits",
    message=_("The step “%(move)s” waits for a second person already."),
    remedy=_("Sign it or take it back first."),
    status=409,
)
define(
    "projects.no-step-waits",
    message=_("No step waits for a second person."),
    remedy=_("Look at the page of the application: somebody may have signed it."),
    status=409,
)
define(
    "projects.two-persons",
    message=_("Two different persons are needed, one of them a lead of the bureau."),
    remedy=_("Ask a colleague to sign; who asked for the step cannot."),
    status=403,
)
define(
    "projects.window-closed",
    message=_("Applications were accepted from %(opens)s until %(closes)s."),
    remedy=_("What you wrote is kept. Ask the bureau for more time, with the reason."),
    status=409,
)
define(
    "projects.correction-late",
    message=_("The term for correction ended on %(due)s."),
    remedy=_("What you wrote is kept. Ask the bureau for more time, with the reason."),
    status=409,
)
define(
    "projects.form-incomplete",
    message=_("%(number)s parts of the form are missing or wrong: %(parts)s."),
    remedy=_("The check before handing in marks each of them."),
    status=409,
)
define(
    "projects.not-eligible",
    message=_("The applicant does not meet a condition: %(condition)s (%(why)s)"),
    remedy=_("Read the conditions on the page of the call, or ask the bureau."),
    status=409,
)
define(
    "projects.sealed-copy-outdated",
    message=_("The scan is of a paper copy that says something else than the form does now."),
    remedy=_(
        "Print the paper copy again, have it sealed, and put its scan in the place of the old one."
    ),
    status=409,
)
define(
    "projects.sealed-copy-missing",
    message=_("The scan of the sealed paper copy is missing."),
    remedy=_("Print the paper copy, have it sealed, scan it and add the file."),
    status=409,
)
define(
    "projects.quota-used",
    message=_("The quota of %(most)s recommendations is used up."),
    remedy=_("Take a recommendation back first, or ask the bureau for a larger quota."),
    status=409,
)
define(
    "projects.checks-open",
    message=_("Not every question of the check of form was answered with yes: %(questions)s."),
    remedy=_("Answer them, return the application for correction, or let it fail."),
    status=409,
)
define(
    "projects.reviews-out",
    message=_("%(there)s of %(wanted)s reviews are there."),
    remedy=_("Wait for them, remind the experts, or ask others."),
    status=409,
)
define(
    "projects.panel-not-held",
    message=_("No closed panel has advised on this application."),
    remedy=_("Enter the panel, its attendance and its advice, and close it."),
    status=409,
)
define(
    "projects.visit-not-reported",
    message=_("No visit on site was reported."),
    remedy=_("Enter the report of the visit first."),
    status=409,
)
define(
    "projects.proposed-otherwise",
    message=_("What is proposed for this application is: %(proposal)s."),
    remedy=_("Change the proposal with its grounds first."),
    status=409,
)
define(
    "projects.publicity-runs",
    message=_("The application is on public notice until %(until)s."),
    remedy=_("Wait until the notice is over."),
    status=409,
)
define(
    "projects.objection-open",
    message=_("%(number)s objections wait for an answer."),
    remedy=_("Answer them first."),
    status=409,
)
define(
    "projects.objection-stands",
    message=_("An objection was found right."),
    remedy=_("Refuse the application, with the reason."),
    status=409,
)
define(
    "projects.no-objection-upheld",
    message=_("No objection was found right."),
    remedy=_("Answer the objections first; without one this move cannot be taken."),
    status=409,
)
define(
    "projects.tasks-missing",
    message=_("No tasks of building were entered."),
    remedy=_("Enter at least one task with its day."),
    status=409,
)
define(
    "projects.reports-open",
    message=_("%(number)s reports that are due were not accepted yet."),
    remedy=_("Hand them in, or wait until the bureau has judged them."),
    status=409,
)
define(
    "projects.acceptance-otherwise",
    message=_("The last acceptance review does not say so."),
    remedy=_("Enter what the review found first."),
    status=409,
)
define(
    "projects.reason-needed",
    message=_("This needs a reason."),
    remedy=_("Write in one sentence why; whom it concerns can read it."),
    status=422,
)
define(
    "projects.kind-may-not-apply",
    message=_("Bodies of this kind may not apply in this call: %(kind)s."),
    remedy=_("Read in the call who may apply, or ask the bureau."),
    status=409,
)
define(
    "projects.sample-apart",
    message=_("Sample accounts apply in demonstration calls alone, and nobody else does."),
    remedy=_("Choose a call from the list; it shows those that are open to you."),
    status=409,
)
define(
    "projects.title-missing",
    message=_("The application has no title."),
    remedy=_("Write what is applied for, as it shall stand in the list."),
    status=422,
)
define(
    "projects.applied-already",
    message=_("Your body has an application “%(title)s” in this call already."),
    remedy=_("Go on with that one, or choose another title."),
    status=409,
)
define(
    "projects.applied-once",
    message=_(
        "Your body has %(number)s in this call already, and one body is expected to have %(most)s at most."
    ),
    remedy=_("Go on with what is there, or say that another one is meant."),
    status=409,
)
define(
    "projects.enough-applied",
    message=_("Your body has %(number)s in this call already; no more than %(most)s are allowed."),
    remedy=_("Go on with what is there, or withdraw it first."),
    status=409,
)
define(
    "projects.not-a-draft",
    message=_("The application stands at “%(state)s”, so nothing of it can be changed."),
    remedy=_("Ask the bureau to return it for correction."),
    status=409,
)
define(
    "projects.part-changed",
    message=_("Somebody else saved this part after you opened it."),
    remedy=_("Both versions stand below. Put them together and save again."),
    status=409,
)
define(
    "projects.file-ending",
    message=_("%(name)s is none of the kinds of files wanted here."),
    remedy=_("Accepted are: %(accepted)s."),
    status=422,
)
define(
    "projects.file-large",
    message=_("%(name)s is larger than the %(most)s MB allowed here."),
    remedy=_("Make it smaller, for example by a lower resolution of the pictures."),
    status=413,
)
define(
    "projects.files-enough",
    message=_("%(most)s files are there, and no more are allowed."),
    remedy=_("Remove one first."),
    status=409,
)
define(
    "projects.file-twice",
    message=_("%(name)s is here already: its content is the same, byte for byte."),
    remedy=_("Choose another file."),
    status=409,
)
define(
    "projects.file-blocked",
    message=_("A virus was found in this file, so it is not sent to anybody."),
    remedy=_("Ask the applicant for a clean file."),
    status=409,
)
define(
    "projects.digest-unreadable",
    message=_("“%(typed)s” is no check number: it has at least 8 of the signs 0–9 and a–f."),
    remedy=_("Copy it from the foot of the printed paper, or leave it empty."),
    status=422,
)
define(
    "projects.no-hand-in",
    message=_("The application cannot be handed in from where it stands."),
    remedy=_("Its page says what comes next."),
    status=409,
)
define(
    "projects.in-hand",
    message=_("The bureau is working on this application at this moment."),
    remedy=_("Try again later, or ask the bureau."),
    status=409,
)
define(
    "projects.check-unknown",
    message=_("The check of form has no question “%(question)s”."),
    remedy=_("Open the page of the check again and answer what stands there."),
    status=422,
)
define(
    "projects.check-needs-words",
    message=_("A question was answered with no, but not in words: %(question)s"),
    remedy=_("Write what is missing or wrong; the applicant has to correct it."),
    status=422,
)
define(
    "projects.rank-late",
    message=_("The application %(number)s is past the check, so its place in the order stands."),
    remedy=_("Leave its place as it is."),
    status=409,
)
define(
    "projects.rank-twice",
    message=_("The place %(rank)s is given twice."),
    remedy=_("Give each place to one application."),
    status=422,
)
define(
    "projects.body-unknown",
    message=_("The registry has no body, or more than one, with the name “%(name)s”."),
    remedy=_("Write the full name as the registry has it."),
    status=422,
)
define(
    "projects.quota-twice",
    message=_("“%(name)s” stands in the list twice."),
    remedy=_("Leave one line for each body."),
    status=422,
)
define(
    "projects.quota-unreadable",
    message=_("Line %(line)s cannot be read: %(given)s"),
    remedy=_("Write the name of the body and then the number, with a space between."),
    status=422,
)
define(
    "projects.no-list-font",
    message=_("The server has no font with Chinese characters, so no PDF can be made."),
    remedy=_("Take the Excel file, or ask the operator to install Noto Serif CJK."),
    status=409,
)
define(
    "projects.call-missing",
    message=_("The call of this table is no longer in preparation or published."),
    remedy=_("Open the import again from the page of the call."),
    status=409,
)
define(
    "projects.not-a-sample",
    message=_("Only a demonstration call may be filled with invented applications."),
    remedy=_("Let applicants write and experts review."),
    status=409,
)
define(
    "projects.term-past",
    message=_("The day %(due)s is not in the future."),
    remedy=_("Give a later day."),
    status=422,
)
