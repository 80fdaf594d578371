"""Addresses for connected systems, under the names that allauth looks up."""

from allauth.idp.oidc import views as allauth_views
from django.urls import include, path
from django.views.decorators.cache import never_cache

from zhiqiao.apps.accounts import views

_oidc = [
    path("identity/authorize/", views.authorization, name="authorization"),
    path("identity/token/", never_cache(allauth_views.token), name="token"),
    path("identity/userinfo/", never_cache(allauth_views.user_info), name="userinfo"),
    path("identity/revoke/", never_cache(allauth_views.revoke), name="revoke"),
    path(".well-known/openid-configuration", views.show_configuration, name="configuration"),
    path(".well-known/jwks.json", allauth_views.jwks, name="jwks"),
]
app_name = "idp"
urlpatterns = [path("", include((_oidc, "oidc"), namespace="oidc"))]
