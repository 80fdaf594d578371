"""A candidate's own pages: the way in, scores, choices, the result and what to do about it."""

from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.choices import SeasonState
from zhiqiao.apps.admissions.engine_io.score_page import conversions_told, raises_told
from zhiqiao.apps.admissions.forms import (
    ActivationForm,
    AnswerForm,
    AppealForm,
    ChoiceCodeForm,
    CodeByMessageForm,
)
from zhiqiao.apps.admissions.models import Candidate
from zhiqiao.apps.admissions.rules import is_recheck_open, recheck_until
from zhiqiao.apps.admissions.views.doors import Asked, answered, signed_in_only
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Open the account with the code from the school's paper, or set its password anew."""
    form = ActivationForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            validate_password(given["password"])
            user = actions.activate(
                given["number"],
                given["code"],
                password=given["password"],
                choice_code=given["choice_code"],
            )
        except ValidationError as error:
            form.add_error("password", error)
        except (InputError, RuleError) as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            login(request, user, backend=BACKEND)
            return redirect("admissions:own")
    status = 422 if form.errors else 200
    context = {"form": form, "sends_codes": bool(settings.ZHIQIAO_SMS_URL)}
    return render(request, "admissions/activate.html", context, status=status)


@sensitive_post_parameters("identity_end")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_code(request: HttpRequest) -> HttpResponse:
    """Have a code sent by text message; the answer is the same whether anything was sent."""
    if not settings.ZHIQIAO_SMS_URL:
        raise MissingError("admissions.missing")
    form = CodeByMessageForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "admissions/ask_code.html", {"form": form}, status=status)
    key = form.cleaned_data["number"]
    too_often: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action="reset_password", key=key
    )
    if too_often:
        return too_often
    actions.ask_code(key, identity_end=form.cleaned_data["identity_end"])
    words = _("If number and telephone are known, a code is on its way. Enter it here.")
    messages.success(request, words)
    return redirect("admissions:activate")


@signed_in_only
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Lead to the one season in which the person takes part, or list them."""
    candidacies = queries.candidacies_of(request.user)
    if len(candidacies) == 1:
        return redirect("admissions:own_season", candidacies[0].uid)
    return render(request, "admissions/own.html", {"candidacies": candidacies})


@signed_in_only
@require_safe
def own_season(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the result once there is one; what else is on file has a page of its own then."""
    result = queries.result_told(request.user, uid)
    if result is None:
        return _file_page(request, uid)
    context: dict[str, object] = {
        "own": result.head,
        "result": result,
        "appeals": queries.own_appeals(request.user, uid) if result.has_appeals else (),
    }
    if result.head.state == SeasonState.CHOOSING:
        context |= _on_file(request, queries.own_candidate(request.user, uid))
    return render(request, "admissions/own_result.html", context)


@signed_in_only
@require_safe
def own_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _file_page(request, uid, is_apart=True)


def _file_page(request: HttpRequest, uid: UUID, *, is_apart: bool = False) -> HttpResponse:
    candidate = queries.own_candidate(request.user, uid)
    context = _on_file(request, candidate) | {"is_apart": is_apart}
    return render(request, "admissions/own_file.html", context)


def _on_file(request: HttpRequest, candidate: Candidate) -> dict[str, object]:
    held = queries.choice_list_of(request.user, candidate)
    sheet = queries.scores_of(request.user, candidate)
    return {
        "own": queries.head_of(candidate),
        "held": held,
        "chosen": queries.choice_rows(candidate.season, held.lines) if held else (),
        "until": actions.window_end(candidate),
        "window": actions.window_of(candidate),
        "scores": queries.score_rows(candidate, sheet) if sheet else (),
        "conversions": conversions_told(candidate, sheet) if sheet else (),
        "raises": (
            raises_told(candidate, sheet, queries.granted_awards(candidate)) if sheet else ()
        ),
        "recheck": queries.recheck_of(request.user, candidate),
        "recheck_until": recheck_until(candidate.season),
        "may_recheck": bool(is_recheck_open(candidate.season, today=today())),
        "changes": queries.choice_history(request.user, candidate),
        "assisted": queries.assisted_of(request.user, candidate),
        "privileges": queries.privileges_of(request.user, candidate),
    }


@signed_in_only
@sensitive_post_parameters("choice_code")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a list: moves happen on the page, and nothing counts before it is saved with the code."""
    candidate = queries.own_candidate(request.user, uid)
    held = queries.choice_list_of(request.user, candidate)
    draft = queries.ChoiceDraft.read(candidate, held, request.POST)
    code = ChoiceCodeForm(request.POST if "save" in request.POST else None)
    if "save" in request.POST and code.is_valid():
        try:
            draft.require_whole()
            actions.save_choices(
                candidate, draft.keys, version=code.cleaned_data["version"],
                choice_code=code.cleaned_data["choice_code"], actor=request.user,
            )  # fmt: skip
        except (InputError, RuleError, RefusedError) as error:
            code.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("Your choices are saved. Lock them when you are sure."))
            return redirect("admissions:choose", candidate.uid)
    context = _choosing(request, candidate, held, draft) | {"code": code}
    return render(request, "admissions/choose.html", context, status=422 if code.errors else 200)


def _choosing(
    request: HttpRequest, candidate: Candidate, held: object, draft: "queries.ChoiceDraft"
) -> dict[str, object]:
    sheet = queries.scores_of(request.user, candidate)
    total = (sheet.sums or {}).get("total") if sheet else None
    rows = queries.choice_rows(candidate.season, draft.keys)
    return {
        "candidate": candidate,
        "season": candidate.season,
        "held": held,
        "version": getattr(held, "version", 0),
        "draft": draft,
        "batches": queries.by_batch(candidate.season, rows),
        "found": queries.found_rows(candidate, draft),
        "warnings": queries.warnings_of(rows, total),
        "total": total,
        "until": actions.window_end(candidate),
        "window": actions.window_of(candidate),
    }


@signed_in_only
@sensitive_post_parameters("choice_code")
@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.own_candidate(request.user, uid)
    held = queries.choice_list_of(request.user, candidate)
    form = ChoiceCodeForm(request.POST or None, initial={"version": getattr(held, "version", 0)})
    asked = Asked(
        _("Lock your choices"),
        _("Lock for good"),
        _("Your choices are locked. Keep the receipt."),
        candidate.season,
        redirect("admissions:own_season", candidate.uid).url,
        _("Nobody can change them afterwards, not even you."),
    )
    return answered(
        request,
        form,
        lambda: actions.lock_choices(candidate, **form.cleaned_data, actor=request.user),
        asked,
    )


@signed_in_only
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.own_candidate(request.user, uid)
    form = AnswerForm(request.POST or None)
    asked = Asked(
        _("Answer the offer"),
        _("Send the answer"),
        _("Your answer was kept."),
        candidate.season,
        redirect("admissions:own_season", candidate.uid).url,
        _("An answer is final. A declined place goes to the next round."),
    )
    return answered(
        request,
        form,
        lambda: actions.answer_offer(candidate, **form.cleaned_data, actor=request.user),
        asked,
    )


@signed_in_only
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.own_candidate(request.user, uid)
    form = AppealForm(request.POST or None)
    asked = Asked(
        _("Appeal against the result"),
        _("File the appeal"),
        _("Your appeal was filed; a person will answer it."),
        candidate.season,
        redirect("admissions:own_season", candidate.uid).url,
        _("Say what is wrong and name your proof."),
    )
    return answered(
        request,
        form,
        lambda: actions.file_appeal(candidate, **form.cleaned_data, actor=request.user),
        asked,
    )


@signed_in_only
@require_safe
def leaf(request: HttpRequest, uid: UUID) -> JsonResponse:
    """Give the candidate the own leaf, to check it against the published root."""
    candidate = queries.own_candidate(request.user, uid)
    result = queries.own_result(request.user, candidate)
    told = queries.leaf_of(request.user, result) if result else None
    if told is None:
        raise MissingError("admissions.missing")
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = "attachment; filename=my-leaf.json"
    return response
