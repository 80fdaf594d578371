"""What waits for a person, by role: each part is a number that leads to the page of the work."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import memberships_visible_to, roles_of, users_visible_to
from zhiqiao.apps.admissions.queries import files_to_review, waiting_for_staff
from zhiqiao.apps.people.queries import own_expert
from zhiqiao.apps.plan.queries import (
    board_strip,
    own_obligations,
    reports_to_review,
    task_tally,
)
from zhiqiao.apps.portal.queries.audit import latest_seal
from zhiqiao.apps.portal.queries.jobs import jobs_visible_to
from zhiqiao.apps.portal.queries.notices import unread_count
from zhiqiao.apps.projects.queries import (
    pending_count_visible_to,
    register_summary,
    reviews_due,
    waiting_for_applicant,
    waiting_for_bureau,
    waiting_for_recommender,
)
from zhiqiao.core.access import Actor
from zhiqiao.core.choices import JobState
from zhiqiao.core.dates import today
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.imports.queries import batches_visible_to
from zhiqiao.core.measures import ListState


@dataclass(frozen=True, slots=True)
class Task:
    """A number of things of one sort and what to do about them."""

    icon: str
    title: Promise
    count: int
    address: str
    advice: Promise


def roles_and_places(user: Actor) -> list[tuple[str, str, str]]:
    """Return each role in force with the name and the page of its organisation."""
    rows = memberships_visible_to(user).filter(ended_at=None, user_id=getattr(user, "pk", 0))
    return [
        (
            row.get_role_display(),
            row.organisation.name,
            reverse("registry:organisation", args=[row.organisation.uid]),
        )
        for row in rows.select_related("organisation")
    ]


def tasks_for(user: Actor) -> list[Task]:
    """Return the tasks of all roles of the person, each once, in the order of the roles."""
    roles = roles_of(user)
    makers = dict.fromkeys(maker for role in Role if role in roles for maker in TASKS[role])
    if own_expert(user) is not None:
        makers[_reviews] = None
    return [maker(user) for maker in (*makers, *((_notices,) if makers else ()))]


def open_imports_of(user: Actor, *, limit: int = 5) -> list[object]:
    if not isinstance(user, AbstractBaseUser):
        return []
    return list(batches_visible_to(user)[:limit])


def _decisions(user: Actor) -> Task:
    return Task(
        "inbox",
        _("Pending decisions"),
        pending_count_visible_to(user),
        reverse("projects:pending"),
        _("Rows whose level or judgement a person must state before they count."),
    )


def _missing_lists(user: Actor) -> Task:
    missing = [row for row in register_summary(user) if row.list_state == ListState.NOT_LOADED]
    return Task(
        "list",
        _("Lists not loaded"),
        len(missing),
        reverse("projects:registers"),
        _("Registers of the plan for which no list was entered or declared."),
    )


def _unfinished_imports(user: Actor) -> Task:
    done = (BatchState.COMMITTED, BatchState.CANCELLED)
    return Task(
        "upload",
        _("Unfinished imports"),
        batches_visible_to(user).exclude(state__in=done).count(),
        reverse("portal:imports"),
        _("Tables that you brought in but did not enter yet."),
    )


def _open_targets(_user: Actor) -> Task:
    open_ = [row for row in board_strip("en") if row["status"] in {"not-met", "behind"}]
    return Task(
        "target",
        _("Targets not met"),
        len(open_),
        reverse("plan:board"),
        _("Targets that the records show as not met or behind."),
    )


def _accounts(user: Actor) -> Task:
    return Task(
        "people",
        _("Accounts"),
        users_visible_to(user).count(),
        reverse("accounts:users"),
        _("Open and close accounts, or grant and end roles, as your role allows."),
    )


def _failed_jobs(user: Actor) -> Task:
    return Task(
        "warning",
        _("Failed jobs"),
        jobs_visible_to(user).filter(state=JobState.FAILED).count(),
        reverse("portal:jobs"),
        _("Jobs that stopped with an error."),
    )


def _sealed_entries(_user: Actor) -> Task:
    seal = latest_seal()
    return Task(
        "lock",
        _("Sealed audit entries"),
        seal.last_entry if seal else 0,
        reverse("portal:audit"),
        _("Read the audit trail and check its seals."),
    )


def _reviews(user: Actor) -> Task:
    return Task(
        "book",
        _("My reviews"),
        reviews_due(user, day=today()),
        reverse("projects:own_reviews"),
        _("Applications that the bureau asked you to review."),
    )


def _notices(user: Actor) -> Task:
    return Task(
        "info",
        _("Unread notices"),
        unread_count(user),
        reverse("portal:notices"),
        _("What happened around your tasks, and how you want to be told."),
    )


def _own_reports(user: Actor) -> Task:
    open_ = [one for one in own_obligations(user, today=today()) if one.is_open]
    return Task(
        "inbox",
        _("To report and to answer"),
        len(open_),
        reverse("plan:obligations"),
        _("Progress reports and answers that your body owes, with their days."),
    )


def _to_review(user: Actor) -> Task:
    return Task(
        "list",
        _("Reports to review"),
        reports_to_review(user).count(),
        reverse("plan:overview"),
        _("Progress reports that bodies have handed in, and what is overdue."),
    )


def _tasks(user: Actor) -> Task:
    return Task(
        "target",
        _("Tasks of the plan"),
        task_tally(user)["open"],
        reverse("plan:tasks"),
        _("Who does what for the plan, what was reported and what is due."),
    )


def _admission(user: Actor) -> Task:
    waiting = waiting_for_staff(user)
    return Task(
        "list",
        _("Waiting in admission"),
        sum(waiting.values()),
        reverse("admissions:seasons"),
        _("Steps to sign, requests for places, strike-outs and appeals to decide."),
    )


def _files(user: Actor) -> Task:
    return Task(
        "people",
        _("Files to review"),
        files_to_review(user),
        reverse("admissions:seasons"),
        _("Files of candidates that were sent to your school for review."),
    )


def _selection(user: Actor) -> Task:
    waiting = waiting_for_bureau(user, today())
    return Task(
        "list",
        _("Waiting in calls"),
        sum(waiting.values()),
        reverse("projects:calls"),
        _("Forms to check, steps to sign and terms that have passed."),
    )


def _to_recommend(user: Actor) -> Task:
    return Task(
        "people",
        _("To recommend"),
        waiting_for_recommender(user),
        reverse("projects:calls"),
        _("Applications that wait for a recommendation of your body."),
    )


def _own_applications(user: Actor) -> Task:
    return Task(
        "file",
        _("Applications to hand in"),
        waiting_for_applicant(user, timezone.now()),
        reverse("projects:own_applications"),
        _("Drafts of open calls, and what was returned for correction."),
    )


TASKS: dict[str, tuple[Callable[[Actor], Task], ...]] = {
    Role.BUREAU_CLERK: (
        _decisions,
        _to_review,
        _tasks,
        _admission,
        _selection,
        _unfinished_imports,
        _missing_lists,
    ),
    Role.BUREAU_LEAD: (
        _decisions,
        _to_review,
        _tasks,
        _admission,
        _selection,
        _missing_lists,
        _open_targets,
    ),
    Role.BODY_CLERK: (_own_reports, _tasks, _to_recommend, _own_applications),
    Role.SCHOOL_CLERK: (
        _own_reports,
        _files,
        _to_recommend,
        _own_applications,
        _unfinished_imports,
    ),
    Role.SYSTEM_ADMIN: (_accounts, _failed_jobs),
    Role.SECURITY_ADMIN: (_accounts,),
    Role.AUDIT_ADMIN: (_sealed_entries,),
}
