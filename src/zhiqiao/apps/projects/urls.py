from django.urls import path

from zhiqiao.apps.projects import views

app_name = "projects"

urlpatterns = [
    path("registers/", views.registers, name="registers"),
    path("registers/<str:kind>/", views.register, name="register"),
    path("registers/<str:kind>/export/", views.register_export, name="register_export"),
    path("registers/<str:kind>/declare/", views.declare_list, name="declare_list"),
    path("recognitions/<uuid:uid>/", views.recognition, name="recognition"),
    path("recognitions/<uuid:uid>/correct/", views.recognition_correct, name="recognition_correct"),
    path("recognitions/<uuid:uid>/revoke/", views.recognition_revoke, name="recognition_revoke"),
    path("recognitions/<uuid:uid>/match/", views.recognition_match, name="recognition_match"),
    path(
        "recognitions/<uuid:uid>/evidence/", views.recognition_evidence, name="recognition_evidence"
    ),
    path("pending/", views.pending, name="pending"),
    path("pending/several/", views.decide_several, name="decide_several"),
    path("pending/<uuid:uid>/<str:property>/", views.decide, name="decide"),
]
