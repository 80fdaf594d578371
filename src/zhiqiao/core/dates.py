"""Instants are UTC inside; days belong to the region's zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.formats import date_format
from django.utils.translation import get_language


def region_zone() -> ZoneInfo:
    return ZoneInfo(settings.ZHIQIAO_ZONE)


def today() -> date:
    return timezone.now().astimezone(region_zone()).date()


def local(instant: datetime) -> datetime:
    return instant.astimezone(region_zone())


def end_of(day: date) -> datetime:
    """Return the instant at which a day of the region's zone is over."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=region_zone())


def format_date(day: date | None) -> str:
    """Write the day as the language of the reader does: Y, M, D in Chinese, 23 Nov 2026 in English."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = local(day).date()
    if (get_language() or "").startswith("zh"):
        return date_format(day, "DATE_FORMAT")
    return formatted(day, "j M Y")
