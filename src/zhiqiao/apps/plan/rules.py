"""When a target counts as met, who may freeze the board, and who may do what to a task."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.apps.plan.choices import ReportState, Step, TargetStatus, TaskKind, TaskState
from zhiqiao.apps.plan.models import ProgressReport, Supervision, Task, TaskPart
from zhiqiao.core import errors
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.measures import Bound, ListState
from zhiqiao.packs import Target, status_of

STAFF = frozenset({Role.BUREAU_CLERK, Role.BUREAU_LEAD})
REPORTERS = frozenset({Role.BODY_CLERK, Role.SCHOOL_CLERK, Role.BUREAU_CLERK, Role.BUREAU_LEAD})
# The step that must stand unanswered and overdue before this one may be taken.
STEP_BEFORE = {Step.NOTE: Step.REMINDER, Step.ESCALATION: Step.NOTE}

errors.define(
    "plan.freeze-needs-lead",
    message=_("Only the bureau's lead may freeze the board."),
    remedy=_("Ask a colleague who holds this role, or the security administrator for the role."),
    status=403,
)
errors.define(
    "plan.recording-needs-bureau",
    message=_("Only the bureau's clerks may record figures that others published."),
    remedy=_("Ask the bureau to record the figure, with its source."),
    status=403,
)
errors.define(
    "plan.unknown-target",
    message=_("The plan has no target %(id)s."),
    remedy=_("Choose a target from the board."),
    status=404,
)
errors.define(
    "plan.unknown-body",
    message=_("There is no such body, or you may not see it."),
    remedy=_("Choose a body from the records of the target."),
    status=404,
)
errors.define(
    "plan.unknown-article",
    message=_("The plan has no article %(id)s."),
    remedy=_("Choose an article from the list."),
    status=404,
)
errors.define(
    "plan.freeze-does-not-replay",
    message=_("The frozen board cannot be replayed to its own figures: %(targets)s."),
    remedy=_("Keep the record as it is and tell the audit administrator."),
    status=409,
)
errors.define(
    "plan.tasks-need-bureau",
    message=_("Only the bureau assigns tasks, reviews reports and sends reminders."),
    remedy=_("Ask the bureau; your own body's tasks are on the page of what it has to report."),
    status=403,
)
errors.define(
    "plan.tasks-need-lead",
    message=_("Only the bureau's lead may escalate a matter or close a task."),
    remedy=_("Ask a colleague who holds this role."),
    status=403,
)
errors.define(
    "plan.tasks-not-yours",
    message=_("Tasks are open to the bureau and to the bodies that take part in them."),
    remedy=_("Ask the bureau to give your body a part, or sign in with the right account."),
    status=403,
)
errors.define(
    "plan.part-not-yours",
    message=_("Only a clerk of %(body)s may write this."),
    remedy=_("Ask a clerk of that body; the bureau can assign the task to another one."),
    status=403,
)
errors.define(
    "plan.unknown-task",
    message=_("There is no such task, or your body has no part in it."),
    remedy=_("Choose a task from the list."),
    status=404,
)
errors.define(
    "plan.task-closed",
    message=_("The task %(number)s is closed."),
    remedy=_("Nothing is to be done; the bureau's lead can open a matter for what is left."),
    status=409,
)
errors.define(
    "plan.part-ended",
    message=_("%(body)s no longer has this part in the task; what was written is kept."),
    remedy=_("The body that took over reports from now on; it can read what is here."),
    status=409,
)
errors.define(
    "plan.body-has-part",
    message=_("%(body)s has a part in this task already."),
    remedy=_("End that part first, or choose another body."),
    status=409,
)
errors.define(
    "plan.side-has-lead",
    message=_("%(body)s leads this task on that side already."),
    remedy=_("End that part first, or let the new body take part without leading."),
    status=409,
)
errors.define(
    "plan.side-of-a-matter",
    message=_("A task of the city has one side only."),
    remedy=_("Choose the city's side, or open a matter between the two cities."),
    status=422,
)
errors.define(
    "plan.body-unknown",
    message=_("No body is called “%(name)s”. %(near)s"),
    remedy=_("Write the name as the register has it, or enter the body there first."),
    status=422,
)
errors.define(
    "plan.body-of-other-data",
    message=_("Demonstration tasks take sample bodies, real tasks real ones; %(body)s is not."),
    remedy=_("Choose another body."),
    status=409,
)
errors.define(
    "plan.person-of-another-body",
    message=_("%(person)s has no role in %(body)s."),
    remedy=_("Choose a person of that body, or leave the person open."),
    status=422,
)
errors.define(
    "plan.report-handed-in",
    message=_("The report was handed in and waits for the bureau, or is accepted."),
    remedy=_("The bureau can return it for correction; write what is new into the next report."),
    status=409,
)
errors.define(
    "plan.report-not-handed-in",
    message=_("There is no report to review: it was not handed in, or was reviewed before."),
    remedy=_("Reload the page to see the present state."),
    status=409,
)
errors.define(
    "plan.own-report",
    message=_("Nobody reviews a report that they wrote themselves."),
    remedy=_("Ask a colleague of the bureau."),
    status=403,
)
errors.define(
    "plan.period-unknown",
    message=_("This task has no reporting period that ends on %(day)s."),
    remedy=_("Choose a period from the list of what is to be reported."),
    status=404,
)
errors.define(
    "plan.changed-meanwhile",
    message=_("Somebody else changed this while you had it open."),
    remedy=_("Compare with the present text below, then save again. What you typed is kept."),
    status=409,
)
errors.define(
    "plan.step-too-early",
    message=_("A %(step)s follows a %(before)s that was not answered in time; there is none."),
    remedy=_("Send the earlier step first, or wait until its day has passed."),
    status=409,
)
errors.define(
    "plan.step-open",
    message=_("A %(step)s is waiting for an answer until %(day)s."),
    remedy=_("Wait for that day, or for the answer."),
    status=409,
)
errors.define(
    "plan.answered-already",
    message=_("This was answered before."),
    remedy=_("Reload the page to see the answer."),
    status=409,
)
errors.define(
    "plan.clock-behind",
    message=_(
        "The computer's clock shows %(today)s, which is before %(last)s, the last entry here."
    ),
    remedy=_("Ask the operator to set the clock; nothing was written."),
    status=503,
)
errors.define(
    "plan.matter-needs-sides",
    message=_("Only a matter has views of its sides."),
    remedy=_("Write what your body does into its progress report."),
    status=409,
)
errors.define(
    "plan.days-not-set",
    message=_("The policy pack does not set %(name)s, so no deadline can be told."),
    remedy=_("Add the parameter to the pack; cn-core shows how."),
    status=409,
)
errors.define(
    "plan.text-needed",
    message=_("Nothing was written."),
    remedy=_("Write at least one sentence that others can follow later."),
    status=422,
)


def can_freeze_board(actor: Actor) -> Verdict:
    if actor is None or holds_role(actor, Role.BUREAU_LEAD):
        return ALLOWED
    return refused("plan.freeze-needs-lead")


def target_status(
    target: Target,
    value: Decimal | None,
    *,
    bound: Bound,
    list_state: ListState,
    today: date,
    started: date,
) -> TargetStatus:
    """Judge a figure by the one rule that packs and their own tests use too."""
    status = status_of(
        target,
        None if bound is Bound.NONE else value,
        exact=bound is Bound.EXACT,
        list_state=list_state,
        day=today,
        started=started,
    )
    return TargetStatus(status.value)


def can_record_reported_figures(actor: Actor) -> Verdict:
    if actor is None or holds_role(actor, Role.BUREAU_CLERK) or holds_role(actor, Role.BUREAU_LEAD):
        return ALLOWED
    return refused("plan.recording-needs-bureau")


def can_coordinate(actor: Actor) -> Verdict:
    """Judge assigning, reviewing and reminding: the work of the bureau."""
    if actor is None or any(holds_role(actor, role) for role in STAFF):
        return ALLOWED
    return refused("plan.tasks-need-bureau")


def can_decide_tasks(actor: Actor) -> Verdict:
    if actor is None or holds_role(actor, Role.BUREAU_LEAD):
        return ALLOWED
    return refused("plan.tasks-need-lead")


def can_see_tasks(actor: Actor) -> Verdict:
    if any(holds_role(actor, role) for role in REPORTERS):
        return ALLOWED
    return refused("plan.tasks-not-yours")


def can_write_for(actor: Actor, part: TaskPart) -> Verdict:
    """Judge reports, answers and views of a side: only the body itself speaks for itself."""
    if any(holds_role(actor, role, part.organisation_id) for role in REPORTERS):
        return ALLOWED
    return refused("plan.part-not-yours", body=part.organisation.name)


def is_open(task: Task) -> Verdict:
    if task.state == TaskState.OPEN:
        return ALLOWED
    return refused("plan.task-closed", number=task.code)


def is_in_force(part: TaskPart) -> Verdict:
    if part.ended_at is not None:
        return refused("plan.part-ended", body=part.organisation.name)
    return is_open(part.task)


def can_be_written(report: ProgressReport) -> Verdict:
    if report.state in {ReportState.DRAFT, ReportState.RETURNED}:
        return is_in_force(report.part)
    return refused("plan.report-handed-in")


def can_be_reviewed(actor: Actor, report: ProgressReport) -> Verdict:
    """Judge a review; a report handed in before its part ended is reviewed as well."""
    if report.state != ReportState.SUBMITTED:
        return refused("plan.report-not-handed-in")
    if isinstance(actor, AbstractBaseUser) and report.writers.filter(pk=actor.pk).exists():
        return refused("plan.own-report")
    return ALLOWED


def can_supervise(actor: Actor, step: str) -> Verdict:
    return can_decide_tasks(actor) if step == Step.ESCALATION else can_coordinate(actor)


def step_follows(step: str, latest: Supervision | None, *, today: date) -> Verdict:
    """Judge the next rung: one at a time, each on an unanswered and overdue one before it."""
    is_waiting = latest is not None and latest.answered_at is None
    if latest is not None and is_waiting and latest.answer_by >= today:
        return refused("plan.step-open", step=latest.get_step_display(), day=latest.answer_by)
    before = STEP_BEFORE.get(Step(step))
    if before and not (latest is not None and is_waiting and latest.step == before):
        return refused("plan.step-too-early", step=Step(step).label, before=before.label)
    return ALLOWED


def has_sides(task: Task) -> Verdict:
    if task.kind == TaskKind.CITY:
        return refused("plan.matter-needs-sides")
    return ALLOWED
