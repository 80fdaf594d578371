from django.urls import path

from zhiqiao.apps.people.views import experts, files

app_name = "people"

urlpatterns = [
    path("people/", files.list_people, name="people"),
    path("people/<uuid:uid>/", files.show_person, name="person"),
    path("people/<uuid:uid>/merge/", files.merge, name="merge"),
    path("people/<uuid:uid>/guardian/", files.add_guardian, name="add_guardian"),
    path("people/<uuid:uid>/consent/", files.give_consent, name="give_consent"),
    path("people/<uuid:uid>/expert/", experts.enter_from_file, name="enter_expert"),
    path("experts/", experts.list_experts, name="experts"),
    path("experts/excel/", experts.download_experts, name="experts_xlsx"),
    path("experts/new/", experts.register, name="register_expert"),
    path("experts/<uuid:uid>/", experts.show_expert, name="expert"),
    path("experts/<uuid:uid>/change/", experts.change, name="change_expert"),
    path("experts/<uuid:uid>/state/", experts.set_state, name="set_expert_state"),
    path("experts/<uuid:uid>/account/", experts.connect, name="connect_expert"),
    path("experts/<uuid:uid>/consent/", experts.consent, name="expert_consent"),
    path("experts/<uuid:uid>/ties/", experts.declare_tie, name="declare_tie"),
    path("expert-ties/<uuid:uid>/remove/", experts.remove_tie, name="remove_tie"),
    path("my-expert-file/", experts.show_own, name="own_expert"),
]
