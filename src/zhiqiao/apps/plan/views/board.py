"""The board and what it opens into; sums are left to the queries."""

from collections import Counter
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.plan import queries
from zhiqiao.apps.plan.actions import freeze_board
from zhiqiao.apps.plan.choices import Scope, TargetStatus
from zhiqiao.apps.plan.forms import FreezeForm
from zhiqiao.apps.plan.rules import can_freeze_board
from zhiqiao.apps.registry.queries import holds_demonstration
from zhiqiao.core.access import require
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.paging import paginate
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import MechanismState

RECORDS_ON_A_PAGE = 50


@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    board = _asked_for(request)
    context = {**_board_context(request, board), "holds_demonstration": holds_demonstration()}
    return render(request, "plan/board.html", context)


def _asked_for(request: HttpRequest) -> queries.Board:
    """Give the board of the real records, unless the address asks for the demonstration's."""
    return queries.board(demonstration=request.GET.get("records") == Provenance.DEMONSTRATION)


@require_safe
def print_board(request: HttpRequest) -> HttpResponse:
    board = _asked_for(request)
    rows = [
        {
            "figure": figure,
            "sentence": queries.sentence(figure),
            "reported": [
                row for row in board.reported.get(figure.target.id, ()) if row.scope == Scope.AREA
            ],
        }
        for figure in board.figures
    ]
    return render(
        request, "plan/board_print.html", {**_board_context(request, board), "rows": rows}
    )


@require_safe
def show_wall(request: HttpRequest) -> HttpResponse:
    return render(request, "plan/wall.html", _board_context(request, queries.board()))


def _board_context(request: HttpRequest, board: queries.Board) -> dict[str, Any]:
    tally = Counter(figure.status for figure in board.figures)
    return {
        "board": board,
        "groups": [
            (board.pack.articles[article], list(figures))
            for article, figures in groupby(board.figures, key=lambda f: f.target.article)
        ],
        "pack": board.pack,
        "tally": [(status, tally[status]) for status in TargetStatus if tally[status]],
        "may_freeze": bool(can_freeze_board(request.user)),
    }


@require_safe
def download_board(_request: HttpRequest) -> HttpResponse:
    board = queries.board()
    rows = [queries.figure_json(f, board.reported.get(f.target.id, ())) for f in board.figures]
    return JsonResponse(rows, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def list_articles(request: HttpRequest) -> HttpResponse:
    pack = current_pack()
    tally = Counter(mechanism.article for mechanism in pack.mechanisms.values())
    targets = Counter(target.article for target in pack.targets.values())
    rows = [(article, targets[article.id], tally[article.id]) for article in pack.articles.values()]
    return render(request, "plan/articles.html", {"pack": pack, "rows": rows})


@require_safe
def show_article(request: HttpRequest, article_id: str) -> HttpResponse:
    board = queries.board()
    article = board.pack.articles.get(article_id)
    if article is None:
        raise MissingError("plan.unknown-article", id=article_id)
    context = {
        "article": article,
        "figures": [f for f in board.figures if f.target.article == article_id],
        "duties": [d for d in board.pack.duties.values() if d.article == article_id],
        "mechanisms": [m for m in board.pack.mechanisms.values() if m.article == article_id],
        "kinds": [k for k in board.pack.kinds.values() if k.article == article_id],
        "board": board,
    }
    return render(request, "plan/article.html", context)


@require_safe
def show_target(request: HttpRequest, target_id: str) -> HttpResponse:
    board = _asked_for(request)
    figure = board.figure(target_id)
    if figure is None:
        raise MissingError("plan.unknown-target", id=target_id)
    records = queries.records_of(figure, request.user, demonstration=board.is_demonstration)
    page = paginate(records, request, per_page=RECORDS_ON_A_PAGE)
    context = {**_target_context(board, figure), "page": page}
    return render(request, "plan/target.html", context)


def _target_context(board: queries.Board, figure: queries.Figure) -> dict[str, Any]:
    pack, target = board.pack, figure.target
    reported = board.reported.get(target.id, ())
    formula = pack.formulas[target.formula]
    return {
        "board": board,
        "figure": figure,
        "sentence": queries.sentence(figure),
        "target": target,
        "tolerance_percent": ((target.tolerance or 0) * 100),
        "article": pack.articles[target.article],
        "area": queries.area_of(pack),
        "measures": queries.measures_of(figure, pack),
        "formula": formula,
        "formula_in_words": queries.formula_in_words(formula.text, pack),
        "step": queries.step_row(figure.explanation, pack),
        "reported": [row for row in reported if row.scope == Scope.AREA],
        "claims": [row for row in reported if row.scope == Scope.ORGANISATION],
        "history": () if board.is_demonstration else queries.values_of_target(target.id),
    }


@require_safe
def show_part(request: HttpRequest, target_id: str, uid: UUID) -> HttpResponse:
    board = queries.board()
    figure = board.figure(target_id)
    if figure is None:
        raise MissingError("plan.unknown-target", id=target_id)
    part = queries.part_of(figure, uid, request.user, pack=board.pack)
    formula = board.pack.formulas[figure.target.formula]
    context = {
        "figure": figure,
        "target": figure.target,
        "part": part,
        "formula": formula,
        "formula_in_words": queries.formula_in_words(formula.text, board.pack),
        "page": paginate(part.records, request, per_page=RECORDS_ON_A_PAGE),
    }
    return render(request, "plan/part.html", context)


@require_safe
def list_duties(request: HttpRequest) -> HttpResponse:
    pack = current_pack()
    return render(request, "plan/duties.html", {"pack": pack, "duties": pack.duties.values()})


@require_safe
def list_mechanisms(request: HttpRequest) -> HttpResponse:
    pack = current_pack()
    tally = Counter(mechanism.state for mechanism in pack.mechanisms.values())
    context = {
        "pack": pack,
        "mechanisms": pack.mechanisms.values(),
        "tally": [(state.value, tally[state]) for state in MechanismState],
    }
    return render(request, "plan/mechanisms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def list_freezes(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        require(can_freeze_board(request.user))
    form = FreezeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        freeze = freeze_board(actor=request.user, **form.cleaned_data)
        return redirect("plan:freeze", uid=freeze.uid)
    context = {
        "form": form,
        "may_freeze": bool(can_freeze_board(request.user)),
        "page": paginate(queries.freezes_visible_to(request.user).defer("content"), request),
    }
    status = 422 if form.errors else 200
    return render(request, "plan/freezes.html", context, status=status)


@require_safe
def show_freeze(request: HttpRequest, uid: UUID) -> HttpResponse:
    freeze = get_object_or_404(queries.freezes_visible_to(request.user), uid=uid)
    context = {
        "freeze": freeze,
        "rows": queries.frozen_rows(freeze, current_pack()),
        "replay": queries.replay_freeze(freeze),
    }
    return render(request, "plan/freeze.html", context)


@require_safe
def list_published_figures(request: HttpRequest) -> HttpResponse:
    rows = queries.reported_figures_visible_to(request.user)
    return render(request, "plan/published_figures.html", {"rows": list(rows)})
