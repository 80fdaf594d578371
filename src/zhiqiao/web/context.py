"""What every template may use."""

from django.http import HttpRequest
from django.utils.translation import get_language

from zhiqiao.core.dates import today


def site(_request: HttpRequest) -> dict[str, object]:
    return {"LANGUAGE_CODE": get_language(), "print_day": today()}
