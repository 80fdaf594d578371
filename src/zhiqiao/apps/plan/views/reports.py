"""What a body has to report, its reports, their review, and what follows silence."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.plan import actions, queries
from zhiqiao.apps.plan.choices import Step
from zhiqiao.apps.plan.forms import AnswerForm, ReportForm, ReviewForm, StepForm
from zhiqiao.apps.plan.models import ProgressReport, TaskPart
from zhiqiao.apps.plan.rules import can_be_written, can_coordinate, can_write_for
from zhiqiao.apps.plan.views.doors import Asked, answered, participants_only
from zhiqiao.core.access import require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.files import store
from zhiqiao.core.paging import paginate


@participants_only
@require_safe
def list_obligations(request: HttpRequest) -> HttpResponse:
    """Show what the person's own bodies must report, by when, and what happens if they do not."""
    day = today()
    context = {
        "obligations": queries.own_obligations(request.user, today=day),
        "consequences": queries.consequences(today=day),
        "day": day,
        "sample": getattr(request.user, "is_demonstration", False),
    }
    return render(request, "plan/obligations.html", context)


@participants_only
@require_safe
def list_obligations_of_all(request: HttpRequest) -> HttpResponse:
    """Show the bureau what is open and overdue over all bodies, the most urgent first."""
    require(can_coordinate(request.user))
    day = today()
    parts = queries.parts_reporting(request.user)
    found = [one for one in queries.obligations_of(parts, today=day) if one.is_open]
    context = {
        "page": paginate(found, request),
        "overdue": sum(one.state == "overdue" for one in found),
        "to_review": queries.reports_to_review(request.user),
        "day": day,
    }
    return render(request, "plan/overview.html", context)


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_report(request: HttpRequest, uid: UUID, period: str) -> HttpResponse:
    part = queries.part_visible_to(request.user, uid)
    require(can_write_for(request.user, part))
    end = _day(period)
    known = queries.report_for(part, end)
    form = ReportForm(request.POST or None, request.FILES or None, initial=_initial(known))
    if form.is_valid():
        try:
            report = _write(request, part, end, form)
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, _said(report))
            return redirect(report)
    context = {"form": form, "part": part, "task": part.task, "report": known}
    context |= {"period": queries.period_ending(part.task.every, end)}
    status = 422 if form.errors else 200
    return render(request, "plan/write_report.html", context, status=status)


def _day(period: str) -> date:
    try:
        return date.fromisoformat(period)
    except ValueError as error:
        raise Http404 from error


def _initial(known: ProgressReport | None) -> dict[str, object]:
    names = ("progress", "difficulties", "next_steps", "version")
    return {name: getattr(known, name) for name in names} if known else {}


def _write(request: HttpRequest, part: TaskPart, end: date, form: ReportForm) -> ProgressReport:
    given = form.cleaned_data
    words = actions.Words(
        progress=given["progress"],
        difficulties=given["difficulties"],
        next_steps=given["next_steps"],
        version=given["version"],
    )
    upload = given["file"]
    files = [store(upload.name, upload.chunks(), actor=request.user)] if upload else []
    report = actions.save_report(part, end, words, actor=request.user, files=files)
    if "hand_in" in request.POST:
        return actions.submit_report(report, actor=request.user)
    return report


def _said(report: ProgressReport) -> str:
    if report.state == "submitted":
        return _("The report was handed in; the bureau reviews it.")
    return _("The draft was saved. Hand it in when it is complete.")


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def show_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a report; the bureau returns or accepts it here."""
    report = queries.report_visible_to(request.user, uid)
    if request.method == "POST":
        require(can_coordinate(request.user))
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        try:
            _review(request, report, form.cleaned_data["note"])
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            return redirect(report)
    own = bool(can_write_for(request.user, report.part))
    context = {
        "report": report,
        "part": report.part,
        "task": report.part.task,
        "evidence": report.evidence.select_related("file"),
        "history": queries.history_of_report(report),
        "form": form,
        "may_review": queries.waits_for_review_by(request.user, report),
        "may_write": own and bool(can_be_written(report)),
    }
    return render(request, "plan/report.html", context, status=422 if form.errors else 200)


def _review(request: HttpRequest, report: ProgressReport, note: str) -> None:
    if "accept" in request.POST:
        actions.accept_report(report, actor=request.user, note=note)
        messages.success(request, _("The report is accepted."))
    else:
        actions.return_report(report, actor=request.user, note=note)
        messages.success(request, _("The report goes back for correction."))


@participants_only
@require_POST
def hand_in(request: HttpRequest, uid: UUID) -> HttpResponse:
    report = queries.report_visible_to(request.user, uid)
    require(can_write_for(request.user, report.part))
    try:
        report = actions.submit_report(report, actor=request.user)
    except (RuleError, InputError) as error:
        messages.error(request, f"{error.message} {error.remedy}")
    else:
        messages.success(request, _said(report))
    return redirect(report)


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def take_step(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    part = queries.part_visible_to(request.user, uid)
    require(can_coordinate(request.user))
    if step not in Step.values:
        raise Http404
    form = StepForm(request.POST or None)
    words = Asked(
        _("%(step)s to %(body)s") % {"step": Step(step).label, "body": part.organisation.name},
        _("Send"),
        _("It was sent, with the day by which it is to be answered."),
        part.task,
        part.task.get_absolute_url(),
        {"days": queries.days_within("answer_within", today(), key=(step,))},
    )
    return answered(
        request,
        form,
        lambda: actions.take_step(part, step, text=form.cleaned_data["text"], actor=request.user),
        words,
    )


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    asked = queries.supervision_visible_to(request.user, uid)
    require(can_write_for(request.user, asked.part))
    form = AnswerForm(request.POST or None)
    words = Asked(
        _("Answer: %(step)s") % {"step": asked.get_step_display()},
        _("Send the answer"),
        _("The answer was sent to the bureau."),
        asked.part.task,
        reverse("plan:obligations"),
        {"supervision": asked},
    )
    return answered(
        request,
        form,
        lambda: actions.answer_supervision(
            asked, text=form.cleaned_data["text"], actor=request.user
        ),
        words,
    )


@participants_only
@require_safe
def print_progress(request: HttpRequest) -> HttpResponse:
    """Print the state of all tasks on a day, with the latest accepted report of each body."""
    require(can_coordinate(request.user))
    day = min(_asked_day(request) or today(), today())
    context = {
        "day": day,
        "groups": queries.progress_on(request.user, day),
        "tally": queries.task_tally(request.user),
        "sample": getattr(request.user, "is_demonstration", False),
    }
    return render(request, "plan/progress_print.html", context)


def _asked_day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
