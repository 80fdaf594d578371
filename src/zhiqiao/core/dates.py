"""Instants are UTC inside; days belong to the region's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, pgettext


def region_zone() -> ZoneInfo:
    return ZoneInfo(settings.ZHIQIAO_ZONE)


def today() -> date:
    return timezone.now().astimezone(region_zone()).date()


def local(instant: datetime) -> datetime:
    return instant.astimezone(region_zone())


def format_date(day: date | None) -> str:
    """2026 年 11 月 23 日 without spaces in Chinese, 23 Nov 2026 in English."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = local(day).date()
    if (get_language() or "").startswith("zh"):
        pattern = pgettext("date pattern", "%(year)d-%(month)d-%(day)d")
        return pattern % {"year": day.year, "month": day.month, "day": day.day}
    return f"{day.day} {day:%b} {day.year}"
