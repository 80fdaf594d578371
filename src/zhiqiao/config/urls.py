"""Every address of the platform, app by app."""

from django.urls import include, path

from zhiqiao.config.api import api

urlpatterns = [
    # Programs ask most often, and addresses are tried in this order.
    path("api/v1/", api.urls),
    path("", include("zhiqiao.core.urls")),
    path("", include("zhiqiao.apps.portal.urls")),
    path("", include("zhiqiao.apps.plan.urls")),
    path("", include("zhiqiao.apps.projects.urls")),
    path("", include("zhiqiao.apps.people.urls")),
    path("", include("zhiqiao.apps.admissions.urls")),
    path("", include("zhiqiao.apps.registry.urls")),
    path("", include("zhiqiao.apps.accounts.urls.identity")),
    path("", include("zhiqiao.apps.accounts.urls.outside")),
    path("accounts/", include("zhiqiao.apps.accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
]

handler400 = "zhiqiao.core.views.bad_request"
handler403 = "zhiqiao.core.views.forbidden"
handler404 = "zhiqiao.core.views.missing"
handler500 = "zhiqiao.core.views.failed"
