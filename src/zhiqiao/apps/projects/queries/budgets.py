"""The grid of a budget: lines and sources by year, in yuan to the fen, and whether it adds up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.queries.written import AMOUNTS
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Budget

MONTHS = 12
Sums = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A line or source: its name, its title, its amount in each year and in all."""

    name: str
    title: str
    amounts: tuple[Decimal | None, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class BudgetHalf:
    """What is spent on, or where it comes from: its rows and the sum of each year and of all."""

    side: str
    rows: tuple[BudgetRow, ...]
    sums: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class BudgetTable:
    years: tuple[str, ...]
    lines: BudgetHalf
    sources: BudgetHalf

    @property
    def difference(self) -> Decimal:
        """Return how much more is spent than comes in."""
        return self.lines.total - self.sources.total

    @property
    def differing_years(self) -> tuple[tuple[str, Decimal, Decimal], ...]:
        """Return the years whose two sums are not the same, with both."""
        both = zip(self.years, self.lines.sums, self.sources.sums, strict=True)
        return tuple(one for one in both if one[1] != one[2])

    @property
    def is_empty(self) -> bool:
        rows = (*self.lines.rows, *self.sources.rows)
        return all(amount is None for row in rows for amount in row.amounts)


def budget_years(call: Call) -> tuple[str, ...]:
    """Return the years of the grid: from the year of the call to the end of building."""
    building = call.rules.lifecycle.building
    further = -(-building.months // MONTHS) if building else 0
    return tuple(str(call.year + number) for number in range(min(further, 10) + 1))


def budget_table(wanted: Budget, kept: Mapping[str, object], years: tuple[str, ...]) -> BudgetTable:
    """Put what was kept into rows and sums; what is no longer asked for is left out."""
    halves = []
    for side in AMOUNTS:
        titles = {name: spoken(text) for name, text in getattr(wanted, side).items()}
        given = kept.get(side)
        cells = given if isinstance(given, dict) else {}
        halves.append(_half(side, titles, cells, years))
    return BudgetTable(years, *halves)


def _half(
    side: str, titles: Mapping[str, str], cells: Mapping[str, object], years: tuple[str, ...]
) -> BudgetHalf:
    rows = []
    for name, title in titles.items():
        given = cells.get(name)
        row = given if isinstance(given, dict) else {}
        amounts = tuple(Decimal(row[year]) if row.get(year) else None for year in years)
        rows.append(BudgetRow(name, title, amounts, _sum(amounts)))
    sums = tuple(_sum(row.amounts[place] for row in rows) for place in range(len(years)))
    return BudgetHalf(side, tuple(rows), sums, _sum(sums))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


def planned_by_line(call: Call, kept: Mapping[str, object]) -> dict[str, Decimal]:
    """Return what an application plans for each line over all years, in yuan."""
    wanted = call.rules.lifecycle.budget
    if wanted is None:
        return {}
    table = budget_table(wanted, kept, budget_years(call))
    return {row.name: row.total for row in table.lines.rows}
