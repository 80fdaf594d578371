from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from zhiqiao.apps.portal import views

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_home, name="home"),
    path("about/", views.show_about, name="about"),
    path("accessibility/", views.show_accessibility, name="accessibility"),
    path("language/", views.choose_language, name="language"),
    path("search/", views.find, name="search"),
]
