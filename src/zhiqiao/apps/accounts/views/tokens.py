"""Tokens of the API: one's own page, and what the security administrator offers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.forms import OfferForm, ReasonForm, TokenForm
from zhiqiao.apps.accounts.models import ApiToken
from zhiqiao.apps.accounts.queries import tokens_visible_to, users_visible_to
from zhiqiao.apps.accounts.rules import (
    can_draw_token,
    can_end_token,
    can_grant_roles,
    can_make_token,
)
from zhiqiao.apps.accounts.views.proving import prove_again
from zhiqiao.core.access import require
from zhiqiao.core.errors import InputError, RuleError


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("new")
def show_tokens(request: HttpRequest) -> HttpResponse:
    """List one's own tokens and make a further one; its text is shown in the answer and never again."""
    me = request.user
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(can_make_token(me, me))
    if form.is_valid():
        prove_again(request)
        try:
            new = actions.make_token(form.wanted(), actor=me)
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            return render(request, "accounts/token_shown.html", {"new": new})
    tokens = tokens_visible_to(me).filter(owner=me.pk)
    context = {"tokens": tokens, "form": form, "may_make": can_make_token(me, me)}
    return render(request, "accounts/tokens.html", context, status=_status(request, form))


@login_required
@require_POST
@sensitive_variables("new")
def draw_token(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the text of an offered token to the person who answers for it."""
    token = _token(request, uid)
    require(can_draw_token(request.user, token))
    prove_again(request)
    new = actions.draw_token(token, actor=request.user)
    return render(request, "accounts/token_shown.html", {"new": new})


@login_required
@require_POST
def revoke_token(request: HttpRequest, uid: UUID) -> HttpResponse:
    token = _token(request, uid)
    require(can_end_token(request.user, token))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.end_token(token, actor=request.user, reason=reason)
    messages.success(request, _("The token is revoked; no program gets in with it any more."))
    if token.owner == request.user:
        return redirect("accounts:tokens")
    return redirect("accounts:user_tokens", uid=token.owner.uid)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer_token(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the security administrator a person's tokens, and offer one for a program."""
    require(can_grant_roles(request.user))
    owner = get_object_or_404(users_visible_to(request.user), uid=uid)
    actions.note_look(owner, actor=request.user)
    form = OfferForm(request.POST if request.method == "POST" else None, owner=owner)
    if form.is_valid():
        try:
            actions.offer_token(form.wanted(), owner=owner, actor=request.user)
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The token is offered; its owner can draw it now."))
            return redirect("accounts:user_tokens", uid=uid)
    context = {"person": owner, "form": form, "may_offer": can_make_token(request.user, owner)}
    context |= {"tokens": tokens_visible_to(request.user).filter(owner=owner)}
    return render(request, "accounts/user_tokens.html", context, status=_status(request, form))


def _status(request: HttpRequest, form: TokenForm) -> int:
    return 422 if request.method == "POST" and not form.is_valid() else 200


def _token(request: HttpRequest, uid: UUID) -> ApiToken:
    return get_object_or_404(tokens_visible_to(request.user), uid=uid)
