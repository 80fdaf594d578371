"""Small problems written down, and random ones of every shape."""

import numpy as np
from hypothesis import strategies as st

from zhiqiao.engines.scoring import ScoringProblem, Thresholds, sorted_reviews
from zhiqiao.engines.scoring.problem import review_order

WORDS = (
    "",
    "好",
    "abcdefgh",
    "abcdefgi",
    "材料充分，目标明确，措施可行。",
    "材料充分, 目标明确, 措施可行!",
)
EASY = Thresholds(
    trimmed_from=3,
    least_degrees=2,
    panel_least=2,
    read_bare=2,
    read_floor=50,
    read_share=50,
    times_least=2,
    comment_least=3,
    copied_share=50,
    copied_least=2,
    shingle=2,
    agreement_least=3,
    agreement_most=300,
    same_marks_least=2,
    outlying=120,
    outlying_least=3,
    spread_most=300,
)


def whole(*values):
    return np.array(values, np.int64)


def small(*values):
    return np.array(values, np.int32)


def a_problem(marks, *, seconds=None, comments=None, **parts):
    """Make a problem; ``marks[a][r]`` is a score, None where there is no review.

    ``seconds`` and ``comments`` have the same shape.
    """
    cells = [
        (a, r) for a, row in enumerate(marks) for r, mark in enumerate(row) if mark is not None
    ]
    return ScoringProblem(
        applications=len(marks),
        reviewers=max((len(row) for row in marks), default=0),
        reviews=sorted_reviews(
            small(*(a for a, _r in cells)),
            small(*(r for _a, r in cells)),
            whole(*(marks[a][r] for a, r in cells)),
        ),
        seconds=None if seconds is None else whole(*(seconds[a][r] for a, r in cells)),
        comments=None if comments is None else tuple(comments[a][r] for a, r in cells),
        **parts,
    )


@st.composite
def problems(draw, applications=6, reviewers=5, *, with_ridge=True):
    """Draw pairs at random, with scores that often are the same, and everything else or not."""
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, applications - 1), st.integers(0, reviewers - 1)),
            min_size=1,
            max_size=applications * reviewers,
            unique=True,
        )
    )
    application, reviewer = (
        np.unique(column, return_inverse=True)[1].astype(np.int32)
        for column in zip(*pairs, strict=True)
    )
    number, drawn = len(pairs), {}
    scores = st.one_of(st.integers(0, 5).map(lambda n: n * 100), st.integers(0, 10_000))
    score = np.array(draw(st.lists(scores, min_size=number, max_size=number)), np.int64)
    order = review_order(application, reviewer)
    size = int(application.max()) + 1
    if draw(st.booleans()):
        times = st.integers(-1, 60)
        drawn["seconds"] = np.array(
            draw(st.lists(times, min_size=number, max_size=number)), np.int64
        )
    if draw(st.booleans()):
        words = st.sampled_from(WORDS)
        drawn["comments"] = tuple(draw(st.lists(words, min_size=number, max_size=number)))
    if draw(st.booleans()):
        panels = st.integers(-1, min(1, size - 1))
        drawn["panel"] = np.array(draw(st.lists(panels, min_size=size, max_size=size)), np.int32)
    if with_ridge and draw(st.booleans()):
        drawn["ridge"] = draw(st.integers(10, 20_000))
    return ScoringProblem(
        applications=size,
        reviewers=int(reviewer.max()) + 1,
        reviews=sorted_reviews(application, reviewer, score[order]),
        places=draw(st.one_of(st.none(), st.integers(0, 4))),
        thresholds=draw(st.sampled_from([EASY, Thresholds()])),
        **drawn,
    )
