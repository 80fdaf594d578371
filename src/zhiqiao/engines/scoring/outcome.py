"""What a run says: scores by every way of counting, ranks, the model of reviewers, and flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhiqiao.engines.scoring.terms import MILLI, NONE

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.terms import Basis, FlagKind, Int32, Int64, Truths, Way


@dataclass(frozen=True, eq=False)
class Model:
    """The model of reviewers: a mark is what the application deserves, plus the reviewer's effect, plus noise.

    Parameters
    ----------
    basis : Basis
    ridge : int
        Thousandths; 0 with the basis too-few.
    degrees : int
        Degrees of freedom left to the noise.
    noise_variance, reviewer_variance : float
        In squared hundredths of a point; 0 where they were not estimated. The second may come out
        negative, which says that no difference between reviewers was found.
    unshrunk : int64 array of shape (R,)
        Effects without a ridge, of which the variances are made; millionths of a hundredth. Empty
        where the variances were not estimated.
    effect : int64 array of shape (R,)
        Effects with the ridge; positive for a reviewer who marks high. Empty with the basis too-few.
    """

    basis: Basis
    ridge: int
    degrees: int
    noise_variance: float
    reviewer_variance: float
    unshrunk: Int64
    effect: Int64

    @property
    def is_known(self) -> bool:
        """Say whether there is anything calibrated."""
        return self.ridge > 0

    @property
    def ridge_text(self) -> str:
        """Return the ridge as a number with three decimal places."""
        return f"{self.ridge // MILLI}.{self.ridge % MILLI:03d}"


@dataclass(frozen=True, eq=False)
class Readers:
    """Figures of reviewers, arrays of shape (R,); what rests on too little is `UNKNOWN`.

    Parameters
    ----------
    reviews : int64 array
    marks : int64 array
        Different marks that the reviewer gave.
    common : int64 array
        Applications that others marked, too.
    agreement : int64 array
        Spearman's rank correlation with the mean of the others on these, in thousandths.
    timed, commented, judged : int64 arrays
        Reviews of which the reading time, the words, and whether the mark is outlying can be said.
    """

    reviews: Int64
    marks: Int64
    common: Int64
    agreement: Int64
    timed: Int64
    commented: Int64
    judged: Int64


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """Something to look at, with its figure, the threshold, and how much it rests on.

    ``application``, ``reviewer``, ``review`` and ``other`` (another review) are positions, -1 where
    they do not apply. Units of figure and threshold: seconds (hardly-read; the threshold is the
    number of seconds it stayed under), characters (short-comment), percent (copied-*), thousandths
    (agrees-with-nobody), hundredths of a point (no-spread, whose threshold is the number of marks;
    apart), hundredths of the modified z (outlying-mark), applications (incomparable: those in the own group, and all).
    """

    kind: FlagKind
    application: int
    reviewer: int
    review: int = NONE
    other: int = NONE
    figure: int = 0
    threshold: int = 0
    number: int = 0


@dataclass(frozen=True, eq=False)
class Scores:
    """What reviews come to.

    Parameters
    ----------
    official, trimmed, median, spread : int64 arrays of shape (A,)
        Whole hundredths of a point, rounded once, a half upwards.
    calibrated : int64 array of shape (A,)
        The mean after the effects of the reviewers are taken off; `UNKNOWN` without a model.
    standard : int64 array of shape (A,)
        Deviations of the official score from the mean of its panel, in thousandths; or `UNKNOWN`.
    group : int32 array of shape (A,)
        Applications that chains of common reviewers connect, the largest group first. Calibrated
        scores of different groups cannot be compared.
    ranks : mapping of `Way` to int64 array of shape (A,)
        From 1, equal scores share a rank; 0 for unknown scores. The calibrated ones count within
        the group, the others among all.
    changes_cut : bool array of shape (A,)
        Within the places by one way and outside by another.
    model : Model
    readers : Readers
    flags : tuple of Flag
        Sorted.
    """

    official: Int64
    trimmed: Int64
    median: Int64
    spread: Int64
    calibrated: Int64
    standard: Int64
    group: Int32
    ranks: dict[Way, Int64]
    changes_cut: Truths
    model: Model
    readers: Readers
    flags: tuple[Flag, ...]

    @property
    def groups(self) -> int:
        """Return the number of groups."""
        return int(self.group.max(initial=NONE)) + 1
