from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhiqiao.web.components.status import define_status

STATUSES = {
    "places-frozen": ("lock", "calm", _("Places are frozen")),
    "choosing": ("arrow", "calm", _("Candidates choose")),
    "choices-frozen": ("lock", "calm", _("Choices are frozen")),
    "trial": ("half", "calm", _("Trial run done")),
    "review": ("people", "warn", _("Schools review files")),
    "decided": ("half", "warn", _("Final run done")),
    "confirmed": ("check", "calm", _("Confirmed by people")),
    "published": ("check", "good", _("Result published")),
    "closed": ("minus", "mute", _("Season closed")),
    "approved": ("check", "good", _("Approved")),
    "refused": ("cross", "bad", _("Request refused")),
    "eligible": ("check", "good", _("May take part")),
    "ineligible": ("cross", "bad", _("May not take part")),
    "admitted": ("check", "good", _("Admitted")),
    "not-admitted": ("minus", "mute", _("Not admitted")),
    "in-force": ("check", "good", _("In force")),
    "ended": ("minus", "mute", _("No longer in force")),
    "genuine": ("check", "good", _("Genuine")),
    "filed": ("clock", "warn", _("Waits for an answer")),
    "upheld": ("check", "good", _("Found right")),
    "rejected": ("cross", "mute", _("Not found right")),
}


class AdmissionsConfig(AppConfig):
    name = "zhiqiao.apps.admissions"
    label = "admissions"
    verbose_name = _("Admissions")

    def ready(self) -> None:
        from zhiqiao.apps.admissions import (  # noqa: F401, PLC0415  # registration needs loaded models
            measures,  # registration needs loaded models
            personal_data,
            schemas,
            tasks,
        )
        from zhiqiao.core import imports  # noqa: PLC0415  # registration needs loaded models

        for spec in (
            schemas.PLACES_IMPORT,
            schemas.CANDIDATES_IMPORT,
            schemas.CONTROL_LINES_IMPORT,
        ):
            imports.register(spec)
        imports.register_made(schemas.SCORES_KEY, schemas.scores_import)
        imports.register_made(schemas.RESULTS_KEY, schemas.results_import)
        for code, (icon, tone, word) in STATUSES.items():
            define_status(code, icon_name=icon, tone=tone, word=word)
