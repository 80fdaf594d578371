"""What the work of experts refuses."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import define

define(
    "projects.no-review",
    message=_("There is no such review, or it is not yours."),
    remedy=_("Go back to your reviews and choose from there."),
    status=404,
)
define(
    "projects.review-not-open",
    message=_("This review stands at “%(state)s”, where this cannot be done."),
    remedy=_("Ask the bureau if that is a mistake."),
    status=409,
)
define(
    "projects.review-not-contested",
    message=_("No conflict of interest is known of this review, or it was decided on already."),
    remedy=_("Enter the conflict first; the page of the reviews shows how it stands now."),
    status=409,
)
define(
    "projects.reviews-contested",
    message=_("%(number)s reviews in conflict of interest wait for a decision."),
    remedy=_("Decide on the page of the scores whether they are set aside or count."),
    status=409,
)
define(
    "projects.result-settled",
    message=_("The result is settled; the application stands at “%(state)s”."),
    remedy=_("Take the move that leads back to the decision first, where the lifecycle has one."),
    status=409,
)
define(
    "projects.decision-waits",
    message=_("A decision on this review waits for a second person already."),
    remedy=_("Sign it, or take it back first."),
    status=409,
)
define(
    "projects.no-decision-waits",
    message=_("No decision on this review waits."),
    remedy=_("The page of the scores shows how it stands now."),
    status=409,
)
define(
    "projects.not-under-review",
    message=_("The application is not under expert review now; it stands at “%(state)s”."),
    remedy=_("Nothing more needs to be done here."),
    status=409,
)
define(
    "projects.undertaking-missing",
    message=_("Nothing is shown before you declare and undertake."),
    remedy=_("Tick both sentences, declare a conflict of interest, or refuse."),
    status=422,
)
define(
    "projects.expert-in-conflict",
    message=_("This expert is in conflict with the application: %(kind)s."),
    remedy=_("Choose another expert."),
    status=409,
)
define(
    "projects.conflict-ended-review",
    message=_("Your review of this application has ended."),
    remedy=_("Go back to your reviews; the bureau has been told."),
    status=409,
)
define(
    "projects.expert-asked-already",
    message=_("This expert reviews the application already, or did."),
    remedy=_("Choose another expert."),
    status=409,
)
define(
    "projects.expert-not-active",
    message=_("This expert is not to be asked now."),
    remedy=_("Choose another expert, or take this one up again."),
    status=409,
)
define(
    "projects.list-too-long",
    message=_("A PDF holds %(most)s rows at most; this list is longer."),
    remedy=_("Narrow the list with its filters, or take it as an Excel file."),
    status=409,
)
define(
    "projects.expert-cautioned",
    message=_("Something speaks against this expert: %(against)s."),
    remedy=_("Choose another expert, or tick that you add this one all the same."),
    status=409,
)
define(
    "projects.expert-full",
    message=_("This expert has %(load)s reviews in this call and takes %(most)s at most."),
    remedy=_("Choose another expert, or raise the number on the expert's page."),
    status=409,
)
define(
    "projects.no-expert-review",
    message=_("The lifecycle of this call knows no review by experts."),
    remedy=_("Take the moves that the page of the application offers."),
    status=409,
)
define(
    "projects.mark-missing",
    message=_("“%(criterion)s” has no mark yet."),
    remedy=_("Give every criterion a mark before you hand in."),
    status=422,
)
define(
    "projects.mark-out-of-scale",
    message=_(
        "“%(criterion)s” takes marks from 0 to %(most)s in steps of %(step)s, not %(given)s."
    ),
    remedy=_("Correct the mark."),
    status=422,
)
define(
    "projects.question-open",
    message=_("“%(question)s” is not answered."),
    remedy=_("Answer yes or no."),
    status=422,
)
define(
    "projects.words-too-few",
    message=_("The opinion has %(number)s characters; at least %(least)s are asked for."),
    remedy=_("Say what the marks rest on."),
    status=422,
)
define(
    "projects.sheet-changed",
    message=_("The sheet was saved elsewhere meanwhile."),
    remedy=_("Compare with what is kept, which is shown again, and save once more."),
    status=409,
)
define(
    "projects.draw-not-proposed",
    message=_("This assignment was confirmed or discarded already."),
    remedy=_("Make a new one for what is still missing."),
    status=409,
)
define(
    "projects.draw-open",
    message=_("An assignment of this call waits to be confirmed or discarded."),
    remedy=_("Open it from the list of assignments first."),
    status=409,
)
define(
    "projects.work-queued",
    message=_("The worker is at it already."),
    remedy=_("How far it is stands under your jobs."),
    status=409,
)
define(
    "projects.nothing-to-assign",
    message=_("No application under review needs another review."),
    remedy=_("Let applications pass the check of form first."),
    status=409,
)
define(
    "projects.draw-refused",
    message=_("The assignment did not pass its own check and was not kept: %(problem)s"),
    remedy=_("Tell the operator; nothing was changed."),
    status=409,
)
define(
    "projects.scores-refused",
    message=_("The scores did not pass their own check and were not kept: %(problem)s"),
    remedy=_("Tell the operator; nothing was changed."),
    status=409,
)
define(
    "projects.panel-closed",
    message=_("The panel is closed; nothing of it changes any more."),
    remedy=_("Make a new panel if something must be advised on again."),
    status=409,
)
define(
    "projects.panel-too-few",
    message=_("%(present)s experts were present; at least %(least)s must be."),
    remedy=_("Note who was present, or hold the panel again."),
    status=409,
)
define(
    "projects.panel-too-many",
    message=_("The panel has %(seats)s seats and %(most)s are allowed."),
    remedy=_("Take somebody out first."),
    status=409,
)
define(
    "projects.panel-open-items",
    message=_("%(number)s applications have no advice yet."),
    remedy=_("Enter the votes and the advice on each, or take it off the panel."),
    status=409,
)
define(
    "projects.votes-do-not-fit",
    message=_("%(votes)s votes were given by %(present)s experts who may vote."),
    remedy=_("Correct the votes; whoever is in conflict with the application does not vote."),
    status=422,
)
define(
    "projects.no-panel",
    message=_("There is no such panel, or it is not yours to see."),
    remedy=_("Go back to the call and choose from there."),
    status=404,
)
define(
    "projects.visit-words-missing",
    message=_("The report of the visit is empty."),
    remedy=_("Write what was seen, or add the signed report as a file."),
    status=422,
)
define(
    "projects.file-withheld",
    message=_("This file is kept back because it may say who the applicant is."),
    remedy=_("Ask the bureau for a copy without names."),
    status=404,
)
define(
    "projects.expert-unnamed",
    message=_("The list of experts has %(number)s people named “%(name)s”."),
    remedy=_("Write the full name; of namesakes declare a tie on the expert's own page."),
    status=422,
)
define(
    "projects.no-panel-in-lifecycle",
    message=_("The lifecycle of this call knows no panel."),
    remedy=_("Take the moves that the page of the application offers."),
    status=409,
)
