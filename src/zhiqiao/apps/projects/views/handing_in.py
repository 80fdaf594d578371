"""The last steps of an applicant: the check, the paper copy, handing in, the receipt, withdrawal."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import CoAuthorForm, WithdrawalForm
from zhiqiao.apps.projects.rules import acts_for, can_apply_for
from zhiqiao.apps.projects.views.doors import signed_in_only
from zhiqiao.apps.projects.views.writing import FORM_METHODS, around_draft, draft_of
from zhiqiao.core.access import require
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError


@signed_in_only
@require_safe
def problems(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show everything that stands against handing in, and the conditions of the call."""
    written = draft_of(request, uid)
    context = around_draft(request, written.application) | {
        "problems": queries.problems_of(written),
        "findings": queries.eligibility_of(written),
        "titles": {part.name: part.title for part in queries.parts_of(written.lifecycle)},
    }
    return render(request, "projects/writing_problems.html", context)


@signed_in_only
@require_http_methods(FORM_METHODS)
def hand_in(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand in what is saved; whatever stands against it, nothing that was written is lost."""
    written, refusal = draft_of(request, uid), None
    application = written.application
    require(can_apply_for(request.user, application.applicant_id))
    move = queries.hand_in_move(application)
    if request.method == "POST":
        try:
            actions.hand_in(application, actor=request.user)
        except (RuleError, InputError) as error:
            refusal = error
        else:
            return redirect("projects:handed_in", uid)
    context = around_draft(request, application) | {
        "refusal": refusal,
        "problems": queries.problems_of(written),
        "refusing": [one for one in queries.eligibility_of(written) if one.refuses],
        "digest": queries.digest_of(written),
        "is_paper_outdated": queries.is_paper_outdated(written),
        "move": move,
    }
    status = refusal.status if refusal else 200
    return render(request, "projects/writing_hand_in.html", context, status=status)


@signed_in_only
@require_safe
def handed_in(request: HttpRequest, uid: UUID) -> HttpResponse:
    written = draft_of(request, uid)
    if written.application.handed_in_at is None:
        raise MissingError("projects.missing")
    context = around_draft(request, written.application) | {"written": written}
    return render(request, "projects/writing_receipt.html", context)


@signed_in_only
@require_safe
def paper(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the whole application for printing, sealing and scanning."""
    written = draft_of(request, uid)
    context = around_draft(request, written.application) | {
        "shown": queries.shown_content(written),
        "digest": queries.paper_digest_of(written),
        "problems": queries.problems_of(written),
    }
    return render(request, "projects/writing_paper.html", context)


@signed_in_only
@require_http_methods(FORM_METHODS)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    require(can_apply_for(request.user, application.applicant_id))
    move = queries.withdrawal_move(application)
    if move is None:
        raise MissingError("projects.missing")
    form = WithdrawalForm(request.POST or None)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.take_move(application, move, actor=request.user, reason=reason)
        except (RuleError, InputError, RefusedError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, _("The application is withdrawn."))
            return redirect("projects:writing", uid)
    context = around_draft(request, application) | {"form": form, "title": _("Withdraw")}
    return render(request, "projects/writing_ask.html", context, status=422 if form.errors else 200)


@signed_in_only
@require_http_methods(FORM_METHODS)
def coauthors(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = draft_of(request, uid).application
    form = CoAuthorForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_coauthor(application, form.cleaned_data["login"], actor=request.user)
        except (RuleError, InputError, RefusedError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, _("The co-author can write now."))
            return redirect("projects:coauthors", uid)
    context = around_draft(request, application) | {
        "form": form,
        "rows": queries.coauthors_of(application),
        "may_add": acts_for(request.user, application.applicant_id),
    }
    status = 422 if form.errors else 200
    return render(request, "projects/writing_coauthors.html", context, status=status)


@signed_in_only
@require_POST
def remove_coauthor(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = draft_of(request, uid).application
    try:
        actions.remove_coauthor(application, request.POST.get("login", ""), actor=request.user)
    except (RuleError, InputError) as error:
        messages.error(request, f"{error.message} {error.remedy}".strip())
    return redirect("projects:coauthors", uid)
