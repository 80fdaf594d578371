from django.urls import URLPattern, URLResolver, include, path

from zhiqiao.apps.portal import views

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_home, name="home"),
    path("about/", views.show_about, name="about"),
    path("accessibility/", views.show_accessibility, name="accessibility"),
    path("privacy/", views.show_privacy, name="privacy"),
    path("language/", views.choose_language, name="language"),
    path("search/", views.find, name="search"),
    path("workspace/", views.show_workspace, name="workspace"),
    path("imports/", include("zhiqiao.apps.portal.urls.imports")),
    path("jobs/", views.list_jobs, name="jobs"),
    path("jobs/<uuid:uid>/", views.show_job, name="job"),
    path("jobs/<uuid:uid>/cancel/", views.cancel_job, name="job_cancel"),
    path("files/<uuid:uid>/", views.download_file, name="file"),
    path("notices/", views.list_notices, name="notices"),
    path("notices/read/", views.read_notices, name="notices_read"),
    path("notices/wishes/", views.choose_notices, name="notice_wishes"),
    path("notices/messages/", views.list_dispatches, name="dispatches"),
    path("notices/messages/<uuid:uid>/retry/", views.retry_dispatch, name="dispatch_retry"),
    path("deliveries/<uuid:uid>/retry/", views.retry_delivery, name="delivery_retry"),
    path("audit/", views.list_audit, name="audit"),
    path("audit/check/", views.check_audit, name="audit_check"),
    path("audit/personal-data/", views.show_register, name="personal_data"),
    path("audit/personal-data.xlsx", views.export_register, name="personal_data_export"),
    path("audit/personal-data/evidence/", views.make_evidence, name="minors_evidence"),
]
