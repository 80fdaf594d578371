"""Whether the pack holds the whole plan, and whether its claims about the product are true."""

import ast
from collections.abc import Iterator
from pathlib import Path

from zhiqiao.packs.draft import Draft
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.schemas import Mechanism, MechanismState


def find_coverage_problems(draft: Draft, pack: Pack, *, root: Path | None) -> Iterator[Problem]:
    """Yield what is missing or claimed without proof.

    Parameters
    ----------
    draft
        The pack's own files, for lines.
    pack
        The same pack, loaded.
    root
        Directory of the source tree that holds the tests named in ``proof``; an installed
        product has none, and its packs were checked where it was built.
    """
    yield from _counts(draft, pack)
    yield from _articles(draft, pack)
    yield from _kinds(draft, pack)
    yield from _tasks(draft, pack)
    for mechanism in pack.mechanisms.values():
        yield from _state(draft, mechanism, root)


def _counts(draft: Draft, pack: Pack) -> Iterator[Problem]:
    if pack.expected is None:
        if pack.targets:
            yield draft.problem(
                ("pack",), "expected-missing",
                message="the pack has targets and does not say how many the plan has.",
                remedy="Add expected with articles, targets, duties and mechanisms.",
            )  # fmt: skip
        return
    for what, expected in pack.expected:
        found = len(getattr(pack, what))
        if found != expected:
            yield draft.problem(
                ("pack", "expected", what), f"count-{what}",
                message=f"{expected} are expected, the pack has {found}.",
                remedy="Write the missing ones, take out the wrong ones or correct the number.",
            )  # fmt: skip


def _articles(draft: Draft, pack: Pack) -> Iterator[Problem]:
    for position, key in enumerate(sorted(pack.mechanisms, key=int)):
        if int(key) != position:
            yield draft.problem(
                ("mechanisms", key), "mechanism-gap",
                message=f"number {position:02} should come here.",
                remedy="Number the mechanisms 00, 01, 02 and so on.",
            )  # fmt: skip
            break
    for mechanism in pack.mechanisms.values():
        if mechanism.article is None and int(mechanism.id):
            yield draft.problem(
                ("mechanisms", mechanism.id), "mechanism-without-article",
                message="the mechanism belongs to no article.",
                remedy="Add its article; only 00, the overall requirement, has none.",
            )  # fmt: skip
    named = {mechanism.article for mechanism in pack.mechanisms.values()}
    for key in pack.articles:
        if key not in named:
            yield draft.problem(
                ("articles", key), "article-without-mechanism",
                message="no mechanism belongs to this article.",
                remedy="Add what the article wants to mechanisms.yaml.",
            )  # fmt: skip


def _kinds(draft: Draft, pack: Pack) -> Iterator[Problem]:
    for kind in pack.kinds.values():
        if kind.mechanism is None:
            yield draft.problem(
                ("kinds", kind.id), "kind-without-mechanism",
                message="no mechanism is named.",
                remedy="Add the number of the mechanism that this kind belongs to.",
            )  # fmt: skip
    for section, entries in (("kinds", pack.kinds), ("duties", pack.duties)):
        for key, entry in entries.items():
            mechanism = pack.mechanisms.get(entry.mechanism or "")
            if mechanism and mechanism.article != entry.article:
                yield draft.problem(
                    (section, key, "article"), "article-mismatch",
                    message=f"{entry.article} is not the article of mechanism {mechanism.id}.",
                    remedy="Correct the article or the mechanism.",
                )  # fmt: skip


def unserved(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield section and id of every target, duty and mechanism that no task serves."""
    for section in ("targets", "duties", "mechanisms"):
        served = {name for task in pack.tasks.values() for name in getattr(task, section)}
        for name in getattr(pack, section):
            if name not in served:
                yield section, name


def _tasks(draft: Draft, pack: Pack) -> Iterator[Problem]:
    """Yield what no task serves, in a pack with tasks, and the mechanisms that are served twice."""
    if not pack.tasks:
        return
    for place in unserved(pack):
        yield draft.problem(
            place, "unserved",
            message="no task serves this entry.",
            remedy="Name it in a task of tasks.yaml.",
        )  # fmt: skip
    served_by: dict[str, str] = {}
    for task in pack.tasks.values():
        for name in task.mechanisms:
            if name in served_by:
                yield draft.problem(
                    ("tasks", task.id, "mechanisms"), "served-twice",
                    message=f"mechanism {name} belongs to {served_by[name]} already.",
                    remedy="Let one task answer for it, once.",
                )  # fmt: skip
            served_by.setdefault(name, task.id)


def _state(draft: Draft, mechanism: Mechanism, root: Path | None) -> Iterator[Problem]:
    place = ("mechanisms", mechanism.id, "state")
    if mechanism.state is MechanismState.GENERIC and not mechanism.kinds:
        yield draft.problem(
            place, "generic-without-kind",
            message="no recognition kind names this mechanism, so no register carries it.",
            remedy="Add a kind, or write state: planned.",
        )  # fmt: skip
    if mechanism.state is MechanismState.WORKING and not mechanism.proof:
        yield draft.problem(
            place, "proof-missing",
            message="the mechanism is said to work and names no test.",
            remedy="Add proof: path/to/test_file.py::test_name, or lower the state.",
        )  # fmt: skip
    if mechanism.proof and root is not None and not _has_test(root, mechanism.proof):
        yield draft.problem(
            ("mechanisms", mechanism.id, "proof"), "proof-unknown",
            message=f"there is no test {mechanism.proof}.",
            remedy="Correct the path and the name of the test, or lower the state.",
        )  # fmt: skip


def _has_test(root: Path, proof: str) -> bool:
    path, _, name = proof.partition("::")
    file = root / path
    if not file.is_file():
        return False
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)
