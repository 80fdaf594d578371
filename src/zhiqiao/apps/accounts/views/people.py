from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import VERBS
from zhiqiao.apps.accounts.forms import AccountForm, EndForm, GrantForm, ReasonForm
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import (
    invitations_visible_to,
    memberships_visible_to,
    users_visible_to,
)
from zhiqiao.apps.accounts.rules import (
    can_confirm_person,
    can_grant_roles,
    can_keep_account,
    can_lift_lock,
    can_open_accounts,
    can_see_people,
    factors_of,
)
from zhiqiao.apps.accounts.views.visits import masked_email
from zhiqiao.core.access import require
from zhiqiao.core.audit import history_of
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.paging import paginate


@never_cache
@login_required
@require_safe
def show_users(request: HttpRequest) -> HttpResponse:
    require(can_see_people(request.user))
    text = request.GET.get("q", "")[:100]
    page = paginate(users_visible_to(request.user, text=text), request)
    context = {"page": page, "text": text, "may_open": can_open_accounts(request.user)}
    return render(request, "accounts/users.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("account")
def open_account(request: HttpRequest) -> HttpResponse:
    require(can_open_accounts(request.user))
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.create_account(**form.cleaned_data, actor=request.user)
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            return render(request, "accounts/one_time_password.html", {"account": account})
    return render(request, "accounts/open_account.html", {"form": form}, status=_status(form))


@never_cache
@login_required
@require_safe
def show_user(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_see_people(request.user))
    person = _person(request, uid)
    return render(request, "accounts/user.html", _page_of(request, person))


@never_cache
@login_required
@require_POST
def show_address(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_see_people(request.user))
    person = _person(request, uid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _again(request, person, address_form=form)
    reason = form.cleaned_data["reason"]
    address = actions.show_address(person, actor=request.user, reason=reason)
    context = _page_of(request, person, address=address)
    return render(request, "accounts/user.html", context)


@login_required
@require_POST
@sensitive_variables("account")
def issue_password(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_open_accounts(request.user))
    person = _person(request, uid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _again(request, person, password_form=form)
    reason = form.cleaned_data["reason"]
    account = actions.issue_one_time_password(person, actor=request.user, reason=reason)
    return render(request, "accounts/one_time_password.html", {"account": account})


@login_required
@require_POST
def confirm_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_grant_roles(request.user))
    said = _("The person is confirmed; the roles are in effect.")
    return _with_reason(request, uid, actions.confirm_person, form="confirm_form", said=said)


@login_required
@require_POST
def reset_factors(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_grant_roles(request.user))
    said = _("The second factor is reset. The account waits for a new password, then for you.")
    return _with_reason(request, uid, actions.reset_second_factors, form="factors_form", said=said)


@login_required
@require_POST
def lift_lock(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_lift_lock(request.user))
    said = _("The lock is lifted; the person can try again at once.")
    return _with_reason(request, uid, actions.lift_lock, form="lock_form", said=said)


@login_required
@require_POST
def close_account(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_open_accounts(request.user))
    said = _("The account is closed.")
    return _with_reason(request, uid, actions.deactivate_account, form="state_form", said=said)


@login_required
@require_POST
def reopen_account(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_open_accounts(request.user))
    said = _("The account is open again.")
    return _with_reason(request, uid, actions.reactivate_account, form="state_form", said=said)


def _with_reason(
    request: HttpRequest, uid: UUID, act: Callable[..., object], *, form: str, said: str
) -> HttpResponse:
    """Do to a person what needs no more than a reason; without one the page asks again."""
    person = _person(request, uid)
    given = ReasonForm(request.POST)
    if not given.is_valid():
        return _again(request, person, **{form: given})
    act(person, actor=request.user, reason=given.cleaned_data["reason"])
    messages.success(request, said)
    return redirect("accounts:user", uid=uid)


@login_required
@require_POST
def give_role(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_grant_roles(request.user))
    person = _person(request, uid)
    form = GrantForm(request.POST, actor=request.user)
    if form.is_valid():
        try:
            actions.grant_role(person, **form.cleaned_data, actor=request.user)
        except RuleError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The role is granted."))
            return redirect("accounts:user", uid=uid)
    return _again(request, person, grant_form=form)


@login_required
@require_POST
def end_role(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_grant_roles(request.user))
    person = _person(request, uid)
    form = EndForm(request.POST, user=person)
    if not form.is_valid():
        return _again(request, person, end_form=form)
    membership, reason = form.cleaned_data["membership"], form.cleaned_data["reason"]
    actions.end_membership(membership, actor=request.user, reason=reason)
    messages.success(request, _("The role is ended."))
    return redirect("accounts:user", uid=uid)


def _person(request: HttpRequest, uid: UUID) -> User:
    """Return the person, who can read that somebody opened the page."""
    person = get_object_or_404(users_visible_to(request.user), uid=uid)
    actions.note_look(person, actor=request.user)
    return person


def _page_of(request: HttpRequest, person: User, **forms: object) -> dict[str, object]:
    memberships = memberships_visible_to(request.user).filter(user=person)
    proposal = invitations_visible_to(request.user).filter(account=person).first()
    proposed = {"role": proposal.role, "organisation": proposal.organisation} if proposal else {}
    return {
        "person": person,
        "memberships": memberships,
        "history": [(one, VERBS.get(one.verb, one.verb)) for one in history_of(person)[:20]],
        "may_keep": can_keep_account(request.user, person),
        "may_confirm": person.must_be_confirmed and can_confirm_person(request.user, person),
        "may_grant": can_grant_roles(request.user),
        "factors": factors_of(person).count(),
        "proposal": proposal,
        "grant_form": GrantForm(initial=proposed, actor=request.user, auto_id="grant_%s"),
        "state_form": ReasonForm(auto_id="state_%s"),
        "password_form": ReasonForm(auto_id="password_%s"),
        "confirm_form": ReasonForm(auto_id="confirm_%s"),
        "factors_form": ReasonForm(auto_id="factors_%s"),
        "lock_form": ReasonForm(auto_id="lock_%s"),
        "address": masked_email(person.email),
        "address_form": ReasonForm(auto_id="address_%s"),
        **forms,
    }


def _again(request: HttpRequest, person: User, **forms: object) -> HttpResponse:
    context = _page_of(request, person, **forms)
    return render(request, "accounts/user.html", context, status=422)


def _status(form: AccountForm) -> int:
    return 422 if form.errors else 200
