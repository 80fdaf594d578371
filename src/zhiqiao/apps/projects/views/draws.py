"""Assignments of experts: begun, looked at, confirmed or discarded by the bureau."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.people.queries import expert_visible_to
from zhiqiao.apps.projects.actions import asking, draws
from zhiqiao.apps.projects.actions.queued import confirm_or_queue
from zhiqiao.apps.projects.engine_io.explaining import explain_panel
from zhiqiao.apps.projects.forms.reviews import AddForm, ReasonForm
from zhiqiao.apps.projects.models import Application, Draw
from zhiqiao.apps.projects.queries.explained import (
    explained_lines,
    explained_table,
    proposal_lines,
)
from zhiqiao.apps.projects.queries.offering import experts_offered
from zhiqiao.apps.projects.queries.review_tables import draw_table
from zhiqiao.apps.projects.queries.reviews import (
    assigned_in,
    draw_visible_to,
    drawn_application,
    review_visible_to,
    reviewed_call,
    shortages_of,
)
from zhiqiao.apps.projects.views.doors import (
    FORM_METHODS,
    Asked,
    answered,
    in_work,
    posted,
    staff_only,
)
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError
from zhiqiao.core.paging import paginate

SHOWN = 50


@staff_only
@require_POST
def start(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    return attempted(
        request,
        lambda: draws.start_draw(call, actor=request.user),
        done=_("The assignment is being computed; it stands below when it is done."),
        back=reverse("projects:call_reviews", args=[call.uid]),
    )


@staff_only
@require_safe
def show_draw(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    draw = draw_visible_to(request.user, uid)
    if wanted_file(request):
        return list_file(
            request, of_call(draw.call, *draw_table(draw, request.GET.get("list", "")))
        )
    page = paginate(assigned_in(draw), request, by_key=True)
    context = {
        "draw": draw,
        "call": draw.call,
        "page": page,
        "lines": proposal_lines(draw, page.items),
        "shortages": shortages_of(draw, most=SHOWN),
        "more_short": max(0, len(draw.shortages) - SHOWN),
    }
    return render(request, "projects/reviews_draw.html", context)


@staff_only
@require_safe
def explain(request: HttpRequest, uid: UUID, application: UUID) -> HttpResponseBase:
    """Say of one application why these experts and not others, by the records of today."""
    draw = draw_visible_to(request.user, uid)
    row = drawn_application(draw, application)
    told = explain_panel(draw, row, day=today(), name=request.GET.get("q", "").strip()[:100])
    lines = explained_lines(draw, told, user=request.user)
    if wanted_file(request):
        return list_file(request, of_call(draw.call, *explained_table(lines)))
    context = {
        "draw": draw,
        "call": draw.call,
        "application": row,
        "lines": lines,
        "text": request.GET.get("q", ""),
    }
    return render(request, "projects/reviews_explained.html", context)


@staff_only
@require_http_methods(FORM_METHODS)
def add(request: HttpRequest, uid: UUID, application: UUID) -> HttpResponse:
    draw = draw_visible_to(request.user, uid)
    row = drawn_application(draw, application)
    form = AddForm(_choices(request, row), posted(request))
    advice = _("A conflict bars an expert. Load, quotas and reciprocal reviews are named before.")
    back = reverse("projects:explain_draw", args=[draw.uid, row.uid])
    asked = Asked(_("Add an expert by hand"), _("Add"), _("The expert was added."), draw.call, back,
                  advice, str(row))  # fmt: skip
    return answered(request, form, lambda: _add(request, draw, row, form), asked)


def _choices(request: HttpRequest, application: Application) -> list[tuple[str, str]]:
    """Offer the expert whom the address names, or those who fit best."""
    if given := request.GET.get("expert"):
        one = expert_visible_to(request.user, _uid(given))
        return [(str(one.pk), one.person.name)]
    return [(str(one.key), one.words) for one in experts_offered(application, day=today())]


def _add(request: HttpRequest, draw: Draw, row: Application, form: AddForm) -> None:
    given = form.cleaned_data
    draws.add_expert(
        draw,
        row,
        int(given["expert"]),
        reason=given["reason"],
        knows=given["knows"],
        actor=request.user,
    )


@staff_only
@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    draw = draw_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: confirm_or_queue(draw, actor=request.user),
        done=lambda is_done: _("The experts were asked.") if is_done else in_work(),
        back=draw.get_absolute_url(),
    )


@staff_only
@require_http_methods(FORM_METHODS)
def discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    draw, form = draw_visible_to(request.user, uid), ReasonForm(posted(request))
    asked = Asked(_("Discard the assignment"), _("Discard"), _("Nobody of it was asked."),
                  draw.call, draw.get_absolute_url())  # fmt: skip
    return answered(
        request,
        form,
        lambda: draws.discard_draw(draw, **form.cleaned_data, actor=request.user),
        asked,
    )


@staff_only
@require_POST
def take_out(request: HttpRequest, uid: UUID) -> HttpResponse:
    review = review_visible_to(request.user, uid)
    draw, application = review.draw, review.application
    back = draw.get_absolute_url() if draw else ""
    if not draw:
        return redirect("projects:application_reviews", application.uid)
    return attempted(
        request,
        lambda: asking.take_out(review, actor=request.user),
        done=_("The expert was taken out."),
        back=back,
    )


def _uid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise MissingError("people.no-expert") from error
