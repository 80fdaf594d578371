"""Signing in to connected systems: what allauth answers, narrowed to one way of doing it.

Only the code flow with S256, only for people whose roles would count here, and only after they were asked.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from allauth.idp.oidc.views import AuthorizationView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhiqiao.apps.accounts.actions import note_consent
from zhiqiao.apps.accounts.choices import Shared
from zhiqiao.apps.accounts.forms import ConsentForm
from zhiqiao.apps.accounts.rules import lacks_second_factor
from zhiqiao.apps.accounts.sign_in.identity import Identity

ADDRESSES = {
    "authorization_endpoint": "idp:oidc:authorization",
    "token_endpoint": "idp:oidc:token",
    "userinfo_endpoint": "idp:oidc:userinfo",
    "revocation_endpoint": "idp:oidc:revoke",
    "jwks_uri": "idp:oidc:jwks",
}


@require_safe
def show_configuration(_request: HttpRequest) -> JsonResponse:
    """Describe the one way in which systems are connected here."""
    issuer = Identity().get_issuer()
    told: dict[str, object] = {
        "issuer": issuer,
        **{name: issuer + reverse(address) for name, address in ADDRESSES.items()},
        "scopes_supported": list(Shared.values),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }
    answer = JsonResponse(told)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


class Authorization(AuthorizationView):  # type: ignore[misc] # allauth has no types
    form_class = ConsentForm
    template_name = "accounts/consent.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Ask for proof of the code first, and send away whoever could not work here either."""
        person = request.user
        if request.method == "GET" and not _is_as_described(request):
            return _refused(request)
        if person.is_authenticated and (not person.in_effect or lacks_second_factor(person)):
            return redirect("accounts:profile")
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        answer: HttpResponse = super().get(request, *args, **kwargs)
        if answer.status_code == HTTPStatus.OK and not isinstance(answer, TemplateResponse):
            return _refused(request)
        if isinstance(answer, TemplateResponse):
            # The browser holds the form's answer, which leads back to the system, against this policy.
            back = urlsplit(request.GET.get("redirect_uri", ""))
            allowed = {"form-action": [f"{back.scheme}://{back.netloc}"]}
            setattr(answer, "_csp_update", allowed)  # noqa: B010 - django-csp's name, not in the stubs
        return answer

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        system = self._request_info["client_id"]
        note_consent(self.request.user, system, form.cleaned_data["scopes"])
        return answer


authorization = never_cache(Authorization.as_view())


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/system_refused.html", status=HTTPStatus.BAD_REQUEST)


def _is_as_described(request: HttpRequest) -> bool:
    """Say whether the request is of the code flow, proves its code, and asks who it is."""
    return (
        request.GET.get("response_type") == "code"
        and Shared.WHO in request.GET.get("scope", "").split()
        and bool(request.GET.get("code_challenge"))
        and request.GET.get("code_challenge_method") == "S256"
    )
