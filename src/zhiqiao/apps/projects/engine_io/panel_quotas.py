"""The quotas of a lifecycle as the engine counts them: what is left of each where some stand already."""

from fractions import Fraction

import numpy as np

from zhiqiao.apps.people.queries import ExpertFacts
from zhiqiao.apps.projects.engine_io.assignment_rows import Rows
from zhiqiao.apps.projects.models import Call
from zhiqiao.engines import assignment as engine
from zhiqiao.engines.assignment.terms import Truths
from zhiqiao.packs import PanelRule


def quotas_of(rows: Rows) -> tuple[engine.LeastOf | engine.MostPerValue, ...]:
    return tuple(quota for rule in rows.rule.quotas for quota in _quotas_of(rule, rows))


def members_of(rule: PanelRule, rows: Rows) -> Truths:
    """Say of each expert whether one counts for a quota."""
    return np.array([is_of(rule, one, rows.call) for one in rows.experts], np.bool_)


def is_of(rule: PanelRule, one: ExpertFacts, call: Call) -> bool:
    """Say whether an expert counts for a quota; who works nobody knows where is not from outside."""
    if rule.category is not None:
        return one.category == rule.category
    return bool(one.area_path) and not one.area_path.startswith(call.area.path)


def name_of(rule: PanelRule) -> str:
    return rule.category or ("per-employer" if rule.per_employer else "outside-area")


def _quotas_of(rule: PanelRule, rows: Rows) -> list[engine.LeastOf | engine.MostPerValue]:
    if rule.per_employer:
        return [_per_employer(rule, rows)]
    members = members_of(rule, rows)
    if rule.most is not None:
        label = np.where(members, 0, -1).astype(np.int32)
        return [engine.MostPerValue(name_of(rule), label, number=rule.most)]
    return _least_of(rule, rows, members)


def _least_of(
    rule: PanelRule, rows: Rows, members: Truths
) -> list[engine.LeastOf | engine.MostPerValue]:
    """Ask for what is left of a quota where some of a panel stand already."""
    whole = rows.rule.reviews
    share = Fraction(rule.share) if rule.share is not None else Fraction(0)
    asked = max(rule.least or 0, -(-whole * share.numerator // share.denominator))
    of_kind = {one.key for one, is_so in zip(rows.experts, members.tolist(), strict=True) if is_so}
    left = [
        min(number, max(0, asked - len(of_kind.intersection(rows.held.get(key, ())))))
        for key, number in rows.missing.items()
    ]
    return [
        engine.LeastOf(name_of(rule), members, number=number, applies=np.array(left) == number)
        for number in sorted(set(left) - {0})
    ]


def _per_employer(rule: PanelRule, rows: Rows) -> engine.MostPerValue:
    employers = sorted({one.employer for one in rows.experts if one.employer is not None})
    place = {employer: number for number, employer in enumerate(employers)}
    label = [place.get(one.employer, -1) if one.employer else -1 for one in rows.experts]
    return engine.MostPerValue(name_of(rule), np.array(label, np.int32), number=rule.most or 1)
