"""Privileges: asked for by schools, on public notice, and decided by the bureau."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.choices import Due
from zhiqiao.apps.admissions.forms.people import ObjectionForm, PrivilegeDecisionForm, PrivilegeForm
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season
from zhiqiao.apps.admissions.views.doors import (
    Asked,
    answered,
    signed_in_only,
    staff_only,
    workers_only,
)
from zhiqiao.apps.admissions.views.papers import paper_response, stored_upload
from zhiqiao.core.access import require
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.paging import paginate


@require_safe
def show_notice(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show everybody what the rules publish of privileges, and how to object."""
    season = queries.season_visible_to(request.user, uid)
    rows = queries.notice_of(season, today=today())
    context = {"season": season, "rows": rows, "term": season.rules.clocks.publicity}
    return render(request, "admissions/notice.html", context)


@workers_only
@require_safe
def list_privileges(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    due = request.GET.get("due", "")
    found = queries.privileges_visible_to(request.user, season, today=today(), due=due)
    page = paginate(found, request)
    context = {
        "season": season,
        "page": page,
        "rows": queries.privilege_rows(page.items, today=today()),
        "due": due,
        "dues": Due.choices,
    }
    return render(request, "admissions/privileges.html", context)


@workers_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask_privilege(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.candidate_visible_to(request.user, uid)
    require(can_act_for_school(request.user, candidate.school_id))
    form = PrivilegeForm(candidate.season, request.POST or None, request.FILES or None)
    asked = Asked(
        _("Ask for a privilege"),
        _("Ask"),
        _("The bureau looks at the evidence and puts it on public notice."),
        candidate.season,
        candidate.get_absolute_url(),
        candidate.number,
    )

    def write() -> None:
        given = form.cleaned_data
        file = stored_upload(given["file"], request)
        actions.ask_privilege(candidate, award=given["award"], evidence=given["evidence"],
                              file=file, actor=request.user)  # fmt: skip

    return answered(request, form, write, asked)


@workers_only
@require_safe
def show_privilege(request: HttpRequest, uid: UUID) -> HttpResponse:
    privilege = queries.privilege_visible_to(request.user, uid)
    context = {
        "privilege": privilege,
        "candidate": privilege.candidate,
        "season": privilege.candidate.season,
        "title": queries.award_title(privilege),
        "may_run": bool(can_run_season(request.user)),
        "objections": queries.objections_visible_to(request.user, privilege),
    }
    return render(request, "admissions/privilege.html", context)


@workers_only
@require_safe
def download_evidence(request: HttpRequest, uid: UUID) -> FileResponse:
    return paper_response(queries.privilege_visible_to(request.user, uid).file)


@staff_only
@require_POST
def publish_privilege(request: HttpRequest, uid: UUID) -> HttpResponse:
    privilege = queries.privilege_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.publish_privilege(privilege, actor=request.user),
        done=_("The privilege is on public notice."),
        back=privilege.get_absolute_url(),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide_privilege(request: HttpRequest, uid: UUID) -> HttpResponse:
    privilege = queries.privilege_visible_to(request.user, uid)
    form = PrivilegeDecisionForm(request.POST or None)
    asked = Asked(
        _("Decide on a privilege"),
        _("Keep the decision"),
        _("The decision was kept."),
        privilege.candidate.season,
        privilege.get_absolute_url(),
        f"{privilege.candidate.number} · {queries.award_title(privilege)}",
    )

    def write() -> None:
        given = form.cleaned_data
        granted = given["granted"] == "yes"
        decision = given["decision"]
        actions.decide_privilege(privilege, granted=granted, decision=decision, actor=request.user)

    return answered(request, form, write, asked)


@signed_in_only
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_privilege(request: HttpRequest, uid: UUID) -> HttpResponse:
    privilege, told = queries.noticed_privilege(uid, today=today())
    season = queries.season_visible_to(request.user, privilege.candidate.season.uid)
    form = ObjectionForm(request.POST or None)
    asked = Asked(
        _("Object to a privilege"),
        _("File the objection"),
        _("Your objection was filed; it is read before the decision."),
        season,
        reverse("admissions:notice", args=[season.uid]),
        f"{told.name} · {told.school} · {told.award}",
    )
    return answered(
        request,
        form,
        lambda: actions.object_to_privilege(
            privilege, text=form.cleaned_data["text"], actor=request.user
        ),
        asked,
    )
