"""The board of two days beside each other."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from zhiqiao.apps.plan.models import FigurePoint
from zhiqiao.core.dates import region_zone
from zhiqiao.core.measures import Bound
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import Target


@dataclass(frozen=True, slots=True)
class Compared:
    """One target on two days; a day before the first record of its history has no point."""

    target: Target
    earlier: FigurePoint | None
    later: FigurePoint | None

    @property
    def difference(self) -> Decimal | None:
        """The change of the number, only where both days state the same kind of number."""
        if self.earlier is None or self.later is None:
            return None
        if self.earlier.value is None or self.later.value is None:
            return None
        return self.later.value - self.earlier.value

    @property
    def is_exact(self) -> bool:
        """Whether the difference is exact: between lower bounds it says only what was found."""
        points = [point for point in (self.earlier, self.later) if point is not None]
        return all(point.bound == Bound.EXACT for point in points)

    @property
    def has_changed(self) -> bool:
        """Whether the board said something else; a day without a record says nothing."""
        if self.earlier is None or self.later is None:
            return False
        return _said(self.earlier) != _said(self.later)


def compare_days(earlier: date, later: date) -> list[Compared]:
    """Compare the values that stood at the end of two days, in the order of the pack."""
    first, second = _points(earlier), _points(later)
    return [
        Compared(target, first.get(name), second.get(name))
        for name, target in current_pack().targets.items()
    ]


def first_day_of_history() -> date | None:
    found = FigurePoint.objects.order_by("recorded_at").first()
    return found.recorded_at.astimezone(region_zone()).date() if found else None


def _points(day: date) -> dict[str, FigurePoint]:
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=region_zone())
    rows = (
        FigurePoint.objects.filter(recorded_at__lt=end).order_by("target", "-id").distinct("target")
    )
    return {point.target: point for point in rows}


def _said(point: FigurePoint) -> tuple[object, ...]:
    return point.value, point.bound, point.status, point.pending, point.list_state
