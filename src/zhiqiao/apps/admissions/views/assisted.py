"""Choices of somebody who cannot enter them: two persons of the bureau and a signed form."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.forms.people import AssistedForm, RefusalForm
from zhiqiao.apps.admissions.models import Season
from zhiqiao.apps.admissions.views.doors import Asked, answered, signed_in_only, staff_only
from zhiqiao.apps.admissions.views.papers import paper_response, stored_upload
from zhiqiao.core.answering import attempted
from zhiqiao.core.paging import paginate


@staff_only
@require_safe
def list_assisted(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    page = paginate(queries.assistance_visible_to(request.user, season), request)
    return render(request, "admissions/assisted_list.html", {"season": season, "page": page})


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask_assisted(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    form = AssistedForm(request.POST or None, request.FILES or None)
    asked = Asked(
        _("Write in assisted choices"),
        _("Hand over to the second person"),
        _("The list waits for the second person."),
        season,
        _list_of(season),
        _("Nothing becomes a choice before a second person has compared the list with the form."),
    )

    def write() -> None:
        given = form.cleaned_data
        candidate = queries.candidate_with_number(request.user, season, given["number"])
        lines = queries.lines_with_codes(season, given["codes"])
        scan = stored_upload(given["scan"], request)
        actions.ask_assisted(candidate, lines, form=given["form"], why=given["why"], scan=scan,
                             actor=request.user)  # fmt: skip

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_assisted(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show list and form side by side; sending it confirms that they say the same."""
    asked = queries.assisted_choices_visible_to(request.user, uid)
    season = asked.candidate.season
    if request.method == "POST":
        return attempted(
            request,
            lambda: actions.confirm_assisted(asked, actor=request.user),
            done=_("The choices are confirmed and locked."),
            back=_list_of(season),
        )
    rows = queries.choice_rows(season, asked.lines)
    context = {
        "asked": asked,
        "candidate": asked.candidate,
        "season": season,
        "batches": queries.by_batch(season, rows),
        "is_own": asked.asked_by_id == request.user.pk,
    }
    return render(request, "admissions/assisted.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_assisted(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = queries.assisted_choices_visible_to(request.user, uid)
    season = found.candidate.season
    form = RefusalForm(request.POST or None)
    asked = Asked(
        _("Refuse assisted choices"),
        _("Do not confirm"),
        _("They were refused; the candidate reads why."),
        season,
        _list_of(season),
        found.candidate.number,
    )
    return answered(
        request,
        form,
        lambda: actions.refuse_assisted(
            found, reason=form.cleaned_data["reason"], actor=request.user
        ),
        asked,
    )


@signed_in_only
@require_safe
def download_form(request: HttpRequest, uid: UUID) -> FileResponse:
    """Send the scan of the form to the bureau, and to the candidate who signed it."""
    return paper_response(queries.assisted_choices_visible_to(request.user, uid).scan)


def _list_of(season: Season) -> str:
    return reverse("admissions:assisted", args=[season.uid])
