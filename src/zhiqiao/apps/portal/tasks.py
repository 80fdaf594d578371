"""What the portal does when something happens, and by the clock."""

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from prometheus_client import Metric

from zhiqiao.apps.accounts.queries import people_by_keys, people_of, person_by_key, told_token
from zhiqiao.apps.admissions.queries import StepTold, told_of_step
from zhiqiao.apps.plan.queries import Told, told_of_part, told_of_report, told_of_supervision
from zhiqiao.apps.portal.actions import (
    MINORS_EVIDENCE,
    VERIFY_AUDIT,
    make_minors_evidence,
    notify,
    remind_of_deadlines,
    remind_of_terms,
    send_due,
    tell,
)
from zhiqiao.apps.portal.choices import NoticeKind
from zhiqiao.apps.portal.queries.notices import bureau_staff, undelivered
from zhiqiao.apps.projects.queries import (
    told_of_answer,
    told_of_build_report,
    told_of_change,
    told_of_coauthor,
    told_of_contest,
    told_of_more_time,
    told_of_move,
    told_of_objection,
    told_of_review,
    told_of_waiting_step,
    told_of_warning,
)
from zhiqiao.core.audit import verify_seals
from zhiqiao.core.events import Received, receiver
from zhiqiao.core.jobs import MORNING, Progress, job_kind, upkeep
from zhiqiao.core.metrics.sources import by_state, gauge, source


@job_kind(VERIFY_AUDIT, title=_("Check of the audit trail"))
def verify_audit(progress: Progress) -> Mapping[str, int]:
    progress.begin(None)
    return {"problems": len(verify_seals())}


@job_kind(MINORS_EVIDENCE, title=_("Evidence for the yearly audit of minors' data"))
def minors_evidence(
    progress: Progress, *, year: int, language: str, person: int
) -> Mapping[str, int]:
    progress.begin(None)
    actor = person_by_key(person)
    with translation.override(language):
        progress.attach_result(make_minors_evidence(year, actor=actor))
    return {}


@receiver("plan.part_assigned", key="portal.part-assigned")
def tell_of_part(event: Received) -> None:
    told = told_of_part(event.subject_uid)
    notify(people_of(told.organisation), NoticeKind.PART_ASSIGNED, told, key=event.key)


@receiver("plan.report_handed_in", key="portal.report-handed-in")
def tell_of_report(event: Received) -> None:
    told = told_of_report(event.subject_uid)
    people = bureau_staff(sample=told.is_sample)
    notify(people, NoticeKind.REPORT_HANDED_IN, told, key=event.key)


@receiver("plan.report_reviewed", key="portal.report-reviewed")
def tell_of_review(event: Received) -> None:
    told = told_of_report(event.subject_uid)
    returned = event.data["state"] == "returned"
    kind = NoticeKind.REPORT_RETURNED if returned else NoticeKind.REPORT_ACCEPTED
    notify(people_of(told.organisation), kind, told, key=event.key)


@receiver("plan.supervision_issued", key="portal.supervision-issued")
def tell_of_supervision(event: Received) -> None:
    told = told_of_supervision(event.subject_uid)
    notify(people_of(told.organisation), NoticeKind.SUPERVISION_ISSUED, told, key=event.key)


@receiver("plan.supervision_answered", key="portal.supervision-answered")
def tell_of_answer(event: Received) -> None:
    told = told_of_supervision(event.subject_uid)
    people = bureau_staff(sample=told.is_sample)
    notify(people, NoticeKind.SUPERVISION_ANSWERED, told, key=event.key)


@receiver("admissions.step_asked", key="portal.step-waits")
def tell_of_step(event: Received) -> None:
    told = told_of_step(event.subject_uid)
    people = bureau_staff(sample=told.is_sample).exclude(pk=told.asked_by)
    notify(people, NoticeKind.STEP_WAITS, _of_season(told), key=event.key)


@receiver("admissions.stepped", key="portal.result-published")
def tell_of_result(event: Received) -> None:
    told = told_of_step(event.subject_uid)
    if told.candidates:
        people = people_by_keys(told.candidates)
        notify(people, NoticeKind.RESULT_PUBLISHED, _of_season(told), key=event.key)


@receiver("projects.review_asked", key="portal.review-asked")
def tell_of_request(event: Received) -> None:
    told = told_of_review(event.subject_uid, to_expert=True)
    tell(told, NoticeKind.REVIEW_ASKED, key=event.key)


@receiver("projects.review_given_back", key="portal.review-given-back")
def tell_of_given_back(event: Received) -> None:
    told = told_of_review(event.subject_uid, to_expert=False)
    tell(told, NoticeKind.REVIEW_GIVEN_BACK, key=event.key)


@receiver("projects.review_contested", key="portal.review-contested")
def tell_of_contest(event: Received) -> None:
    tell(told_of_contest(event.subject_uid), NoticeKind.REVIEW_CONTESTED, key=event.key)


@receiver("projects.review_decision_asked", key="portal.review-decision-waits")
def tell_of_waiting_decision(event: Received) -> None:
    tell(told_of_contest(event.subject_uid), NoticeKind.APPLICATION_STEP_WAITS, key=event.key)


@receiver("projects.moved", key="portal.application-moved")
def tell_of_move(event: Received) -> None:
    told = told_of_move(event.subject_uid)
    returned = told.cause == "return"
    kind = NoticeKind.APPLICATION_RETURNED if returned else NoticeKind.APPLICATION_MOVED
    tell(told, kind, key=event.key)


@receiver("projects.more_time", key="portal.call-extended")
def tell_of_more_time(event: Received) -> None:
    tell(told_of_more_time(event.subject_uid), NoticeKind.CALL_EXTENDED, key=event.key)


@receiver("projects.coauthor_added", key="portal.coauthor-added")
def tell_of_coauthor(event: Received) -> None:
    told = told_of_coauthor(event.subject_uid, user=int(event.data["user"]))
    tell(told, NoticeKind.COAUTHOR_ADDED, key=event.key)


@receiver("projects.step_asked", key="portal.application-step-waits")
def tell_of_waiting_step(event: Received) -> None:
    told = told_of_waiting_step(event.subject_uid)
    tell(told, NoticeKind.APPLICATION_STEP_WAITS, key=event.key)


@receiver("projects.objected", key="portal.objection-filed")
def tell_of_objection(event: Received) -> None:
    tell(told_of_objection(event.subject_uid), NoticeKind.OBJECTION_FILED, key=event.key)


@receiver("projects.objection_answered", key="portal.objection-answered")
def tell_of_answered_objection(event: Received) -> None:
    for told in told_of_answer(event.subject_uid):
        tell(told, NoticeKind.OBJECTION_ANSWERED, key=event.key)


@receiver("projects.change_asked", key="portal.change-asked")
def tell_of_asked_change(event: Received) -> None:
    told = told_of_change(event.subject_uid, is_decided=False)
    tell(told, NoticeKind.CHANGE_ASKED, key=event.key)


@receiver("projects.change_decided", key="portal.change-decided")
def tell_of_decided_change(event: Received) -> None:
    told = told_of_change(event.subject_uid, is_decided=True)
    tell(told, NoticeKind.CHANGE_DECIDED, key=event.key)


@receiver("projects.report_handed_in", key="portal.build-report-handed-in")
def tell_of_build_report(event: Received) -> None:
    told = told_of_build_report(event.subject_uid, is_judged=False)
    tell(told, NoticeKind.BUILD_REPORT_HANDED_IN, key=event.key)


@receiver("projects.report_judged", key="portal.build-report-judged")
def tell_of_judged_build_report(event: Received) -> None:
    returned = event.data["state"] == "returned"
    kind = NoticeKind.BUILD_REPORT_RETURNED if returned else NoticeKind.BUILD_REPORT_ACCEPTED
    tell(told_of_build_report(event.subject_uid, is_judged=True), kind, key=event.key)


@receiver("projects.warned", key="portal.project-warned")
def tell_of_warning(event: Received) -> None:
    tell(told_of_warning(event.subject_uid), NoticeKind.PROJECT_WARNED, key=event.key)


def _of_season(told: StepTold) -> Told:
    return Told(0, told.is_sample, told.code, told.address, told.day)


@receiver("accounts.token_new_network", key="portal.token-new-network")
def tell_of_token(event: Received) -> None:
    token = told_token(event.subject_uid)
    address = reverse("accounts:tokens")
    told = Told(0, is_sample=False, code=token.hint, address=address, day=token.last_used_on)
    notify([token.owner], NoticeKind.TOKEN_NEW_NETWORK, told, key=event.key)


upkeep("portal.send_notices")(send_due)
upkeep("portal.deadlines", cron=MORNING)(remind_of_deadlines)
upkeep("portal.terms", cron=MORNING)(remind_of_terms)


@source("notices")
def _count_undelivered() -> Iterator[Metric]:
    counts, seconds = undelivered()
    yield by_state("notices_undelivered", "Messages that have not left.", counts)
    yield from gauge("notice_oldest_overdue_seconds", "How late the oldest of them is.", seconds)
