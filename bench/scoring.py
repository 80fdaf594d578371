"""How fast reviews are scored: the model of reviewers against SciPy's lsqr on the same system, and the rest.

    just bench scoring

10,000 applications x 5 reviews by 5,000 reviewers, drawn from the model. The rival solves the penalised least
squares with the ridge that the engine found (sparse matrix, making included), from an environment of its own,
in turns with the engine; both must agree to a hundredth of a point. Seconds are those of the processor, medians of
five rounds. The rest of the engine (ranks, correlations, flags, comments) has no rival and is timed alone.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from zhiqiao.engines.scoring import FINE, ScoringProblem, solve, sorted_reviews, verify
from zhiqiao.engines.scoring.modelling import effects_of

FOLDER = Path(__file__).parent
APPLICATIONS, REVIEWERS, REVIEWS = 10_000, 5_000, 5
ROUNDS, SEED, LETTERS = 5, 2026, 80


def instance(*, with_comments=False):
    draw = np.random.default_rng(SEED)
    # Everybody has as many reviews; five in a row of one order are five people.
    orders = APPLICATIONS * REVIEWS // REVIEWERS
    reviewer = np.concatenate([draw.permutation(REVIEWERS) for _each in range(orders)])
    reviewer = reviewer.astype(np.int32)
    application = np.repeat(np.arange(APPLICATIONS, dtype=np.int32), REVIEWS)
    deserved, effect = draw.normal(7500, 700, APPLICATIONS), draw.normal(0, 500, REVIEWERS)
    mark = deserved[application] + effect[reviewer] + draw.normal(0, 600, reviewer.size)
    score = np.clip(np.rint(mark), 0, 10_000).astype(np.int64)
    comments = None
    if with_comments:
        signs = draw.integers(0x4E00, 0x4E00 + 600, (reviewer.size, LETTERS))
        comments = tuple("".join(map(chr, row)) for row in signs.tolist())
    return ScoringProblem(
        applications=APPLICATIONS,
        reviewers=REVIEWERS,
        reviews=sorted_reviews(application, reviewer, score),
        seconds=draw.integers(60, 3_000, reviewer.size),
        comments=comments,
        places=APPLICATIONS // 5,
    )


def timed(work):
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def environment():
    found = FOLDER / ".venv-scoring"
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", found], check=True)
        wanted = FOLDER / "requirements-scoring.txt"
        subprocess.run([found / "bin/pip", "install", "-q", "-r", wanted], check=True)
    return found / "bin/python"


def compare(problem, ridge):
    with tempfile.TemporaryDirectory() as folder:
        reviews = problem.reviews
        np.savez(
            Path(folder) / "instance.npz", application=reviews.application,
            reviewer=reviews.reviewer, score=reviews.score, ridge=ridge,
        )  # fmt: skip
        rival = subprocess.Popen(
            [environment(), "-P", FOLDER / "scoring_rival.py", folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        ours, theirs = [], []
        for _round in range(ROUNDS):
            fresh = replace(problem)
            seconds, effect = timed(lambda fresh=fresh: effects_of(fresh, ridge))
            ours.append(seconds)
            rival.stdin.write("\n")
            rival.stdin.flush()
            theirs.append(float(rival.stdout.readline()))
        rival.stdin.close()
        rival.wait()
        apart = np.abs(effect / FINE - np.load(Path(folder) / "effects.npy")).max()
    if apart > 1:
        sys.exit(f"the engine and the rival differ by {apart} hundredths")
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(
        f"effects: {mine:.3f} s, lsqr {other:.3f} s, {other / mine:.1f} x; at most {apart:.1e} hundredths apart"
    )


def main():
    for with_comments in (False, True):
        problem = instance(with_comments=with_comments)
        seconds, scores = timed(lambda problem=problem: solve(problem))
        checking, found = timed(lambda problem=problem, scores=scores: verify(problem, scores))
        if found:
            sys.exit(f"the scores do not hold: {found[0]}")
        what = "with comments" if with_comments else "without comments"
        print(
            f"{what}: {seconds:.2f} s, verified in {checking:.1f} s, {len(scores.flags):,} flags,"
            f" {scores.changes_cut.sum():,} differ at the cut line, ridge {scores.model.ridge_text}",
            flush=True,
        )
        if not with_comments:
            compare(problem, scores.model.ridge / 1000)


if __name__ == "__main__":
    main()
