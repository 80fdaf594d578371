"""What every template may use."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import get_language

from zhiqiao.core.dates import today

HTML_LANGUAGES: Mapping[str, str] = {"zh-hans": "zh-Hans", "en": "en"}


def site(_request: HttpRequest) -> dict[str, object]:
    language = get_language() or "zh-hans"
    return {
        "LANGUAGE_CODE": language,
        "html_language": HTML_LANGUAGES.get(language, language),
        "print_day": today(),
    }
