from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import (
    CorrectionForm,
    EvidenceForm,
    MatchForm,
    RevocationForm,
    correction_of,
)
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.projects.queries.endings import ending_of
from zhiqiao.apps.projects.rules import can_keep_register
from zhiqiao.apps.projects.views.doors import keepers_only
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.citations import cite
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.files import store
from zhiqiao.core.search import filter_by_text

FORM_METHODS = ["GET", "HEAD", "POST"]
CANDIDATES = 12


@require_safe
def recognition(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an item; the pages of a demonstration call lead to its items, which say what they are."""
    row = queries.recognition_visible_to(request.user, uid, sample=True)
    is_sample = row.provenance == Provenance.DEMONSTRATION
    may_keep = not is_sample and bool(can_keep_register(request.user))
    context = {
        "row": row,
        "kind": queries.kind_or_missing(row.kind),
        "partners": row.partners.select_related("organisation"),
        "evidence": queries.evidence_of(row),
        "origin": queries.origin_of(row),
        "decisions": queries.decisions_about(row),
        "pending": queries.pending_decisions_about(row, request.user),
        "targets": queries.targets_of_kind(row.kind),
        "history": queries.history_steps(row, request.user),
        "may_keep": may_keep,
        "ending": ending_of(row) if may_keep else None,
    }
    return render(request, "projects/recognition.html", context)


@keepers_only
@require_http_methods(FORM_METHODS)
def recognition_correct(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = queries.recognition_visible_to(request.user, uid)
    form = CorrectionForm(request.POST or None, initial=correction_of(row))

    def correct() -> None:
        actions.correct_recognition(
            row,
            actor=request.user,
            changes=form.changes(),
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        )

    words = {
        "title": _("Correct an item"),
        "button": _("Save the correction"),
        "done": _("The correction was saved; the board counts it now."),
    }
    return _answered(request, row, form, correct, words)


@keepers_only
@require_http_methods(FORM_METHODS)
def recognition_revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = queries.recognition_visible_to(request.user, uid)
    form = RevocationForm(request.POST or None, initial={"version": row.version})

    def close() -> None:
        given = form.cleaned_data
        end = (
            partial(actions.revoke_recognition, ended_on=given["ended_on"])
            if given["ending"] == RevocationForm.REVOKE
            else actions.withdraw_recognition
        )
        end(row, actor=request.user, reason=given["reason"], version=given["version"])

    words = {
        "title": _("End a recognition"),
        "button": _("End the recognition"),
        "done": _("The item no longer counts."),
    }
    return _answered(request, row, form, close, words)


@keepers_only
@require_http_methods(FORM_METHODS)
def recognition_match(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Search the organisations, the printed name first, and choose the holder from the list."""
    row = queries.recognition_visible_to(request.user, uid)
    form = MatchForm(request.POST or None, initial={"version": row.version})
    if form.is_valid():
        try:
            _match(request, row, form)
        except (RuleError, InputError, MissingError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, _("The holder is matched now."))
            return redirect(row)
    text = request.GET.get("q", row.holder_text)[:100]
    likely = queries.likely_holders(row)
    bodies = organisations_visible_to(request.user).exclude(uid__in=[one.uid for one in likely])
    found = filter_by_text(bodies, text) if text else bodies.none()
    context = {
        "row": row,
        "kind": queries.kind_or_missing(row.kind),
        "form": form,
        "text": text,
        "likely": likely,
        "found": found[:CANDIDATES],
    }
    return render(request, "projects/match.html", context, status=422 if form.errors else 200)


@keepers_only
@require_http_methods(FORM_METHODS)
def recognition_evidence(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = queries.recognition_visible_to(request.user, uid)
    form = EvidenceForm(
        request.POST or None, request.FILES or None, initial={"version": row.version}
    )

    words = {
        "title": _("Attach evidence"),
        "button": _("Attach"),
        "done": _("The evidence is attached."),
    }
    return _answered(request, row, form, partial(_attach, request, row, form), words)


def _attach(request: HttpRequest, row: Recognition, form: EvidenceForm) -> None:
    given = form.cleaned_data
    change = {"actor": request.user, "reason": given["reason"]}
    if given["file"]:
        stored = store(given["file"].name, given["file"].chunks(), actor=request.user)
        actions.attach_file(row, file=stored, **change)
        return
    page = cite(
        given["title"],
        url=given["url"],
        url_trusted=queries.is_trusted(given["url"]),
        read_on=given["read_on"],
    )
    actions.attach_citation(row, citation=page, **change)


def _match(request: HttpRequest, row: Recognition, form: MatchForm) -> None:
    given = form.cleaned_data
    holder = organisations_visible_to(request.user).filter(uid=given["organisation"]).first()
    if holder is None:
        raise MissingError("projects.organisation-missing")
    actions.match_holder(
        row,
        organisation=holder.pk,
        actor=request.user,
        reason=given["reason"],
        version=given["version"],
    )


def _answered(
    request: HttpRequest,
    row: Recognition,
    form: Form,
    act: Callable[[], None],
    words: dict[str, str],
) -> HttpResponse:
    """Do what a valid form asks for, or show it again with what stands against it."""
    if form.is_valid():
        try:
            act()
        except (RuleError, InputError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, words["done"])
            return redirect(row)
    context = {"row": row, "kind": queries.kind_or_missing(row.kind), "form": form, **words}
    return render(request, "projects/change.html", context, status=422 if form.errors else 200)
