from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.portal.actions import Hours
from zhiqiao.apps.portal.choices import NoticeKind, Sending

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class WishesForm(forms.Form):
    """One choice for each kind of notice, and the hours."""

    quiet_from = forms.TimeField(
        label=_("Nothing is sent from"), widget=CLOCK, help_text=_("In the region's time.")
    )
    quiet_to = forms.TimeField(label=_("until"), widget=CLOCK)
    digest_at = forms.TimeField(label=_("Daily message at"), widget=CLOCK)

    def __init__(self, *args: Any, wishes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in NoticeKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=Sending.choices, initial=wishes[kind.value]
            )
        self.order_fields([*NoticeKind.values, "quiet_from", "quiet_to", "digest_at"])

    def wishes(self) -> dict[str, str]:
        return {kind: self.cleaned_data[kind] for kind in NoticeKind.values}

    def hours(self) -> Hours:
        given = self.cleaned_data
        return Hours(given["quiet_from"], given["quiet_to"], given["digest_at"])
