"""Addresses for signing in with an account of another system, under the names that allauth looks up."""

from django.urls import path

from zhiqiao.apps.accounts import views

_one = {"provider_id": "outside"}

urlpatterns = [
    path("accounts/outside/go/", views.go_outside, _one, name="openid_connect_login"),
    path("accounts/outside/back/", views.come_back, _one, name="openid_connect_callback"),
]
