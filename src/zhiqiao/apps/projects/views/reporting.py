"""Reports of building: written by the applicant, judged by the bureau, with their files."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import ReportFileForm, ReportForm, ReportJudgementForm
from zhiqiao.apps.projects.forms.building import RETURN
from zhiqiao.apps.projects.models import BuildReport
from zhiqiao.apps.projects.rules import can_run_calls, can_write
from zhiqiao.apps.projects.views.doors import (
    FORM_METHODS,
    Asked,
    answered,
    posted,
    signed_in_only,
    staff_only,
)
from zhiqiao.core.access import require
from zhiqiao.core.answering import attempted, note_refusal
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.files import open_file


@signed_in_only
@require_http_methods(FORM_METHODS)
def show_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a report, and keep what its writers typed, with any gaps."""
    report = queries.report_visible_to(request.user, uid)
    form = ReportForm(report, posted(request))
    if request.method == "POST":
        require(can_write(request.user, report.application))
        if form.is_valid() and _save(request, report, form):
            back = report.get_absolute_url()
            return attempted(request, lambda: None, done=_("The report was kept."), back=back)
    context = {
        "report": report,
        "application": report.application,
        "call": report.application.call,
        "title": queries.report_title(report),
        "numbers": queries.report_numbers(report),
        "files": report.files.select_related("file"),
        "form": form,
        "file_form": ReportFileForm(),
        "share": queries.share_in_words(queries.share_of(report.application, until=report)),
        "proposal": queries.proposal_of(report),
        "may_write": queries.is_to_be_written(report) and bool(can_write(request.user, report.application)),
        "may_run": bool(can_run_calls(request.user)),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "projects/building_report.html", context, status=status)


@signed_in_only
@require_POST
def hand_in_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    report = queries.report_visible_to(request.user, uid)
    require(can_write(request.user, report.application))
    return attempted(
        request,
        lambda: actions.hand_in_report(report, actor=request.user),
        done=_("The report was handed in; the bureau judges it."),
        back=report.get_absolute_url(),
    )


@signed_in_only
@require_POST
def add_report_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    report = queries.report_visible_to(request.user, uid)
    require(can_write(request.user, report.application))
    form = ReportFileForm(request.POST, request.FILES)

    def write() -> None:
        if not form.is_valid():
            raise InputError("projects.file-missing")
        given = form.cleaned_data["file"]
        actions.add_report_file(report, name=given.name, content=given.chunks(), actor=request.user)

    back = report.get_absolute_url()
    return attempted(request, write, done=_("The file was added."), back=back)


@signed_in_only
@require_safe
def download_report_file(request: HttpRequest, uid: UUID) -> FileResponse:
    stored = queries.report_file_visible_to(request.user, uid).file
    return FileResponse(
        open_file(stored),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.media_type or "application/octet-stream",
    )


@staff_only
@require_http_methods(FORM_METHODS)
def judge_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    report = queries.report_visible_to(request.user, uid)
    form = ReportJudgementForm(posted(request))
    asked = Asked(
        _("Judge a report"), _("Keep the decision"), _("The decision was kept."),
        report.application.call, report.get_absolute_url(),
        queries.share_in_words(queries.share_of(report.application, until=report)),
        f"{report.application.title} · {queries.report_title(report)}",
    )  # fmt: skip

    def write() -> None:
        verdict, findings = form.cleaned_data["verdict"], form.cleaned_data["findings"]
        if verdict == RETURN:
            actions.return_report(report, findings=findings, actor=request.user)
        else:
            actions.accept_report(report, verdict=verdict, findings=findings, actor=request.user)

    return answered(request, form, write, asked)


def _save(request: HttpRequest, report: BuildReport, form: ReportForm) -> bool:
    """Keep the report; a refusal stands above what was typed."""
    try:
        actions.save_report(
            report, form.given(), actor=request.user, version=form.cleaned_data["version"]
        )
    except (RuleError, InputError) as error:
        note_refusal(form, error)
        return False
    return True
