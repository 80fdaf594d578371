"""Why this expert and not that one: one panel of an assignment asked of the engine again, as it stands now.

The rest of the assignment is not computed anew: what experts have elsewhere is taken off their time. So
what is told is true of the records of today, whatever a person took out or added since.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
from django.db.models import Count
from django.utils.translation import gettext as _

from zhiqiao.apps.projects.choices import ConflictKind
from zhiqiao.apps.projects.engine_io.assignment import keys_of, told_apart, told_of
from zhiqiao.apps.projects.engine_io.assignment_rows import Rows, read_rows
from zhiqiao.apps.projects.engine_io.panel_quotas import quotas_of
from zhiqiao.apps.projects.models import Application, Draw, Review
from zhiqiao.apps.projects.queries.explained import PairTold, soft_words
from zhiqiao.apps.projects.queries.reciprocity import STANDING, reciprocity_in
from zhiqiao.apps.projects.queries.reviews import loads_in
from zhiqiao.apps.projects.rules import reviews_wanted
from zhiqiao.apps.projects.rules.fit import UNIT
from zhiqiao.engines import assignment as engine

# So many who were not chosen are explained: those who fit best, and some of the barred.
MOST_TOLD = 20


def explain_panel(
    draw: Draw, application: Application, *, day: date, name: str = ""
) -> list[PairTold]:
    """Explain who was chosen for an application, and who fits best of the others, or those of a name."""
    chosen = _chosen(draw, application)
    size = max(1, len(chosen), _wanted(draw, application))
    rows = read_rows(draw.call, {application.pk: size}, day=day, without=draw)
    problem = _problem(draw, rows, application)
    seats = [seat for seat, one in enumerate(rows.experts) if one.key in chosen]
    standing = _standing(problem, seats)
    telling = _Telling(draw, application, rows, problem, standing, chosen)
    return [telling.told(seat) for seat in (*seats, *_others(problem, rows, seats, name))]


def _wanted(draw: Draw, application: Application) -> int:
    """Return how many reviews the application needed when nothing of the assignment stood."""
    rows = Review.objects.filter(application=application).exclude(draw=draw)
    held = list(rows.filter(state__in=STANDING).values_list("total", flat=True))
    application.call = draw.call
    totals = [total for total in held if total is not None]
    return reviews_wanted(application, totals) - len(held)


def _chosen(draw: Draw, application: Application) -> dict[int, Mapping[str, object]]:
    rows = Review.objects.filter(draw=draw, application=application, state__in=STANDING)
    return dict(rows.order_by("letter").values_list("expert", "reason"))


def _problem(draw: Draw, rows: Rows, application: Application) -> engine.AssignmentProblem:
    number = len(rows.experts)
    elsewhere = Review.objects.filter(draw=draw, state__in=STANDING).order_by()
    elsewhere = elsewhere.exclude(application=application)
    held = dict(elsewhere.values_list("expert").annotate(number=Count("pk")))
    taken = np.array([held.get(one.key, 0) for one in rows.experts], np.int64)
    (fits,) = rows.fits.rows([rows.texts[application.pk]])
    pairs = engine.Pairs(np.zeros(number, np.int32), np.arange(number, dtype=np.int32), fits)
    return engine.AssignmentProblem(
        panel_size=np.array(list(rows.missing.values()), np.int64),
        least_load=np.zeros(number, np.int64),
        most_load=np.maximum(rows.free - taken, 0),
        pairs=told_apart(rows, pairs),
        conflicts=rows.barred,
        penalties=engine.no_penalties(),
        quotas=quotas_of(rows),
        mode=engine.Mode.DRAW if draw.seed else engine.Mode.FIT,
        keys=keys_of(rows, pairs, draw.seed) if draw.seed else None,
    )


def _standing(problem: engine.AssignmentProblem, seats: Sequence[int]) -> engine.Assignment:
    """Say what stands as the engine says it; it claims nothing about how good that is."""
    number, nothing = len(seats), np.zeros(0, np.int32)
    return engine.Assignment(
        application=np.zeros(number, np.int32),
        expert=np.array(seats, np.int32),
        missing=np.maximum(problem.panel_size - number, 0),
        idle=np.zeros(problem.experts, np.int64),
        value=0,
        bound=0,
        proof=engine.Proof.REPAIRED,
        prices=engine.Prices(
            expert=np.zeros(problem.experts, np.int64), application=nothing, quota=nothing,
            value=nothing, price=np.zeros(0, np.int64),
        ),
    )  # fmt: skip


def _others(
    problem: engine.AssignmentProblem, rows: Rows, seats: Collection[int], name: str
) -> list[int]:
    """Return who else is told of: those of a name, or the best who may and some of those who may not."""
    others = [seat for seat in range(problem.experts) if seat not in set(seats)]
    if name:
        return [seat for seat in others if name in rows.experts[seat].name][:MOST_TOLD]
    barred = set(problem.conflicts.expert.tolist())
    fits = problem.pairs.affinity
    order = sorted(others, key=lambda seat: (-int(fits[seat]), seat))
    free = [seat for seat in order if seat not in barred][:MOST_TOLD]
    return [*free, *[seat for seat in order if seat in barred][:MOST_TOLD]]


class _Telling:
    """Tells of one expert after the other what the engine says, by the words of the records."""

    def __init__(
        self,
        draw: Draw,
        application: Application,
        rows: Rows,
        problem: engine.AssignmentProblem,
        standing: engine.Assignment,
        chosen: Mapping[int, Mapping[str, object]],
    ) -> None:
        self.draw, self.application, self.rows = draw, application, rows
        self.problem, self.standing, self.chosen = problem, standing, chosen
        self.loads = loads_in(draw.call)
        bodies = {application.applicant_id, *(one.employer for one in rows.experts)}
        self.reciprocity = reciprocity_in(
            draw.call, organisations={body for body in bodies if body is not None}
        )

    def told(self, seat: int) -> PairTold:
        one = self.rows.experts[seat]
        found = engine.explain(self.problem, self.standing, application=0, expert=seat)
        reason = {
            "by": "draw" if self.draw.seed else "fit",
            "fit": min(UNIT, int(self.problem.pairs.affinity[seat])),
            **told_of(found, self.rows.experts, self.problem.quotas),
        }
        given = self.chosen.get(one.key, {})
        return PairTold(
            key=one.key,
            name=one.name,
            employer=one.employer_text,
            is_chosen=one.key in self.chosen,
            reason=given if given.get("by") == "hand" else reason,
            load=self.loads.get(one.key, 0),
            most=min(one.most_reviews, self.rows.rule.most_per_expert),
            conflicts=self._conflicts(one.key, found),
            soft=soft_words(
                self.reciprocity, applicant=self.application.applicant_id, employer=one.employer
            ),
        )

    def _conflicts(self, expert: int, found: engine.Explanation) -> tuple[str, ...]:
        if expert in self.rows.held.get(self.application.pk, ()):
            return (_("reviews it already"),)
        return tuple(str(ConflictKind[kind.name].label) for kind in found.kinds)
