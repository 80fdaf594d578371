"""The pages of an expert: what to review, the declaration, the application, the sheet."""

from uuid import UUID

from django.contrib import messages
from django.forms import Field
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.projects.actions.reviewing import (
    accept_review,
    declare_conflict,
    hand_in_review,
    look_again,
    note_reading,
    refuse_review,
    save_sheet,
)
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.forms.reviews import (
    ConflictDeclarationForm,
    RefusalForm,
    ScoringForm,
    UndertakingForm,
)
from zhiqiao.apps.projects.models import Review
from zhiqiao.apps.projects.queries import viewers_of
from zhiqiao.apps.projects.queries.reading import Reading, file_of, reading_of
from zhiqiao.apps.projects.queries.review_tables import own_review_table
from zhiqiao.apps.projects.queries.reviews import (
    is_content_open,
    names_are_open,
    own_review,
    own_reviews,
)
from zhiqiao.apps.projects.rules import Part, may_see
from zhiqiao.apps.projects.views.doors import FORM_METHODS, Asked, answered, posted, signed_in_only
from zhiqiao.apps.projects.views.lists import ListFile, list_file, wanted_file
from zhiqiao.core import files
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.paging import paginate


@signed_in_only
@require_safe
def list_own_reviews(request: HttpRequest) -> HttpResponseBase:
    rows = own_reviews(request.user, day=today())
    if wanted_file(request):
        return list_file(request, ListFile("my-reviews", _("My reviews"), *own_review_table(rows)))
    page = paginate(rows, request)
    context = {"rows": page.items, "page": page, "day": today()}
    return render(request, "projects/reviews_own.html", context)


@signed_in_only
@require_http_methods(FORM_METHODS)
def show_own_review(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what the state of the review allows; a conflict found by now ends it first."""
    review = own_review(request.user, uid)
    if review.state == ReviewState.ASKED and not look_again(review, actor=request.user):
        raise MissingError("projects.no-review")
    if review.state == ReviewState.ASKED:
        return _undertaking(request, review, UndertakingForm())
    if review.state == ReviewState.ACCEPTED and not note_reading(review, actor=request.user):
        return _ended(request)
    form = ScoringForm(own_review(request.user, uid), posted(request))
    if request.method == "POST" and form.is_valid():
        written = _written(request, review, form)
        if written is not None:
            return written
    reading = _reading(request, review)
    context = {"review": review, "form": form, "reading": reading, "questions": _marked(review)}
    status = 422 if form.errors else 200
    return render(request, "projects/reviews_sheet.html", context, status=status)


def _written(request: HttpRequest, review: Review, form: ScoringForm) -> HttpResponse | None:
    """Save or hand in; a refusal comes back above everything that was typed."""
    try:
        if "hand-in" in request.POST:
            if not hand_in_review(review, form.given(), actor=request.user):
                return _ended(request)
            messages.success(request, _("The review was handed in. Thank you."))
        else:
            save_sheet(review, form.given(), actor=request.user)
            messages.success(request, _("The draft was saved."))
    except (RuleError, InputError) as error:
        note_refusal(form, error)
        return None
    return redirect("projects:own_review", review.uid)


def _reading(request: HttpRequest, review: Review) -> Reading | None:
    """Return the content where the table of visibility lets a reviewer have it."""
    application = review.application
    viewers = viewers_of(request.user, application)
    if not is_content_open(review) or not may_see(viewers, Part.CONTENT, phase=application.phase):
        return None
    shows = names_are_open(review) and may_see(viewers, Part.NAMES, phase=application.phase)
    return reading_of(application, is_blind=not shows)


def _marked(review: Review) -> list[tuple[str, str]]:
    """Return the sheet as it was handed in, for reading."""
    form = ScoringForm(review)
    given = form.initial
    return [
        (str(field.label), _in_words(field, given.get(name, "")))
        for name, field in form.fields.items()
        if name != "version"
    ]


def _in_words(field: Field, value: object) -> str:
    """Return what was chosen as the form says it, and everything else as it is."""
    return str(dict(getattr(field, "choices", ())).get(value, value))


@signed_in_only
@require_POST
def accept(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = own_review(request.user, uid), UndertakingForm(request.POST)
    form.is_valid()
    try:
        is_taken = accept_review(review, undertaking=form.is_given, actor=request.user)
    except (RuleError, InputError) as error:
        note_refusal(form, error)
        return _undertaking(request, review, form)
    if not is_taken:
        return _ended(request)
    messages.success(request, _("You have taken the review on."))
    return redirect("projects:own_review", review.uid)


def _undertaking(request: HttpRequest, review: Review, form: UndertakingForm) -> HttpResponse:
    is_open = names_are_open(review)
    context = {"review": review, "form": form, "is_open": is_open}
    status = 422 if form.errors else 200
    return render(request, "projects/reviews_undertaking.html", context, status=status)


@signed_in_only
@require_http_methods(FORM_METHODS)
def declare(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = own_review(request.user, uid), ConflictDeclarationForm(posted(request))
    done = _("Thank you. The bureau has been told.")
    if review.state != ReviewState.HANDED_IN:
        review, done = _still_open(request, uid), _("Thank you. The review has ended.")
    asked = _asked(_("Declare a conflict of interest"), done)
    return answered(
        request,
        form,
        lambda: declare_conflict(review, **form.cleaned_data, actor=request.user),
        asked,
    )


@signed_in_only
@require_http_methods(FORM_METHODS)
def refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = _still_open(request, uid), RefusalForm(posted(request))
    asked = _asked(_("Refuse the review"), _("The bureau was told that you cannot review."))
    return answered(
        request,
        form,
        lambda: refuse_review(review, **form.cleaned_data, actor=request.user),
        asked,
    )


@signed_in_only
@require_POST
def keep_reading(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a sign of life from the open page; the answer holds nothing to show."""
    review = own_review(request.user, uid)
    if review.state == ReviewState.ACCEPTED and not note_reading(review, actor=request.user):
        raise MissingError("projects.no-review")
    return HttpResponse(status=204)


@signed_in_only
@require_safe
def download_read_file(request: HttpRequest, uid: UUID, number: int) -> FileResponse:
    review = own_review(request.user, uid)
    if review.state == ReviewState.ACCEPTED and not note_reading(review, actor=request.user):
        raise MissingError("projects.no-review")
    reading = _reading(request, review)
    if reading is None:
        raise MissingError("projects.no-review")
    found = file_of(reading, number)
    if found.file is None:
        raise MissingError("projects.file-withheld")
    return FileResponse(
        files.open_file(found.file),
        as_attachment=True,
        filename=found.name,
        content_type=found.file.media_type or "application/octet-stream",
    )


def _still_open(request: HttpRequest, uid: UUID) -> Review:
    """Return a review that the expert may still give back."""
    review = own_review(request.user, uid)
    if review.state == ReviewState.HANDED_IN or not look_again(review, actor=request.user):
        raise MissingError("projects.no-review")
    return review


def _asked(title: str, done: str) -> Asked:
    return Asked(title, _("Send"), done, None, reverse("projects:own_reviews"))


def _ended(request: HttpRequest) -> HttpResponse:
    """Say no more than that it has ended: what for is the bureau's to know."""
    messages.error(
        request, _("Your review of this application has ended; the bureau has been told.")
    )
    return redirect("projects:own_reviews")
