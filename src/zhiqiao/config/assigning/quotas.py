"""From quotas in words to sets of experts."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import polars as pl

from zhiqiao.config.assigning.rules import AssignmentRules, QuotaRule, Values
from zhiqiao.config.rule_files import RULES
from zhiqiao.engines.assignment import LeastOf, MostPerValue
from zhiqiao.engines.matching import Fault, TableError

Truths = npt.NDArray[np.bool_]


def quotas_of(
    rules: AssignmentRules, applications: pl.DataFrame, experts: pl.DataFrame
) -> tuple[LeastOf | MostPerValue, ...]:
    """Return the quotas of the rules.

    Raises TableError where a column that a quota names is missing.
    """
    return tuple(_quota(rule, applications, experts) for rule in rules.quotas)


def _quota(
    rule: QuotaRule, applications: pl.DataFrame, experts: pl.DataFrame
) -> LeastOf | MostPerValue:
    applies = _having(rule, applications, "applications", rule.only) if rule.only else None
    if rule.by:
        return MostPerValue(rule.name, _labels(rule, experts), rule.at_most or 1, applies)
    members = _having(rule, experts, "experts", rule.where or rule.exclude)
    if rule.exclude:
        members = ~members
    if rule.at_most is not None:
        label = np.where(members, 0, -1).astype(np.int32)
        return MostPerValue(rule.name, label, rule.at_most, applies)
    share = Fraction(rule.share or 0)
    return LeastOf(rule.name, members, rule.at_least or 0, share, applies)


def _having(rule: QuotaRule, table: pl.DataFrame, name: str, wanted: Values) -> Truths:
    """Say which rows have one of the values wanted in every column named."""
    found = np.ones(table.height, np.bool_)
    for column, given in wanted.items():
        values = given if isinstance(given, list) else [given]
        found &= _texts(rule, table, name, column).is_in(values).fill_null(value=False).to_numpy()
    return found


def _labels(rule: QuotaRule, experts: pl.DataFrame) -> npt.NDArray[np.int32]:
    dense = _texts(rule, experts, "experts", rule.by).rank("dense").cast(pl.Int32) - 1
    return dense.fill_null(-1).to_numpy().astype(np.int32)


def _texts(rule: QuotaRule, table: pl.DataFrame, name: str, column: str) -> pl.Series:
    if column not in table.columns:
        message = f"the quota {rule.name} names column {column!r}, which {name} do not have."
        raise TableError([Fault(RULES, 0, "quotas", message)])
    return table[column].cast(pl.String).str.strip_chars().replace("", None)
