from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.choices import LEVEL_PROPERTY, Level
from zhiqiao.apps.projects.forms import JudgementForm, LevelForm, SeveralForm
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.projects.views.doors import keepers_only
from zhiqiao.apps.projects.views.lists import ListFile, list_file, wanted_file
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.paging import paginate
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import Target


@keepers_only
@require_safe
def pending(request: HttpRequest) -> HttpResponseBase:
    if wanted_file(request):
        wanted = _wanted(request)
        rows = queries.recognitions_waiting(request.user, wanted=wanted)
        table = queries.pending_table(rows, wanted)
        return list_file(request, ListFile("pending", _("Pending decisions"), *table))
    return _queue(request, SeveralForm())


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, uid: UUID, property: str) -> HttpResponse:  # noqa: A002 - the address names it so
    row = queries.recognition_visible_to(request.user, uid)
    question = _question(row, property)
    form = _answer_form(property)(request.POST or None, initial={"version": row.version})
    if form.is_valid():
        try:
            _decide(request, row, property, given=form.cleaned_data)
        except (RuleError, InputError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, _("The decision was saved; the board counts it now."))
            return redirect(_next(request))
    context = {
        "row": row,
        "kind": queries.kind_or_missing(row.kind),
        "question": question,
        "targets": question.targets_moved_by(row.kind),
        "evidence": queries.evidence_of(row),
        "partners": row.partners.select_related("organisation"),
        "decisions": queries.decisions_about(row),
        "form": form,
        "next": _next(request),
    }
    return render(request, "projects/decide.html", context, status=422 if form.errors else 200)


@keepers_only
@require_POST
def decide_several(request: HttpRequest) -> HttpResponse:
    form = SeveralForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        rows = queries.recognitions_visible_to(request.user).filter(uid__in=given["rows"])
        try:
            decided = actions.decide_several(
                list(rows),
                given["property"],
                answer=given["answer"],
                actor=request.user,
                reason=given["reason"],
            )
        except (RuleError, InputError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, _decided(decided))
            return redirect(_next(request))
    return _queue(request, form)


def _queue(request: HttpRequest, form: SeveralForm) -> HttpResponse:
    wanted = _wanted(request)
    rows = queries.recognitions_waiting(request.user, wanted=wanted)
    shown = queries.with_evidence(rows)
    page = paginate(shown, request)
    pack = current_pack()
    questions = queries.questions()
    context = {
        "page": page,
        "decisions": queries.decisions_of(page.items, wanted=wanted),
        "wanted": wanted,
        "form": form,
        "questions": questions.values(),
        "asked": questions.get(wanted.property),
        "targets": _targets(questions),
        "kinds": [pack.kinds[name] for name in _kinds(questions)],
        "all_kinds": pack.kinds,
        "levels": Level.choices,
    }
    if request.htmx:  # type: ignore[attr-defined] # set by the htmx middleware
        return render(request, "projects/pending.html#rows", context)
    status = 422 if form.errors else 200
    return render(request, "projects/pending.html", context, status=status)


def _question(row: Recognition, name: str) -> queries.Question:
    found = queries.questions().get(name)
    if found is None or row.kind not in found.kinds:
        raise MissingError("projects.question-unknown", question=name)
    return found


def _wanted(request: HttpRequest) -> queries.PendingFilter:
    return queries.PendingFilter(
        property=request.GET.get("property", ""),
        target=request.GET.get("target", ""),
        kind=request.GET.get("kind", ""),
    )


def _decide(
    request: HttpRequest, row: Recognition, question: str, *, given: dict[str, Any]
) -> None:
    if question == LEVEL_PROPERTY:
        actions.state_level(
            row,
            level=given["answer"],
            actor=request.user,
            reason=given["reason"],
            version=given["version"],
        )
        return
    actions.decide_judgement(
        row,
        question,
        answer=given["answer"] == actions.YES,
        actor=request.user,
        reason=given["reason"],
        version=given["version"],
    )


def _answer_form(question: str) -> type[JudgementForm | LevelForm]:
    return LevelForm if question == LEVEL_PROPERTY else JudgementForm


def _next(request: HttpRequest) -> str:
    """Return the page of the queue that the person came from, never another site."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    return reverse("projects:pending")


def _decided(number: int) -> str:
    words = ngettext(
        "One decision was saved; the board counts it now.",
        "%(number)d decisions were saved; the board counts them now.",
        number,
    )
    return words % {"number": number}


def _targets(questions: Mapping[str, queries.Question]) -> list[Target]:
    found = {
        target.id: target for asked in questions.values() for target in asked.targets_moved_by()
    }
    return [found[name] for name in sorted(found)]


def _kinds(questions: Mapping[str, queries.Question]) -> list[str]:
    return sorted({kind for asked in questions.values() for kind in asked.kinds})
