"""The bureau's pages of reviews: a call, one application, one review, and what hides behind letters."""

from collections.abc import Callable
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.people.queries import experts_visible_to
from zhiqiao.apps.projects.actions import asking
from zhiqiao.apps.projects.actions.blinding import add_blind_copy as add_copy
from zhiqiao.apps.projects.actions.conflicts import enter_conflict, recheck_call
from zhiqiao.apps.projects.forms.reviews import (
    AskForm,
    BlindCopyForm,
    BureauConflictForm,
    ReasonForm,
    TermForm,
)
from zhiqiao.apps.projects.models import Application, Review
from zhiqiao.apps.projects.queries import application_visible_to, viewers_of
from zhiqiao.apps.projects.queries.conflicts import unclear_names
from zhiqiao.apps.projects.queries.offering import experts_barred, experts_offered
from zhiqiao.apps.projects.queries.panels import panels_of, visits_of
from zhiqiao.apps.projects.queries.review_tables import application_table, review_table
from zhiqiao.apps.projects.queries.reviews import (
    draws_of,
    file_visible_to,
    progress_of,
    review_visible_to,
    reviewed_call,
    reviews_of,
    reviews_out,
    sheet_of,
)
from zhiqiao.apps.projects.rules import Part, may_see
from zhiqiao.apps.projects.views.doors import FORM_METHODS, Asked, answered, posted, staff_only
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.core.answering import attempted, note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError
from zhiqiao.core.paging import bounded_count, paginate

# Of each list beside the main one so many; the files have all.
SHOWN = 50


@staff_only
@require_safe
def show_call_reviews(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call = reviewed_call(request.user, uid)
    if wanted_file(request):
        return list_file(request, of_call(call, *review_table(call, request.GET.get("list", ""))))
    page, out = paginate(progress_of(call), request), reviews_out(call)
    unclear = unclear_names(call, call.applications.all())
    context = {
        "call": call,
        "page": page,
        "out": out[:SHOWN],
        "more_out": max(0, bounded_count(out) - SHOWN),
        "day": today(),
        "draws": draws_of(call)[:SHOWN],
        "panels": panels_of(call)[:SHOWN],
        "unclear": unclear[:SHOWN],
        "more_unclear": max(0, len(unclear) - SHOWN),
    }
    return render(request, "projects/reviews_call.html", context)


@staff_only
@require_POST
def recheck(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    return attempted(
        request,
        lambda: recheck_call(call, actor=request.user, day=today()),
        done=_("Every review was looked at once more."),
        back=reverse("projects:call_reviews", args=[call.uid]),
    )


@staff_only
@require_safe
def show_reviews(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    application = application_under_review(request, uid)
    if wanted_file(request):
        table = application_table(application, request.GET.get("list", ""), day=today())
        return list_file(request, of_call(application.call, *table))
    rule = application.call.rules.lifecycle.review
    barred = experts_barred(application, day=today())
    context = {
        "application": application,
        "call": application.call,
        "reviews": reviews_of(application),
        "barred": barred[:SHOWN],
        "more_barred": max(0, len(barred) - SHOWN),
        "is_blind": bool(rule and rule.blind),
        "files": application.files.select_related("file", "blind_copy"),
        "visits": visits_of(application),
        "day": today(),
    }
    return render(request, "projects/reviews_application.html", context)


@staff_only
@require_http_methods(FORM_METHODS)
def ask(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = application_under_review(request, uid)
    offered = experts_offered(application, day=today())
    choices = [(str(one.key), one.words) for one in offered]
    form = AskForm(choices, posted(request))
    advice = _("Who is in conflict, full or paused is not offered. The best fit stands first.")
    asked = _about(application, _("Ask an expert"), _("The expert was asked."), advice)
    return answered(
        request,
        form,
        lambda: asking.ask_expert(
            application, int(form.cleaned_data["expert"]), actor=request.user
        ),
        asked,
    )


@staff_only
@require_http_methods(FORM_METHODS)
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = application_under_review(request, uid)
    form = BureauConflictForm(posted(request))
    asked = _about(application, _("Enter a conflict of interest"), _("The conflict was entered."))

    def write() -> None:
        given = form.cleaned_data
        expert = _named_expert(request, given["expert"])
        enter_conflict(
            application, expert, kind=given["kind"], words=given["words"], actor=request.user
        )

    return answered(request, form, write, asked)


def _named_expert(request: HttpRequest, name: str) -> UUID:
    """Find the one expert of that name; several are told apart on their own pages."""
    rows = list(experts_visible_to(request.user).filter(person__name=name.strip())[:2])
    if len(rows) != 1:
        raise InputError("projects.expert-unnamed", name=name, number=len(rows))
    return rows[0].uid


@staff_only
@require_http_methods(FORM_METHODS)
def unmask(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show once who stands behind the letters; who looked and why stays in the audit trail."""
    application = application_under_review(request, uid)
    form, names = ReasonForm(posted(request)), {}
    if form.is_valid():
        try:
            names = asking.unmask_reviewers(
                application, reason=form.cleaned_data["reason"], actor=request.user
            )
        except InputError as error:
            note_refusal(form, error)
    context = {"application": application, "call": application.call, "form": form, "names": names}
    status = 422 if form.errors else 200
    return render(request, "projects/reviews_unmask.html", context, status=status)


@staff_only
@require_safe
def show_review(request: HttpRequest, uid: UUID) -> HttpResponse:
    review = review_of_bureau(request, uid)
    context = {"review": review, "call": review.application.call, "sheet": sheet_of(review)}
    return render(request, "projects/reviews_review.html", context)


@staff_only
@require_http_methods(FORM_METHODS)
def put_off(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = review_of_bureau(request, uid), TermForm(posted(request))
    return _on_review(
        request, review, form, _("Give more time"),
        lambda: asking.put_off_review(review, **form.cleaned_data, actor=request.user),
    )  # fmt: skip


@staff_only
@require_http_methods(FORM_METHODS)
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = review_of_bureau(request, uid), ReasonForm(posted(request))
    return _on_review(
        request, review, form, _("End the review"),
        lambda: asking.end_review(review, **form.cleaned_data, actor=request.user),
    )  # fmt: skip


@staff_only
@require_http_methods(FORM_METHODS)
def show_names(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = review_of_bureau(request, uid), ReasonForm(posted(request))
    return _on_review(
        request, review, form, _("Show the applicant to the reviewer"),
        lambda: asking.show_names(review, **form.cleaned_data, actor=request.user),
    )  # fmt: skip


@staff_only
@require_http_methods(FORM_METHODS)
def add_blind_copy(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = file_visible_to(request.user, uid)
    form = BlindCopyForm(posted(request), request.FILES or None)
    asked = _about(row.application, _("Add a copy without names"), _("The copy was added."))
    return answered(
        request,
        form,
        lambda: add_copy(row, form.cleaned_data["file"], actor=request.user),
        asked,
    )


def application_under_review(request: HttpRequest, uid: UUID) -> Application:
    """Return an application of which the person may see who reviews it."""
    found = application_visible_to(request.user, uid)
    if not may_see(viewers_of(request.user, found), Part.REVIEWERS, phase=found.phase):
        raise MissingError("projects.missing")
    return found


def review_of_bureau(request: HttpRequest, uid: UUID) -> Review:
    found = review_visible_to(request.user, uid)
    application_under_review(request, found.application.uid)
    return found


def _on_review(
    request: HttpRequest,
    review: Review,
    form: Form,
    title: str,
    write: Callable[[], object],
) -> HttpResponse:
    return answered(request, form, write, _about(review.application, title, _("It was done.")))


def _about(application: Application, title: str, done: str, advice: str = "") -> Asked:
    back = reverse("projects:application_reviews", args=[application.uid])
    return Asked(title, _("Save"), done, application.call, back, advice, str(application))
