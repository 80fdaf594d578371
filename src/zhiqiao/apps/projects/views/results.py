"""Results: the table from which the bureau settles them, and what was recognised in a call."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.choices import PHASES, Advice
from zhiqiao.apps.projects.forms import ByRankForm, ProposalForm
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.views.doors import posted, staff_only
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.paging import paginate
from zhiqiao.packs import Phase


@staff_only
@require_safe
def show_results(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call, phase = queries.call_visible_to(request.user, uid), request.GET.get("phase", "")
    rows = queries.results_visible_to(request.user, call, phase=phase)
    if wanted_file(request):
        table = queries.result_table(queries.result_lines(call, list(rows)))
        return list_file(request, of_call(call, "results", *table))
    return _results_page(request, call, ByRankForm(initial=_places(call)))


@staff_only
@require_POST
def propose_by_rank(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    form = ByRankForm(posted(request))
    if not form.is_valid():
        return _results_page(request, call, form)
    try:
        told = actions.propose_by_rank(call, **form.cleaned_data, actor=request.user)
    except (RuleError, InputError) as error:
        form.add_error(None, f"{error.message} {error.remedy}")
        return _results_page(request, call, form)
    messages.success(request, _by_rank(told))
    if told.left:
        left = ", ".join(told.left)
        messages.warning(request, _("Left to a person, tied or without a rank: %(left)s") % {"left": left})  # fmt: skip
    return redirect(_results(call))


@staff_only
@require_POST
def propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Propose one result for those that were ticked; who could not be is named with the reason."""
    call = queries.call_visible_to(request.user, uid)
    form = ProposalForm(posted(request))
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for error in form.errors.values() for one in error))  # fmt: skip
        return redirect(_results(call))
    given = form.cleaned_data
    told = actions.propose_many(
        call, given["rows"], advice=given["advice"], grounds=given["grounds"], actor=request.user
    )
    messages.success(request, _("%(number)s proposals were kept.") % {"number": told.done})
    for number, why in told.refused.items():
        messages.error(request, f"{number}: {why}")
    return redirect(_results(call))


@require_safe
def show_recognised(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Show everybody what was recognised in a call and whether it still holds."""
    call = queries.call_visible_to(request.user, uid)
    rows = queries.recognised_in(call, today=today())
    if wanted_file(request):
        return list_file(request, of_call(call, "recognised", *queries.recognised_table(rows)))
    page = paginate(rows, request)
    return render(request, "projects/results_recognised.html", {"call": call, "page": page})


@staff_only
@require_POST
def clear_proposal(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.propose(application, advice="", actor=request.user),
        done=_("The proposal was taken back."),
        back=_results(application.call),
    )


def _results_page(request: HttpRequest, call: Call, form: ByRankForm) -> HttpResponse:
    phase = request.GET.get("phase", "")
    page = paginate(queries.results_visible_to(request.user, call, phase=phase), request)
    context = {
        "call": call,
        "page": page,
        "lines": queries.result_lines(call, page.items),
        "line": queries.cut_line(call),
        "left": queries.places_left(call, Advice.RECOGNISE),
        "reserve_left": queries.places_left(call, Advice.RESERVE),
        "form": form,
        "advices": Advice.choices,
        "phase": phase or str(Phase.DECIDING),
        "phases": [(str(one), PHASES[one]) for one in queries.SETTLED],
        "moves": queries.moves_to_settle(call, phase or str(Phase.DECIDING)),
    }
    status = 422 if form.errors else 200
    return render(request, "projects/results_table.html", context, status=status)


def _places(call: Call) -> dict[str, int]:
    first = queries.places_left(call, Advice.RECOGNISE, deciding=False)
    reserve = queries.places_left(call, Advice.RESERVE, deciding=False)
    return {"first": max(first or 0, 0), "reserve": max(reserve or 0, 0)}


def _by_rank(told: actions.ByRank) -> str:
    return _(
        "Proposed: %(recognise)s to recognise, %(reserve)s for the reserve, %(refuse)s to refuse."
    ) % {"recognise": told.recognise, "reserve": told.reserve, "refuse": told.refuse}


def _results(call: Call) -> str:
    return reverse("projects:results", args=[call.uid])
