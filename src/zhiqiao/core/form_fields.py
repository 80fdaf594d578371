"""Fields of forms that mean the same in every app."""

from typing import Any

from django import forms
from django.utils import timezone

from zhiqiao.core.dates import region_zone

INSTANT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
INSTANT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class InstantField(forms.DateTimeField):
    """An instant as people of the region write and read it; inside it is UTC as everywhere."""

    def to_python(self, value: Any) -> Any:
        with timezone.override(region_zone()):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(region_zone()):
            return super().prepare_value(value)
