"""For every property of `verify` a tampered result that only it finds."""

from dataclasses import replace

import numpy as np
import pytest

from zhiqiao.engines.scoring import FINE, UNKNOWN, Basis, Way, half_up, solve, verify
from zhiqiao.engines.scoring.tests.worlds import EASY, a_problem, whole
from zhiqiao.engines.scoring.verify import PROPERTIES

rng = np.random.default_rng(11)
MARKS = (
    rng.integers(4000, 9000, (9, 1)) + rng.integers(-600, 600, (9, 4)) + [[-500, 0, 300, 700]]
).tolist()
WORLD = a_problem(
    MARKS,
    places=3,
    seconds=[[20 + 7 * a + 13 * r for r in range(4)] for a in range(9)],
    comments=[[f"{a} {r} {chr(97 + a + 3 * r) * 9}" for r in range(4)] for a in range(9)],
    thresholds=EASY,
)
APART = a_problem([[5000, 4000, None], [4500, 4600, None], [None, None, 7000]], ridge=1000)
SOLVED, OF_APART = solve(WORLD), solve(APART)


def changed(array, at, value):
    found = array.copy()
    found[at] = value
    return found


def model(**parts):
    return replace(SOLVED, model=replace(SOLVED.model, **parts))


def readers(**parts):
    return replace(SOLVED, readers=replace(SOLVED.readers, **parts))


def ranked(way, at, value):
    return replace(SOLVED, ranks=SOLVED.ranks | {way: changed(SOLVED.ranks[way], at, value)})


def moved_effects():
    """Move all effects by one amount: the calibrated scores follow, and no rank changes."""
    effect = SOLVED.model.effect + 10 * FINE
    freed = WORLD.reviews.score * FINE - effect[WORLD.reviews.reviewer]
    calibrated = half_up(np.add.reduceat(freed, WORLD.first[:-1]), WORLD.size * FINE)
    return replace(model(effect=effect), calibrated=calibrated)


TAMPERED = {
    "P1 spread": ("P1", WORLD, replace(SOLVED, spread=SOLVED.spread + 1)),
    "P1 one missing": ("P1", WORLD, replace(SOLVED, spread=SOLVED.spread[1:])),
    "P1 a mean rounded down": (
        "P1", APART, replace(OF_APART, official=OF_APART.official - 1),
    ),
    "P2 one group": (
        "P2",
        APART,
        replace(
            OF_APART,
            group=np.zeros(3, np.int32),
            ranks=OF_APART.ranks | {Way.CALIBRATED: whole(3, 2, 1)},
        ),
    ),
    "P3 another variance": ("P3", WORLD, model(noise_variance=SOLVED.model.noise_variance + 1)),
    "P3 another basis": ("P3", WORLD, model(basis=Basis.GIVEN)),
    "P3 degrees": ("P3", WORLD, model(degrees=SOLVED.model.degrees + 1)),
    "P3 no witness": ("P3", WORLD, model(unshrunk=whole())),
    "P3 a false witness": ("P3", WORLD, model(unshrunk=SOLVED.model.unshrunk + whole(FINE, 0, 0, 0))),
    "P4 other effects": ("P4", WORLD, moved_effects()),
    "P5 a better score": ("P5", WORLD, replace(SOLVED, calibrated=SOLVED.calibrated + 1)),
    "P5 a score that is kept back": (
        "P5",
        WORLD,
        replace(
            SOLVED,
            calibrated=np.full(9, UNKNOWN),
            ranks=SOLVED.ranks | {Way.CALIBRATED: np.zeros(9, np.int64)},
            changes_cut=np.array([row[0] <= 3 for row in zip(SOLVED.ranks[Way.OFFICIAL], strict=True)]) & False,
        ),
    ),
    "P6 another deviation": ("P6", WORLD, replace(SOLVED, standard=SOLVED.standard + 1)),
    "P7 a better rank": ("P7", WORLD, ranked(Way.MEDIAN, int(np.argmax(SOLVED.ranks[Way.MEDIAN])), 8)),
    "P7 no ranks": ("P7", APART, replace(OF_APART, ranks={Way.OFFICIAL: OF_APART.ranks[Way.OFFICIAL]})),
    "P8 a line that does not move": ("P8", WORLD, replace(SOLVED, changes_cut=~SOLVED.changes_cut)),
    "P9 fewer in common": ("P9", WORLD, readers(timed=SOLVED.readers.timed - 1)),
    "P9 more agreement": (
        "P9",
        WORLD,
        readers(agreement=np.where(SOLVED.readers.agreement > 300, SOLVED.readers.agreement + 1, SOLVED.readers.agreement)),
    ),
    "P10 one left out": ("P10", WORLD, replace(SOLVED, flags=SOLVED.flags[1:])),
    "P10 one twice": ("P10", WORLD, replace(SOLVED, flags=SOLVED.flags + SOLVED.flags[:1])),
    "P10 another figure": (
        "P10",
        WORLD,
        replace(SOLVED, flags=(replace(SOLVED.flags[0], figure=0), *SOLVED.flags[1:])),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "problem", "scores"), TAMPERED.values(), ids=TAMPERED)
def test_only_its_property_finds_what_was_tampered_with(name, problem, scores):
    assert {violation.name for violation in verify(problem, scores)} == {name}
    assert verify(problem, scores, without=frozenset({name})) == []


def test_every_property_has_something_that_it_alone_finds():
    assert {name for name, _problem, _scores in TAMPERED.values()} == set(PROPERTIES)


def test_what_is_tampered_with_was_right():
    assert verify(WORLD, SOLVED) == verify(APART, OF_APART) == []
    assert SOLVED.model.basis is Basis.ESTIMATED
    assert len(SOLVED.flags) > 3


def test_violations_name_whom_they_concern():
    (first, *_others) = verify(WORLD, replace(SOLVED, spread=SOLVED.spread + 1))
    assert (first.applications, first.reviewers) == ((0,), ())
    assert first.sentence == f"the spread is {SOLVED.spread[0]}, and {SOLVED.spread[0] + 1} is told"
    (reader, *_others) = verify(WORLD, readers(timed=SOLVED.readers.timed - 1))
    assert (reader.reviewers, reader.sentence) == ((0,), "timed is 9, and 8 is told")
    effect = SOLVED.model.effect.copy()
    effect[2] += FINE
    found = [each for each in verify(WORLD, model(effect=effect)) if each.name == "P4"]
    assert found[0].reviewers == (0, 1, 2, 3)
