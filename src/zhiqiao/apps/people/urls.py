from django.urls import path

from zhiqiao.apps.people import views

app_name = "people"

urlpatterns = [
    path("people/", views.list_people, name="people"),
    path("people/<uuid:uid>/", views.show_person, name="person"),
    path("people/<uuid:uid>/merge/", views.merge, name="merge"),
    path("people/<uuid:uid>/guardian/", views.add_guardian, name="add_guardian"),
    path("people/<uuid:uid>/consent/", views.give_consent, name="give_consent"),
]
