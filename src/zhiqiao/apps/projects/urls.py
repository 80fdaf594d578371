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
    path("apply/<uuid:uid>/", views.begin, name="begin"),
    path("writing/<uuid:uid>/", views.writing, name="writing"),
    path("writing/<uuid:uid>/head/", views.write_head, name="write_head"),
    path("writing/<uuid:uid>/parts/<str:part>/", views.write_part, name="write_part"),
    path("writing/<uuid:uid>/files/", views.attachments, name="attachments"),
    path("writing/<uuid:uid>/files/<str:wanted>/", views.attach, name="attach"),
    path("writing/<uuid:uid>/co-authors/", views.coauthors, name="coauthors"),
    path("writing/<uuid:uid>/co-authors/remove/", views.remove_coauthor, name="remove_coauthor"),
    path("writing/<uuid:uid>/problems/", views.problems, name="problems"),
    path("writing/<uuid:uid>/paper/", views.paper, name="paper"),
    path("writing/<uuid:uid>/hand-in/", views.hand_in, name="hand_in"),
    path("writing/<uuid:uid>/receipt/", views.handed_in, name="handed_in"),
    path("writing/<uuid:uid>/withdraw/", views.withdraw, name="withdraw"),
    path("application-files/<uuid:uid>/", views.attachment, name="attachment"),
    path("application-files/<uuid:uid>/remove/", views.detach, name="detach"),
]
