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
    path("calls/", views.list_calls, name="calls"),
    path("calls/new/", views.new_call, name="call_new"),
    path("calls/<uuid:uid>/", views.show_call, name="call"),
    path("calls/<uuid:uid>/change/", views.change_call, name="call_change"),
    path("calls/<uuid:uid>/publish/", views.publish_call, name="call_publish"),
    path("calls/<uuid:uid>/close/", views.close_call, name="call_close"),
    path("calls/<uuid:uid>/extend/", views.extend_call, name="call_extend"),
    path("calls/<uuid:uid>/quotas/", views.set_quotas, name="call_quotas"),
    path("calls/<uuid:uid>/files/", views.add_call_file, name="call_add_file"),
    path("call-files/<uuid:uid>/", views.download_call_file, name="call_file"),
    path("calls/<uuid:uid>/applications/", views.list_applications, name="applications"),
    path("calls/<uuid:uid>/move-several/", views.move_several, name="move_several"),
    path("calls/<uuid:uid>/sign-several/", views.sign_several, name="sign_several"),
    path("calls/<uuid:uid>/check-next/", views.check_next, name="check_next"),
    path("calls/<uuid:uid>/recommending/", views.recommend, name="recommending"),
    path("my-applications/", views.list_own_applications, name="own_applications"),
    path("applications/<uuid:uid>/", views.show_application, name="application"),
    path("applications/<uuid:uid>/moves/<slug:move>/", views.take_move, name="application_move"),
    path("applications/<uuid:uid>/sign/", views.sign_move, name="application_sign"),
    path("applications/<uuid:uid>/step-back/", views.take_step_back, name="application_step_back"),
    path("applications/<uuid:uid>/put-off/", views.put_off, name="application_put_off"),
    path("applications/<uuid:uid>/check/", views.check_form, name="application_check"),
    path("steps/<uuid:uid>/", views.show_step, name="step"),
]
