"""What every template may use."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

HTML_LANGUAGES: Mapping[str, str] = {"zh-hans": "zh-Hans", "en": "en"}


def site(_request: HttpRequest) -> dict[str, object]:
    language = get_language() or "zh-hans"
    return {
        "LANGUAGE_CODE": language,
        "html_language": HTML_LANGUAGES.get(language, language),
        "print_day": timezone.localdate(timezone=ZoneInfo(settings.ZHIQIAO_ZONE)),
    }
