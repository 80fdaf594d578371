"""The SQL back end: a program as one parameterised statement over a long relation of facts.

`write_statement` makes the text and its parameters; whoever has a database runs them and gives the
rows to `Statement.table`, which answers as `Program.run` does with states.
"""

from zhiqiao.engines.formula.sql.relation import Relation
from zhiqiao.engines.formula.sql.statement import Statement, write_statement

__all__ = ["Relation", "Statement", "write_statement"]
