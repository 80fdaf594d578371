"""The words of admission: states, steps, kinds of flows and runs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SeasonState(TextChoices):
    DRAFT = "draft", _("Places are being planned")
    PLACES_FROZEN = "places-frozen", _("Places are frozen")
    CHOOSING = "choosing", _("Candidates choose")
    CHOICES_FROZEN = "choices-frozen", _("Choices are frozen")
    TRIAL = "trial", _("Trial run done")
    REVIEW = "review", _("Schools review files")
    DECIDED = "decided", _("Final run done")
    CONFIRMED = "confirmed", _("Confirmed by people")
    PUBLISHED = "published", _("Result published")
    CLOSED = "closed", _("Season closed")


class Arrow(TextChoices):
    """A step from one state of a season to the next."""

    FREEZE_PLACES = "freeze-places", _("Freeze the places")
    OPEN_CHOICES = "open-choices", _("Open the choices")
    FREEZE_CHOICES = "freeze-choices", _("Freeze the choices")
    RUN_TRIAL = "run-trial", _("Trial run")
    OPEN_REVIEW = "open-review", _("Send the files to the schools")
    RUN_FINAL = "run-final", _("Final run")
    CONFIRM = "confirm", _("Confirm the result")
    PUBLISH = "publish", _("Publish")
    CORRECT = "correct", _("Correction run")
    OPEN_SUPPLEMENTARY = "open-supplementary", _("Open a supplementary round")
    CLOSE = "close", _("Close the season")


class RequestState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")
    RETURNED = "returned", _("Returned for correction")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Request refused")


class FlowKind(TextChoices):
    """Why places came to a programme, left it, or went from one to another."""

    GRANT = "grant", _("Approved")
    INCREASE = "increase", _("Increased")
    DECREASE = "decrease", _("Decreased")
    MOVE = "move", _("Moved between programmes")


class Checkpoint(TextChoices):
    """When the share of bachelor places is looked at."""

    DRAFT = "draft", _("As asked for")
    APPROVED = "approved", _("As approved")
    ADJUSTED = "adjusted", _("After adjustments")
    REGISTERED = "registered", _("As admitted")


class Eligibility(TextChoices):
    PENDING = "pending", _("Not checked yet")
    ELIGIBLE = "eligible", _("May take part")
    INELIGIBLE = "ineligible", _("May not take part")


class PrivilegeState(TextChoices):
    ASKED = "asked", _("Privilege asked for")
    PUBLISHED = "published", _("On public notice")
    GRANTED = "granted", _("Privilege granted")
    REFUSED = "refused", _("Privilege refused")


class Due(TextChoices):
    """What the bureau has to do next with a privilege."""

    NOTICE = "notice", _("Look at the evidence, then put it on notice")
    DECISION = "decision", _("Decide: the notice is over")


class RunKind(TextChoices):
    TRIAL = "trial", _("Trial run")
    FINAL = "final", _("Final run")
    CORRECTION = "correction", _("Correction run")


class Made(TextChoices):
    """By whom a list of choices was written."""

    OWN = "own", _("By the candidate")
    ASSISTED = "assisted", _("Assisted, with two persons")


class AnswerKind(TextChoices):
    ACCEPTED = "accepted", _("Accepts the place")
    DECLINED = "declined", _("Declines the place")


class AppealState(TextChoices):
    FILED = "filed", _("Waits for an answer")
    UPHELD = "upheld", _("Found right")
    REJECTED = "rejected", _("Not found right")


class ContractState(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_FORCE = "in-force", _("In force")
    ENDED = "ended", _("No longer in force")


class GateOutcome(TextChoices):
    """What a member came to at a gate; without an entry nothing is known, which is not a failure."""

    PASSED = "passed", _("Passed")
    NOT_PASSED = "not-passed", _("Not passed")


class RunFault(TextChoices):
    """Where what is stored of a run departs from what was signed."""

    SIGNATURE = "signature", _("The bundle is not the one that was signed.")
    LEAVES = "leaves", _("The file of leaves is missing, or is not that of the bundle.")
    RESULTS = "results", _("Results are not those of the published leaves.")
    MISSING = "missing", _("Published leaves have no result.")
    LINES = "lines", _("Outcomes of programmes are not those of the bundle.")
    COUNTS = "counts", _("The totals are not those of the bundle.")
    SCORES = "scores", _("Scores are not those that were sealed.")
    CHOICES = "choices", _("Choices are not those that were frozen.")
    LEDGER = "ledger", _("Places are not the sum of their flows.")


#: How the history of a season, a programme or a candidate reads.
VERBS = {
    "admissions.season.opened": _("The season was opened"),
    "admissions.season.rehearsed": _("A rehearsal was opened"),
    "admissions.season.asked": _("A step was asked for"),
    "admissions.season.stepped": _("A step was taken"),
    "admissions.season.step_refused": _("A step was not signed"),
    "admissions.season.window_changed": _("The window for choices was changed"),
    "admissions.season.lines_set": _("Control lines were set"),
    "admissions.season.inputs_handed_out": _("The inputs of a run were handed out"),
    "admissions.season.results_handed_out": _("The admissions were handed out"),
    "admissions.run.checked": _("A run was checked against its bundle"),
    "admissions.season.scores_sealed": _("Scores were sealed"),
    "admissions.season.closures_seen": _("Moves of a trial of closures were downloaded"),
    "admissions.season.closures_tried": _("Closing small classes was tried"),
    "admissions.season.differences_seen": _("Differences of the two entries were downloaded"),
    "admissions.line.saved": _("The request was written"),
    "admissions.line.submitted": _("The request was handed in"),
    "admissions.line.returned": _("The request was returned for correction"),
    "admissions.line.refused": _("The request was refused"),
    "admissions.line.approved": _("Places were approved"),
    "admissions.line.adjusted": _("Places were adjusted"),
    "admissions.candidate.entered": _("The candidate was entered"),
    "admissions.candidate.judged": _("Eligibility was judged"),
    "admissions.candidate.pathway_set": _("The pathway was set"),
    "admissions.candidate.code_issued": _("A code for signing in was issued"),
    "admissions.candidate.code_sent": _("A code was sent by text message"),
    "admissions.candidate.activated": _("The account was opened by the candidate"),
    "admissions.candidate.choices_saved": _("Choices were saved"),
    "admissions.candidate.choices_locked": _("Choices were locked"),
    "admissions.candidate.choices_assisted": _("Choices were entered with assistance"),
    "admissions.candidate.struck_out": _("A school asked to strike out the file"),
    "admissions.candidate.strike_out_decided": _("A strike-out was decided"),
    "admissions.candidate.answered": _("The candidate answered the offer"),
    "admissions.candidate.appealed": _("An appeal was filed"),
    "admissions.candidate.appeal_answered": _("The appeal was answered"),
    "admissions.candidate.enrolled": _("Arrived at the school and was enrolled"),
    "admissions.candidate.unenrolled": _("The enrolment was taken back"),
    "admissions.season.enrolments_declared": _("The enrolments were declared complete or reopened"),
    "admissions.contract.saved": _("The pathway contract was written"),
    "admissions.contract.moved": _("The pathway contract came into force or ended"),
    "admissions.contract.gates_set": _("The gates were set"),
    "admissions.contract.cohort": _("A cohort was written"),
    "admissions.candidate.privilege": _("A privilege was asked for"),
    "admissions.candidate.privilege_published": _("A privilege was put on public notice"),
    "admissions.candidate.privilege_decided": _("A privilege was decided"),
    "admissions.candidate.privilege_objected": _("Somebody objected to a privilege"),
    "admissions.candidate.choices_assistance_asked": _("Assisted choices were written in"),
    "admissions.candidate.choices_assistance_refused": _("Assisted choices were refused"),
    "admissions.candidate.recheck_filed": _("A re-check of the scores was asked for"),
    "admissions.candidate.recheck_answered": _("The re-check was answered"),
    "admissions.candidate.scores_corrected": _("Scores were corrected"),
    "admissions.candidate.letter_issued": _("The letter of admission was issued"),
    "admissions.candidate.letter_withdrawn": _("The letter of admission was withdrawn"),
    "admissions.candidate.scores_seen": _("Scores were looked at"),
}
