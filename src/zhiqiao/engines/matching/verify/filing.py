"""The two mechanisms of filing, replayed one candidate at a time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from zhiqiao.engines.matching.terms import Reason, Ties

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.problem import Problem

    File: TypeAlias = tuple[tuple[int, int], int]


def rounds_are_replayed(problem: Problem, outcome: Outcome) -> Iterator[tuple[int, str]]:
    """P9: round by round, each programme admits the best of the files that fit its places left."""
    left = problem.seats.tolist()
    taken: dict[int, int] = {}
    for _rank, asking in sorted(_by_rank(problem).items()):
        files: dict[int, list[File]] = defaultdict(list)
        for candidate, choice in asking:
            if candidate not in taken and _may_be_filed(problem, [choice]):
                file = (_key(problem, candidate, choice), choice)
                files[int(problem.programme[choice])].append(file)
        for programme, sent in files.items():
            room = left[programme] * problem.ratio_thousandths // 1000
            filed = [each for each in _first_in(problem, sent, room) if not _bar(problem, each[1])]
            for (_place, lot), choice in _first_in(problem, filed, left[programme]):
                taken[int(problem.standing.drawn[lot])] = choice
                left[programme] = max(left[programme] - 1, 0)
    for candidate in range(problem.candidates):
        if taken.get(candidate, -1) != outcome.choice[candidate]:
            yield candidate, "is not admitted as the rounds say"


def _by_rank(problem: Problem) -> dict[int, list[tuple[int, int]]]:
    asking: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for candidate in range(problem.candidates):
        start = int(problem.first[candidate])
        for choice in range(start, int(problem.first[candidate + 1])):
            rank = choice - start + 1 if problem.rank is None else int(problem.rank[choice])
            asking[rank].append((candidate, choice))
    return asking


def groups_are_replayed(problem: Problem, outcome: Outcome) -> Iterator[tuple[int, str]]:
    """P9: filed once in the order of the ranking, placed by the lists, adjusted, or returned."""
    order = sorted(range(problem.candidates), key=lambda each: _key(problem, each, 0))
    filed = _files(problem, order)
    left = problem.seats.tolist()
    placed = _placed(problem, filed, left)
    placed |= _adjusted(problem, {one: filed[one] for one in filed if one not in placed}, left)
    for candidate in range(problem.candidates):
        if placed.get(candidate, -1) != outcome.programme[candidate]:
            yield candidate, "is not placed as the order of filing says"


def _files(problem: Problem, order: list[int]) -> dict[int, tuple[int, list[int]]]:
    """Return group and choices of each file, in the order of the ranking."""
    assert problem.groups is not None  # noqa: S101 - checked when the problem was made
    room: dict[int, int] = defaultdict(int)
    for programme, group in enumerate(problem.groups.group.tolist()):
        classes = problem.groups.class_of
        is_closed = classes is not None and classes[programme] == -1
        room[group] += 0 if is_closed else int(problem.seats[programme])
    ratio = problem.groups.ratio_thousandths
    room = {group: places * ratio // 1000 for group, places in room.items()}
    filed: dict[int, tuple[int, list[int]]] = {}
    for candidate in order:
        for group, choices in _by_group(problem, candidate):
            if room[group] and _may_be_filed(problem, choices):
                room[group] -= 1
                filed[candidate] = (group, choices)
                break
    return filed


def _placed(
    problem: Problem, filed: dict[int, tuple[int, list[int]]], left: list[int]
) -> dict[int, int]:
    placed: dict[int, int] = {}
    for candidate, (_group, choices) in filed.items():
        for choice in choices:
            programme = int(problem.programme[choice])
            if left[programme] and not _bar(problem, choice):
                left[programme] -= 1
                placed[candidate] = programme
                break
    return placed


def _adjusted(
    problem: Problem, filed: dict[int, tuple[int, list[int]]], left: list[int]
) -> dict[int, int]:
    assert problem.groups is not None  # noqa: S101 - checked when the problem was made
    of_group = problem.groups.group.tolist()
    placed: dict[int, int] = {}
    for candidate, (group, choices) in filed.items():
        majors = [
            each
            for each, own in enumerate(of_group)
            if own == group and left[each] and _may_be_adjusted(problem, candidate, each, choices)
        ]
        if majors and problem.groups.adjusts[choices[0]]:
            left[majors[0]] -= 1
            placed[candidate] = majors[0]
    return placed


def _may_be_adjusted(problem: Problem, candidate: int, major: int, choices: list[int]) -> bool:
    """Nobody is moved to a major that is closed, or that would not have taken this candidate."""
    assert problem.groups is not None  # noqa: S101 - checked when the problem was made
    class_of, takes = problem.groups.class_of, problem.groups.takes
    if any(problem.programme[each] == major and _bar(problem, each) for each in choices):
        return False
    if class_of is None or takes is None:
        return True
    return bool(class_of[major] >= 0 and takes[candidate, class_of[major]])


def _may_be_filed(problem: Problem, choices: list[int]) -> bool:
    return any(_bar(problem, choice) in {0, Reason.STRUCK_OUT} for choice in choices)


def _by_group(problem: Problem, candidate: int) -> list[tuple[int, list[int]]]:
    assert problem.groups is not None  # noqa: S101 - checked when the problem was made
    found: dict[int, list[int]] = {}
    for choice in range(int(problem.first[candidate]), int(problem.first[candidate + 1])):
        found.setdefault(int(problem.groups.group[problem.programme[choice]]), []).append(choice)
    return list(found.items())


def _bar(problem: Problem, choice: int) -> int:
    return int(problem.bars[choice]) if problem.bars.size else 0


def _key(problem: Problem, candidate: int, choice: int) -> tuple[int, int]:
    standing = problem.standing
    place = standing.places[choice if standing.by_choice else candidate]
    return int(place), int(standing.lots[candidate])


def _first_in(problem: Problem, files: list[File], room: int) -> list[File]:
    files = sorted(files)
    if problem.ties in {Ties.STRICT, Ties.LOTTERY}:
        return files[:room]
    admitted: list[File] = []
    for place in sorted({key[0] for key, _choice in files}):
        tied = [each for each in files if each[0][0] == place]
        fits = len(admitted) < room if problem.ties is Ties.ADMIT_ALL else (
            sum(key[0] <= place for key, _choice in files) <= room
        )  # fmt: skip
        admitted += tied if fits else []
    return admitted
