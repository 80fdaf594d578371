"""Why a formula has no value, in the words of the explaining back end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhiqiao.engines.formula.sql.operations import NOT_APPLICABLE
from zhiqiao.engines.formula.words import AGGREGATES

if TYPE_CHECKING:
    from zhiqiao.engines.formula.sql.operations import Scene, Term
    from zhiqiao.engines.formula.sql.windows import Grouping
    from zhiqiao.engines.formula.tree import Node

WHY = "__why"
_PLAIN = {
    "fact": "'not-reported'",
    **dict.fromkeys(("formula", "and", "or", "if", "coalesce"), "'input'"),
}
_DIVIDING = ("divide", "round_quotient")


def why(scene: Scene, grouping: Grouping, node: Node) -> str:
    """Write the reason of a root that has no value.

    Parameters
    ----------
    scene : Scene
        Where operands are compiled.
    grouping : Grouping
        Groups of the statement.
    node : Node
        The root of a formula.

    Returns
    -------
    str
        An expression of the reason of its step in an explanation; a cause further down is
        ``input``. O(nodes).
    """
    if node.op in AGGREGATES:
        return _of_group(scene, grouping, node)
    if node.op == "prev":
        scene.compile_operation(node)
        return f"CASE WHEN count(*) OVER before_{node.digits} = 0 THEN 'no-row' ELSE 'input' END"
    if node.op == "parameter":
        absent = f"{scene.term(node.name).grade} = {NOT_APPLICABLE}"
        return f"CASE WHEN {absent} THEN 'does-not-apply' ELSE 'no-value-in-force' END"
    return _PLAIN.get(node.op) or _of_operation(node, [scene.compile(arg) for arg in node.args])


def _of_operation(node: Node, args: list[Term]) -> str:
    known = " AND ".join(f"({arg.value}) IS NOT NULL" for arg in args) or "true"
    failed = "'too-large'"
    if node.op in _DIVIDING:
        failed = f"CASE WHEN ({args[1].value}) = 0 THEN 'division-by-zero' ELSE 'too-large' END"
    return f"CASE WHEN {known} THEN {failed} ELSE 'input' END"


def _of_group(scene: Scene, grouping: Grouping, node: Node) -> str:
    member = scene.compile(node.args[0])
    group = grouping.group(node, member, scene)
    covered = group.is_covered(node, scene)
    empty, own = f"WHEN {group.applicable} = 0 THEN 'empty-group'", ""
    if node.op == "count":
        empty, covered = "", f"{group.known} = {group.applicable}"
    if node.op == "rank":
        empty, own = "", f"WHEN {member.value} IS NULL THEN 'input'"
    return (
        f"CASE WHEN NOT ({group.is_named}) THEN 'group-unknown' {empty} {own} "
        f"WHEN NOT ({covered}) THEN 'below-coverage' ELSE 'too-large' END"
    )
