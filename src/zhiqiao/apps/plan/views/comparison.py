from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhiqiao.apps.plan import queries
from zhiqiao.apps.plan.forms import ComparisonForm
from zhiqiao.core.dates import today
from zhiqiao.core.policy import current_pack


@require_safe
def compare_boards(request: HttpRequest) -> HttpResponse:
    first = queries.first_day_of_history()
    asked = "earlier" in request.GET or "later" in request.GET
    initial = {"earlier": first, "later": today()}
    form = ComparisonForm(request.GET if asked else None, initial=initial)
    rows = None
    if form.is_valid():
        rows = queries.compare_days(form.cleaned_data["earlier"], form.cleaned_data["later"])
    context = {
        "form": form,
        "rows": rows,
        "days": form.cleaned_data if form.is_valid() else {},
        "changed": sum(row.has_changed for row in rows or ()),
        "first": first,
        "pack": current_pack(),
    }
    status = 422 if form.errors else 200
    return render(request, "plan/comparison.html", context, status=status)
