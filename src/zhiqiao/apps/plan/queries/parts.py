"""What one body brings to a target: its own records in the target's formula, and no others read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from zhiqiao.apps.plan.queries.drill import records_of
from zhiqiao.apps.plan.queries.figures import Figure, as_decimal, program_of
from zhiqiao.apps.projects.queries import facts_of_holder
from zhiqiao.apps.registry.queries import line_of, organisations_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.formulas import run_statement
from zhiqiao.core.measures import Bound
from zhiqiao.packs import Pack


@dataclass(frozen=True, slots=True)
class Part:
    """The figure of one body, and the counted records that it holds.

    Of a part no more may be said than of the whole: ``bound`` is that of the target's figure.
    """

    holder: Any
    value: Decimal | None
    bound: Bound
    records: QuerySet[Any]


def part_of(figure: Figure, uid: UUID, user: Actor, *, pack: Pack) -> Part:
    """Compute the figure of one body in the database, in one statement."""
    holders = organisations_visible_to(user).filter(uid=uid)
    holder = holders.first()
    if holder is None:
        raise MissingError("plan.unknown-body")
    keys = line_of(holder)
    facts = facts_of_holder(
        holders,
        keys,
        measures=[pack.measures[name] for name in figure.counts],
        certain={name for name, count in figure.counts.items() if count.bound is Bound.EXACT},
        area=pack.area,
        day=figure.as_of,
    )
    formula = figure.target.formula
    statement = program_of(pack).statement(
        facts, formulas=[formula], entity=str(holder.uid), years=[figure.as_of.year]
    )
    value = as_decimal(run_statement(statement)[formula].item())
    bound = Bound.NONE if value is None else figure.bound
    records = records_of(figure, user).filter(holder_id__in=keys)
    return Part(holder, None if bound is Bound.NONE else value, bound, records)
