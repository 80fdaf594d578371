"""From where on a figure is worth a look. The defaults are ours; no law states them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from zhiqiao.engines.scoring.errors import ScoringError

MOST = 1_000_000
BOUNDS = {
    "trimmed_from": (3, MOST),
    "least_degrees": (1, MOST),
    "panel_least": (2, MOST),
    "read_share": (0, 100),
    "shingle": (1, 100),
    "copied_share": (1, 100),
    "agreement_least": (3, MOST),
    "agreement_most": (-1000, 1000),
    "same_marks_least": (2, MOST),
    "outlying_least": (3, MOST),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Numbers that a body may set otherwise; every flag states the one it was measured by.

    Parameters
    ----------
    trimmed_from : int
        Reviews from which on the highest and the lowest are left out of the trimmed mean.
    least_degrees : int
        Degrees of freedom below which the ridge is not estimated and nothing is calibrated.
    panel_least : int
        Applications that a panel needs for its mean and deviation to say something.
    read_bare : int
        Seconds under which nothing can have been read, whatever others took.
    read_floor, read_share, times_least : int
        Reading is short under ``read_floor`` seconds and, at once, under ``read_share`` percent of the
        median time for the same application, where at least ``times_least`` times are known.
    comment_least : int
        Characters (without blanks) that a comment has at least.
    copied_share, copied_least, shingle : int
        Two comments of at least ``copied_least`` letters are copies from ``copied_share`` percent of
        common shingles of ``shingle`` letters on.
    agreement_least, agreement_most : int
        Applications in common with others, and the rank correlation in thousandths up to which a
        reviewer agrees with nobody.
    same_marks_least : int
        Marks from which on it is odd that all are the same.
    outlying, outlying_least : int
        Hundredths of the modified z beyond which a mark is outlying, and the marks it takes.
    spread_most : int or None
        Hundredths of a point beyond which the reviews of an application lie apart.
    """

    trimmed_from: int = 5
    least_degrees: int = 10
    panel_least: int = 3
    read_bare: int = 30
    read_floor: int = 300
    read_share: int = 25
    times_least: int = 3
    comment_least: int = 20
    copied_share: int = 80
    copied_least: int = 20
    shingle: int = 4
    agreement_least: int = 8
    agreement_most: int = 0
    same_marks_least: int = 5
    outlying: int = 350
    outlying_least: int = 10
    spread_most: int | None = None

    def __post_init__(self) -> None:
        for one in fields(self):
            given = getattr(self, one.name)
            least, most = BOUNDS.get(one.name, (0, MOST))
            if given is not None and not least <= given <= most:
                raise ScoringError("threshold", name=one.name, given=given, least=least, most=most)
