from collections.abc import Iterable

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhiqiao.apps.accounts.choices import VERBS
from zhiqiao.apps.accounts.forms import NewPasswordForm, SignInForm
from zhiqiao.apps.accounts.queries import log_about, memberships_visible_to, roles_then
from zhiqiao.apps.accounts.rules import lacks_second_factor, should_have_factor
from zhiqiao.apps.accounts.sign_in.outside import other_system
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.paging import paginate

# A file of the log: more lines than an account gathers in decades.
LONGEST_LOG = 50_000

sign_in = LoginView.as_view(
    form_class=SignInForm,
    template_name="accounts/sign_in.html",
    extra_context={"other_system": other_system},
)
sign_out = LogoutView.as_view(template_name="accounts/sign_out.html")
change_password = login_required(
    PasswordChangeView.as_view(
        form_class=NewPasswordForm, template_name="accounts/change_password.html"
    )
)


@require_safe
def show_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/closed.html")


@never_cache
@login_required
@require_safe
def show_profile(request: HttpRequest) -> HttpResponse:
    memberships = memberships_visible_to(request.user).filter(user=request.user.pk)
    context = {
        "memberships": memberships,
        "lacks_factor": lacks_second_factor(request.user),
        "advises_factor": should_have_factor(request.user),
        "other_system": other_system(),
    }
    return render(request, "accounts/profile.html", context)


@never_cache
@login_required
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    page = paginate(log_about(request.user), request)
    return render(request, "accounts/log.html", {"page": page, "lines": _lines(page)})


@never_cache
@login_required
@require_safe
def export_log(request: HttpRequest) -> FileResponse:
    columns = [_("When"), _("What"), _("Who"), _("In which role"), _("Reason given")]
    rows = (
        (entry.at, str(what), entry.actor_name or _("the system"), role, entry.reason)
        for entry, what, role in _lines(log_about(request.user)[:LONGEST_LOG])
    )
    return workbook_response(f"account-{today():%Y-%m-%d}.xlsx", columns, rows)


def _lines(entries: Iterable[AuditEntry]) -> list[tuple[AuditEntry, object, str]]:
    """Give each entry what was done, in words, and the roles in which it was done."""
    kept = list(entries)
    roles = roles_then(kept)
    return [(entry, VERBS.get(entry.verb, entry.verb), roles[entry.pk]) for entry in kept]


def not_offered(_request: HttpRequest, anything: str) -> HttpResponse:
    """Answer for allauth's other pages (sign-up, mail, reset): this platform does not have them."""
    raise Http404(anything)
