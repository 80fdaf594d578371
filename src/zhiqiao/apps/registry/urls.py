from django.urls import URLPattern, URLResolver, path

from zhiqiao.apps.registry import views

app_name = "registry"

urlpatterns: list[URLPattern | URLResolver] = [
    path("organisations/", views.show_organisations, name="organisations"),
    path("organisations.xlsx", views.export_organisations, name="organisations_xlsx"),
    path("organisations/new/", views.register_organisation, name="organisation_new"),
    path("organisations/<uuid:uid>/", views.show_organisation, name="organisation"),
    path("organisations/<uuid:uid>/rename/", views.rename, name="organisation_rename"),
    path(
        "organisations/<uuid:uid>/succession/",
        views.write_succession,
        name="organisation_succession",
    ),
    path("regions/", views.show_regions, name="regions"),
    path("regions/<uuid:uid>/", views.show_region, name="region"),
    path("catalogues/", views.show_catalogues, name="catalogues"),
    path("catalogues/<str:name>/", views.show_catalogue, name="catalogue"),
]
