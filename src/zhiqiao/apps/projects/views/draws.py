"""Assignments of experts: begun, looked at, confirmed or discarded by the bureau."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.projects.actions import asking, draws
from zhiqiao.apps.projects.forms.reviews import ReasonForm
from zhiqiao.apps.projects.queries.reviews import (
    DRAWN,
    assigned_in,
    draw_visible_to,
    drawn_rows,
    review_visible_to,
    reviewed_call,
    shortages_of,
)
from zhiqiao.apps.projects.views.doors import FORM_METHODS, Asked, answered, posted, staff_only
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate


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
def show_draw(request: HttpRequest, uid: UUID) -> HttpResponse:
    draw = draw_visible_to(request.user, uid)
    context = {
        "draw": draw,
        "call": draw.call,
        "page": paginate(assigned_in(draw), request),
        "shortages": shortages_of(draw),
    }
    return render(request, "projects/reviews_draw.html", context)


@staff_only
@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    draw = draw_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: draws.confirm_draw(draw, actor=request.user),
        done=_("The experts were asked."),
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


@staff_only
@require_safe
def download_draw(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    draw = draw_visible_to(request.user, uid)
    return workbook_response(f"experts-{today():%Y-%m-%d}.xlsx", DRAWN, drawn_rows(draw))
