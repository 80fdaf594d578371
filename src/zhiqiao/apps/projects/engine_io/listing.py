"""Who is listed for what: every expert for every application, or the best of each side where that is too much.

A pair that is not listed is not looked at by the engine. So the best are taken for each panel, for each
expert, and for each quota; whoever is barred or has no time left takes nobody's place in these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zhiqiao.apps.projects.rules.fit import Fits
from zhiqiao.engines import assignment as engine
from zhiqiao.engines.assignment.terms import Int32, Int64, Truths

# Panels that are looked at together.
CHUNK = 256
# Of each quota so many are listed for a panel: others want them too.
OF_KIND = 20
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Choice:
    """What a listing is made from.

    Parameters
    ----------
    fits : Fits
        Of all experts, E of them.
    texts : sequence of str, of length A
    panel : int32 array of shape (A,)
        Applications of the same number share their reviewers; numbered from 0.
    barred : Conflicts
        Pairs that must not be.
    is_full : bool array of shape (E,)
        Experts without time.
    kinds : sequence of bool arrays of shape (E,)
        Whom a quota asks for.
    """

    fits: Fits
    texts: Sequence[str]
    panel: Int32
    barred: engine.Conflicts
    is_full: Truths
    kinds: Sequence[Truths] = ()


def all_pairs(choice: Choice) -> engine.Pairs:
    """List every expert for every application."""
    number, experts = len(choice.texts), choice.fits.number
    rows = [*choice.fits.rows(choice.texts)]
    return engine.Pairs(
        np.repeat(np.arange(number, dtype=np.int32), experts),
        np.tile(np.arange(experts, dtype=np.int32), number),
        np.concatenate([np.zeros(0, np.int64), *rows]),
    )


def best_pairs(choice: Choice, *, most: int) -> engine.Pairs:
    """List the best ``most`` experts of each panel and the best ``most`` panels of each expert.

    The fit to a panel is the mean of the fits to its applications, rounded down. Who fits alike is taken
    in turn, or the first ones would read everything. O(A E), with one chunk of panels in memory.
    """
    experts, panels = choice.fits.number, int(choice.panel.max(initial=NOBODY)) + 1
    taken = [np.zeros(0, np.int64)]
    best = np.full((0, experts), NOBODY, np.int64)
    holds = np.zeros((0, experts), np.int64)
    for first, fits in _chunks(choice, panels):
        panel = np.arange(first, first + len(fits))[:, None]
        turn = (np.arange(experts)[None, :] - panel * most) % experts
        order = np.where(fits < 0, NOBODY, fits * experts + experts - 1 - turn)
        taken.append(_first(order, most, panel * experts))
        taken.extend(
            _first(np.where(members, order, NOBODY), OF_KIND, panel * experts)
            for members in choice.kinds
        )
        turn = (panel - np.arange(experts)[None, :] * most) % panels
        order = np.where(fits < 0, NOBODY, fits * panels + panels - 1 - turn)
        best = np.concatenate([best, order])
        holds = np.concatenate([holds, np.broadcast_to(panel, order.shape)])
        if len(best) > most:
            top = np.argpartition(best, len(best) - most, axis=0)[-most:]
            best = np.take_along_axis(best, top, axis=0)
            holds = np.take_along_axis(holds, top, axis=0)
    taken.append((holds * experts + np.arange(experts)[None, :])[best >= 0])
    return _listed(choice, np.unique(np.concatenate(taken)), panels)


def _chunks(choice: Choice, panels: int) -> Iterator[tuple[int, Int64]]:
    """Give the first panel of a chunk and the fits to its panels, -1 for who cannot be on one."""
    order = np.argsort(choice.panel, kind="stable")
    begins = np.searchsorted(choice.panel[order], np.arange(panels + 1))
    rows = choice.fits.rows([choice.texts[place] for place in order.tolist()])
    barred = choice.panel[choice.barred.application]
    by_panel = np.argsort(barred, kind="stable")
    barred, who = barred[by_panel], choice.barred.expert[by_panel]
    for first in range(0, panels, CHUNK):
        end = min(first + CHUNK, panels)
        fits = np.empty((end - first, choice.fits.number), np.int64)
        for panel in range(first, end):
            size = int(begins[panel + 1] - begins[panel])
            fits[panel - first] = sum(next(rows) for _member in range(size)) // size
        begin, over = np.searchsorted(barred, [first, end])
        fits[barred[begin:over] - first, who[begin:over]] = NOBODY
        fits[:, choice.is_full] = NOBODY
        yield first, fits


def _first(order: Int64, most: int, base: Int64) -> Int64:
    """Return the pairs that come first in each row."""
    if order.shape[1] > most:
        place = np.argpartition(order, order.shape[1] - most, axis=1)[:, -most:]
    else:
        place = np.broadcast_to(np.arange(order.shape[1]), order.shape)
    return np.asarray((base + place)[np.take_along_axis(order, place, axis=1) >= 0])


def _listed(choice: Choice, wanted: Int64, panels: int) -> engine.Pairs:
    """Return the pairs of panels and experts as pairs of applications, with their fits."""
    experts = choice.fits.number
    begins = np.searchsorted(wanted, np.arange(panels + 1) * experts)
    who = (wanted % max(experts, 1)).astype(np.int32)
    listed = [who[begins[panel] : begins[panel + 1]] for panel in choice.panel.tolist()]
    rows = choice.fits.rows(choice.texts)
    return engine.Pairs(
        np.repeat(np.arange(len(listed), dtype=np.int32), [each.size for each in listed]),
        np.concatenate([np.zeros(0, np.int32), *listed]),
        np.concatenate(
            [np.zeros(0, np.int64), *(row[each] for row, each in zip(rows, listed, strict=True))]
        ),
    )
