from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhiqiao.web import navigation

ENTRIES = (
    navigation.Entry(
        "plan:board",
        _("Plan board"),
        ("/board/", "/articles/", "/targets/", "/duties/", "/mechanisms/", "/freezes/"),
    ),
    navigation.Entry(
        "projects:registers", _("Registers"), ("/registers/", "/recognitions/", "/pending/")
    ),
    navigation.Entry(
        "projects:calls",
        _("Calls"),
        ("/calls/", "/call-files/", "/applications/", "/my-applications/", "/steps/"),
    ),
    navigation.Entry(
        "admissions:seasons",
        _("Admission"),
        ("/admissions/", "/place-lines/", "/candidates/", "/runs/", "/my-admission/"),
    ),
    navigation.Entry("registry:organisations", _("Schools and bodies"), ("/organisations/",)),
    navigation.Entry("registry:regions", _("Regions"), ("/regions/",)),
    navigation.Entry("registry:catalogues", _("Catalogues"), ("/catalogues/",)),
    navigation.Entry("portal:search", _("Search"), ("/search/",)),
)


class PortalConfig(AppConfig):
    name = "zhiqiao.apps.portal"
    label = "portal"

    def ready(self) -> None:
        from zhiqiao.apps.portal import personal_data  # noqa: F401, PLC0415  # registration needs loaded models

        navigation.offer(*ENTRIES)
