"""The best assignment of a small problem by trying them all, as a person would count."""

from __future__ import annotations

from itertools import combinations

from zhiqiao.engines.assignment import LeastOf


def panels_of(problem):
    """Return the applications of each panel, in the order of their first ones."""
    if problem.group is None:
        return [[application] for application in range(problem.applications)]
    panels = {}
    for application, number in enumerate(problem.group.tolist()):
        panels.setdefault(number if number >= 0 else f"own {application}", []).append(application)
    return list(panels.values())


def worths(problem):
    """Return what each eligible pair is worth."""
    pairs = problem.pairs
    barred = set(
        zip(problem.conflicts.application.tolist(), problem.conflicts.expert.tolist(), strict=True)
    )
    worth = {}
    for at, (application, expert) in enumerate(
        zip(pairs.application.tolist(), pairs.expert.tolist(), strict=True)
    ):
        if (application, expert) in barred or pairs.affinity[at] < problem.least_affinity:
            continue
        soft = penalty_of(problem, application, expert)
        if problem.keys is None:
            worth[application, expert] = int(pairs.affinity[at]) - sum(soft)
        else:
            worth[application, expert] = int(problem.keys[at]) - (2**28 if soft else 0)
    return worth


def penalty_of(problem, application, expert):
    soft = problem.penalties
    named = zip(soft.application.tolist(), soft.expert.tolist(), soft.penalty.tolist(), strict=True)
    return [penalty for a, e, penalty in named if (a, e) == (application, expert)]


def is_legal(problem, panel, experts):
    """Say whether experts may sit together on the panel of some applications."""
    size = int(problem.panel_size[panel[0]])
    for quota in problem.quotas:
        if quota.applies is not None and not quota.applies[panel].any():
            continue
        if isinstance(quota, LeastOf):
            needed = max(quota.number, -(-size * quota.share.numerator // quota.share.denominator))
            if sum(not quota.members[expert] for expert in experts) > size - needed:
                return False
        else:
            labels = [quota.label[expert] for expert in experts if quota.label[expert] >= 0]
            if any(labels.count(label) > quota.number for label in labels):
                return False
    return True


def stakes(problem):
    """Return what a missing and what an idle review count for; `stakes_of` once more."""
    pairs = problem.pairs
    worth = []
    for at, (application, expert) in enumerate(
        zip(pairs.application.tolist(), pairs.expert.tolist(), strict=True)
    ):
        soft = penalty_of(problem, application, expert)
        if problem.keys is None:
            worth.append(int(pairs.affinity[at]) - sum(soft))
        else:
            worth.append(int(problem.keys[at]) - (2**28 if soft else 0))
    span = max([0, *worth]) - min([0, *worth])
    members = [len(panel) for panel in panels_of(problem)]
    unit = next(n for n in range(min(members), 0, -1) if all(m % n == 0 for m in members))
    idle = (problem.experts + 2) * span * unit + 1
    return 3 * idle, idle


def best(problem):
    """Return the greatest value, and the least (missing, idle, -worth), over all assignments."""
    panels, worth = panels_of(problem), worths(problem)
    seat, idle = stakes(problem)
    least = problem.least_load.tolist()
    found = {}

    def go_on(at, load, missing, gained):
        if at == len(panels):
            short = sum(max(n - used, 0) for n, used in zip(least, load, strict=True))
            value = gained - seat * missing - idle * short
            found["value"] = max(found.get("value", value), value)
            order = (missing, short, -gained)
            found["order"] = min(found.get("order", order), order)
            return
        panel = panels[at]
        size = int(problem.panel_size[panel[0]])
        may = [
            expert
            for expert in range(problem.experts)
            if all((each, expert) in worth for each in panel)
            and load[expert] + len(panel) <= problem.most_load[expert]
        ]
        for number in range(min(size, len(may)) + 1):
            for experts in combinations(may, number):
                if is_legal(problem, panel, experts):
                    used = [n + len(panel) * (e in experts) for e, n in enumerate(load)]
                    more = sum(worth[each, expert] for each in panel for expert in experts)
                    go_on(at + 1, used, missing + (size - number) * len(panel), gained + more)

    go_on(0, [0] * problem.experts, 0, 0)
    return found["value"], found["order"]
