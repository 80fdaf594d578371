"""The register of personal data: no column about a person is kept without being declared.

``personal_data.csv`` decides what is not declared: why a table (``*``) or a column is not about a
person. A new column fails until it is decided.
"""

import csv
from pathlib import Path

from zhiqiao.apps.accounts.models import User
from zhiqiao.core.personal_data import all_columns, declared_columns, register_of_personal_data

TABLE = Path(__file__).with_name("personal_data.csv")


def decided() -> dict[tuple[str, str], str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["column"]): row["decision"] for row in csv.DictReader(file)}


def test_every_column_is_declared_or_decided():
    known, declared = decided(), declared_columns()
    missing = [
        (model._meta.db_table, name)
        for model, name in all_columns()
        if (model._meta.db_table, name) not in declared
        and (model._meta.db_table, name) not in known
        and (model._meta.db_table, "*") not in known
    ]
    assert missing == []


def test_no_decision_is_stale_or_against_a_declaration():
    known, declared = decided(), declared_columns()
    tables = {model._meta.db_table for model, _name in all_columns()}
    columns = {(model._meta.db_table, name) for model, name in all_columns()}
    assert {table for table, _column in known} <= tables
    assert {key for key in known if key[1] != "*"} <= columns
    assert set(known) & declared == set()
    assert {table for table, column in known if column == "*"} & {t for t, _c in declared} == set()
    assert all(len(why) > 10 for why in known.values())


def test_whoever_points_at_an_account_is_declared():
    declared = declared_columns()
    pointing = {
        (model._meta.db_table, name)
        for model, name in all_columns()
        if model._meta.get_field(name).related_model is User
    }
    assert pointing - declared == set()


def test_register_says_everything_about_each_kind():
    for kind in register_of_personal_data():
        said = (kind.people, kind.what, kind.purpose, kind.ground, kind.period, kind.readers)
        assert all(str(words).strip() for words in (*said, kind.protection)), kind.name
        assert kind.columns
