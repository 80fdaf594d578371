"""Letters of admission: issued in one go, printed, and checked by whoever holds one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.engine_io.letters import letter_pdf, qr_on_page
from zhiqiao.apps.admissions.forms import ReasonForm
from zhiqiao.apps.admissions.models import Letter
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season, schools_of
from zhiqiao.apps.admissions.views.doors import Asked, answered, signed_in_only, workers_only
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate


@workers_only
@require_safe
def list_letters(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    page = paginate(queries.letters_visible_to(request.user, season), request)
    return render(request, "admissions/letters.html", {"season": season, "page": page})


@workers_only
@require_POST
def issue_letters(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    schools = None if can_run_season(request.user) else schools_of(request.user)
    return attempted(
        request,
        lambda: actions.issue_letters(season, schools=schools, actor=request.user),
        done=_("All who are admitted and did not decline have their letter."),
        back=reverse("admissions:letters", args=[season.uid]),
    )


@workers_only
@require_safe
def download_letters(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give the numbers of the letters, for the books of the school."""
    season = queries.season_visible_to(request.user, uid)
    columns = (_("Number of the letter"), _("Candidate number"), _("Full name"), _("School"),
               _("Programme code"), _("Major"), _("Issued at"), _("Letter withdrawn"))  # fmt: skip
    rows = (
        (
            letter.number, letter.candidate_number, letter.name, letter.line.school.name,
            letter.line.code, letter.line.major, letter.issued_at, letter.withdrawn_at,
        )
        for letter in queries.letters_visible_to(request.user, season)
    )  # fmt: skip
    return workbook_response(f"letters-{today():%Y-%m-%d}.xlsx", columns, rows)


@signed_in_only
@require_safe
def show_letter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the letter as it is printed on A4."""
    letter = queries.letter_visible_to(request.user, uid)
    address = _address(request, letter)
    context = {
        "letter": letter,
        "season": letter.line.season,
        "words": queries.letter_words(letter, address=address),
        "qr": SafeString(qr_on_page(address)),
        "may_withdraw": bool(can_act_for_school(request.user, letter.line.school_id)),
    }
    return render(request, "admissions/letter.html", context)


@signed_in_only
@require_safe
def download_letter(request: HttpRequest, uid: UUID) -> HttpResponse:
    letter = queries.letter_visible_to(request.user, uid)
    if letter.withdrawn_at is not None:
        raise RuleError("admissions.letter-withdrawn")
    words = queries.letter_words(letter, address=_address(request, letter))
    content = letter_pdf(words, issued_at=letter.issued_at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{letter.number}.pdf"'
    return response


@workers_only
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_letter(request: HttpRequest, uid: UUID) -> HttpResponse:
    letter = queries.letter_visible_to(request.user, uid)
    form = ReasonForm(request.POST or None)
    asked = Asked(
        _("Withdraw the letter"),
        _("Withdraw it"),
        _("The letter no longer holds."),
        letter.line.season,
        letter.get_absolute_url(),
        _("The place stays. Whoever checks the letter reads that it no longer holds; a new one can be issued."),
    )  # fmt: skip
    return answered(
        request,
        form,
        lambda: actions.withdraw_letter(
            letter, actor=request.user, reason=form.cleaned_data["reason"]
        ),
        asked,
    )


@require_safe
def verify_letter(request: HttpRequest, code: str) -> HttpResponse:
    """Tell whoever holds the paper whether it is genuine; the name stays masked."""
    told = queries.letter_of_code(code)
    context = {"told": told, "season": told.season}
    return render(request, "admissions/letter_check.html", context)


def _address(request: HttpRequest, letter: Letter) -> str:
    return request.build_absolute_uri(reverse("admissions:verify_letter", args=[letter.code]))
