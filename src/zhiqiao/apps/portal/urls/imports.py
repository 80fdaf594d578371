"""Addresses of the import pages, included under ``imports/``."""

from django.urls import path

from zhiqiao.apps.portal.views import imports

urlpatterns = [
    path("", imports.list_imports, name="imports"),
    path("new/<str:spec>/", imports.open_import, name="import_new"),
    path("template/<str:spec>.xlsx", imports.download_template, name="import_template"),
    path("<uuid:uid>/", imports.show_import, name="import_detail"),
    path("<uuid:uid>/mapping/", imports.map_import, name="import_mapping"),
    path("<uuid:uid>/sheet/", imports.choose_import_sheet, name="import_sheet"),
    path("<uuid:uid>/options/", imports.answer_options, name="import_options"),
    path("<uuid:uid>/doubts/", imports.answer_import_doubts, name="import_doubts"),
    path("<uuid:uid>/check/", imports.check_import, name="import_check"),
    path("<uuid:uid>/commit/", imports.commit_import, name="import_commit"),
    path("<uuid:uid>/cancel/", imports.cancel_import, name="import_cancel"),
    path("<uuid:uid>/errors.xlsx", imports.download_errors, name="import_errors"),
]
