"""Working days by the published arrangements of holidays, which the policy pack carries.

A year without an arrangement is counted by its weekends alone, and the day found is provisional:
the notice for a year usually comes out in the November before it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from zhiqiao.core.policy import current_pack
from zhiqiao.packs import Pack

SATURDAY = 5
ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day in time; provisional when a year on the way has no published arrangement."""

    day: date
    is_provisional: bool


def is_working_day(day: date) -> bool:
    return _is_working_day(current_pack(), day)


def add_working_days(day: date, number: int) -> Deadline:
    """Count forward from the day after ``day``; nothing to count gives the day itself."""
    if number < 0:
        raise ValueError(f"Deadlines are counted forwards; {number} working days were asked for.")
    return _counted_on(current_pack(), day, number)


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start`` up to ``end``; below zero when ``end`` is before."""
    pack = current_pack()
    return -_between(pack, end, start) if end < start else _between(pack, start, end)


# Lists ask for the same few days again and again; a pack is one object as long as its bytes are.
@lru_cache(maxsize=4_096)
def _is_working_day(pack: Pack, day: date) -> bool:
    year = pack.calendars.get(str(day.year))
    if year is None:
        return day.weekday() < SATURDAY
    return day in year.working or (day.weekday() < SATURDAY and not year.is_off(day))


@lru_cache(maxsize=4_096)
def _counted_on(pack: Pack, day: date, number: int) -> Deadline:
    left, reached = number, day
    is_provisional = False
    while left > 0:
        reached += ONE
        is_provisional = is_provisional or str(reached.year) not in pack.calendars
        left -= _is_working_day(pack, reached)
    return Deadline(reached, is_provisional)


@lru_cache(maxsize=4_096)
def _between(pack: Pack, start: date, end: date) -> int:
    days = (start + n * ONE for n in range(1, (end - start).days + 1))
    return sum(_is_working_day(pack, day) for day in days)
