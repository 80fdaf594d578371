"""Pages of the applicant: beginning an application and writing it, part by part."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import HeadForm, PartSheet
from zhiqiao.apps.projects.models import Application, Call
from zhiqiao.apps.projects.rules import acts_for, can_write
from zhiqiao.apps.projects.views.doors import appliers_only, signed_in_only
from zhiqiao.core.access import require
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError
from zhiqiao.packs import Phase

FORM_METHODS = ["GET", "HEAD", "POST"]


@appliers_only
@require_http_methods(FORM_METHODS)
def begin(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin an application; what the applicant has in the call already stands beside the form."""
    call = queries.call_visible_to(request.user, uid)
    if call.kept_rules is None:
        raise MissingError("projects.missing")
    form = _begin_form(request, call)
    if form.is_valid():
        try:
            copied = _begun(request, call, form)
        except (RuleError, InputError, MissingError, RefusedError) as error:
            note_refusal(form, error)
        else:
            _tell_lost(request, copied.lost)
            return redirect("projects:writing", copied.application.uid)
    context = {
        "call": call,
        "form": form,
        "there": queries.own_in_call(request.user, call),
        "until": queries.closes_at(call),
        "bodies": queries.bodies_to_apply_for(request.user, call),
    }
    return render(
        request, "projects/writing_begin.html", context, status=422 if form.errors else 200
    )


def _begin_form(request: HttpRequest, call: Call) -> HeadForm:
    form = HeadForm(request.POST or None)
    bodies = queries.bodies_to_apply_for(request.user, call)
    form.offer("applicant", [(body.uid, body.name) for body in bodies])
    chosen = request.POST.get("applicant", "")
    body = next((one for one in bodies if str(one.uid) == chosen), bodies[0] if bodies else None)
    possible = queries.recommenders_for(request.user, call, body.key) if body else []
    several = [(one.uid, one.name) for one in possible] if len(possible) > 1 else []
    form.offer("recommender", several, empty=_("Choose later"))
    sources = queries.own_to_copy(request.user, call)[:50]
    listed = [(one.uid, f"{one.call.year} {one.title}") for one in sources]
    form.offer("source", listed, empty=_("Begin empty"))
    form.leave_out("version")
    if not queries.own_in_call(request.user, call).exists():
        form.leave_out("nevertheless")
    return form


def _begun(request: HttpRequest, call: Call, form: HeadForm) -> actions.Copied:
    given, user = form.cleaned_data, request.user
    bodies = queries.bodies_to_apply_for(user, call)
    body = next((one for one in bodies if str(one.uid) == given.get("applicant")), None)
    if body is None:
        raise MissingError("projects.missing")
    possible = queries.recommenders_for(user, call, body.key)
    said = actions.Begun(
        title=given["title"],
        recommender=_key_of(possible, given.get("recommender", "")),
        nevertheless=given.get("nevertheless", False),
    )
    if given.get("source"):
        source = queries.application_visible_to(user, UUID(given["source"]))
        return actions.copy_application(source, call, said, actor=user)
    return actions.Copied(actions.begin_application(call, body.key, said, actor=user))


def _key_of(bodies: list[queries.Body], uid: str) -> int | None:
    return next((body.key for body in bodies if str(body.uid) == uid), None)


def _tell_lost(request: HttpRequest, lost: tuple[str, ...]) -> None:
    if lost:
        told = _("These fields are no longer asked for, so they were not copied: %(fields)s.")
        messages.warning(request, told % {"fields": ", ".join(lost)})


def draft_of(request: HttpRequest, uid: UUID) -> queries.Written:
    """Return what is written to somebody who may write on; others are refused."""
    application = queries.application_visible_to(request.user, uid)
    require(can_write(request.user, application))
    return queries.written_visible_to(request.user, application)


@signed_in_only
@require_safe
def writing(request: HttpRequest, uid: UUID) -> HttpResponse:
    written = draft_of(request, uid)
    application = written.application
    problems = queries.problems_of(written)
    numbers: dict[str, int] = {}
    for problem in problems:
        numbers[problem.part] = numbers.get(problem.part, 0) + 1
    context = around_draft(request, application) | {
        "written": written,
        "parts": [
            (part, numbers.get(part.name, 0)) for part in queries.parts_of(written.lifecycle)
        ],
        "problems_of_files": numbers.get("form-files", 0),
        "problems_of_head": numbers.get("form-head", 0),
        "problems": problems,
        "coauthors": queries.coauthors_of(application),
        "is_paper_outdated": queries.is_paper_outdated(written),
        "files": sum(len(rows) for rows in written.files.values()),
        "can_withdraw": queries.withdrawal_move(application) is not None,
    }
    return render(request, "projects/writing.html", context)


def around_draft(request: HttpRequest, application: Application) -> dict[str, object]:
    """Return what stands on every page of a draft: its term, why it came back, and who looks."""
    until = queries.closes_at(application.call, application.applicant_id)
    returned = queries.returned_step(application)
    late = today() > application.due_on if returned and application.due_on else False
    return {
        "application": application,
        "call": application.call,
        "until": until,
        "returned": returned,
        "is_draft": application.phase == Phase.DRAFTING,
        "is_late": late if returned else timezone.now() > until,
        "is_applicant": acts_for(request.user, application.applicant_id),
    }


@signed_in_only
@require_http_methods(FORM_METHODS)
def write_part(request: HttpRequest, uid: UUID, part: str) -> HttpResponse:
    """Write one part; a saved part is shown anew, a refused one comes back as it was typed."""
    written = draft_of(request, uid)
    known = queries.parts_of(written.lifecycle)
    if part not in {one.name for one in known}:
        raise MissingError("projects.missing")
    more = request.GET.get("more", "")
    sheet = PartSheet(written, part, request.POST or None, today=today(), more=more)
    seal, clash, status = queries.seal_of(written, part), None, 200
    if request.method == "POST":
        seal, status = request.POST.get("seal", ""), 422
        if sheet.is_valid():
            clash = _saved(request, written, sheet, seal)
            if clash is None:
                return _onward(request, uid, part, [one.name for one in known])
            seal, status = queries.seal_of(written, part), clash.status
    return _shown_part(request, sheet, {"seal": seal, "clash": clash}, status=status)


def _saved(
    request: HttpRequest, written: queries.Written, sheet: PartSheet, seal: str
) -> RuleError | None:
    """Save; return what stands against it."""
    application = written.application
    try:
        forgotten = actions.save_part(
            application, sheet.part, sheet.given(), seal=seal, actor=request.user
        )
    except RuleError as error:
        return error
    if forgotten:
        told = _(
            "Type the identity numbers of these people again, because their names changed: %(names)s."
        )
        messages.warning(request, told % {"names": ", ".join(forgotten)})
    if around_draft(request, application)["is_late"]:
        messages.warning(
            request,
            _("Saved. The term is over, so the application cannot be handed in as it stands."),
        )
    else:
        messages.success(request, _("Saved."))
    return None


def _onward(request: HttpRequest, uid: UUID, part: str, known: list[str]) -> HttpResponse:
    """Go to the next part, to further rows of this one, or stay."""
    more, place = request.POST.get("more", ""), known.index(part) + 1
    if "next" in request.POST:
        following = known[place] if place < len(known) else ""
        if following:
            return redirect("projects:write_part", uid, following)
        return redirect("projects:writing", uid)
    answer = redirect("projects:write_part", uid, part)
    if more:
        answer["Location"] += f"?more={more}#field-{more}"
    return answer


def _shown_part(
    request: HttpRequest, sheet: PartSheet, context: dict[str, object], *, status: int
) -> HttpResponse:
    written = sheet.written
    known = queries.parts_of(written.lifecycle)
    context |= around_draft(request, written.application) | {
        "sheet": sheet,
        "part": next(one for one in known if one.name == sheet.part),
        "parts": known,
        "stored": queries.shown_part(written, sheet.part) if context["clash"] else None,
        "unsuitable": written.unsuitable,
        "problems": [one for one in queries.problems_of(written) if one.part == sheet.part],
    }
    name = "projects/writing_part.html"
    if request.htmx:  # type: ignore[attr-defined] # set by the htmx middleware
        # Only answers of success are put into the page, so what was typed would be lost otherwise.
        return render(request, f"{name}#part", context)
    return render(request, name, context, status=status)


@signed_in_only
@require_http_methods(FORM_METHODS)
def write_head(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = draft_of(request, uid).application
    form = _head_form(request, application)
    if form.is_valid():
        try:
            _change_head(request, application, form)
        except (RuleError, InputError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("projects:writing", uid)
    context = around_draft(request, application) | {
        "form": form,
        "title": _("Title and recommendation"),
    }
    return render(request, "projects/writing_ask.html", context, status=422 if form.errors else 200)


def _change_head(request: HttpRequest, application: Application, form: HeadForm) -> None:
    given, user = form.cleaned_data, request.user
    possible = queries.recommenders_for(user, application.call, application.applicant_id)
    recommender = _key_of(possible, given.get("recommender", ""))
    said = actions.Begun(title=given["title"], recommender=recommender)
    actions.change_head(application, said, actor=user, version=given["version"] or 0)


def _head_form(request: HttpRequest, application: Application) -> HeadForm:
    recommender = application.recommender
    kept = {
        "title": application.title,
        "recommender": str(recommender.uid) if recommender else "",
        "version": application.version,
    }
    form = HeadForm(request.POST or None, initial=kept)
    form.leave_out("applicant", "source", "nevertheless")
    possible = queries.recommenders_for(request.user, application.call, application.applicant_id)
    several = [(one.uid, one.name) for one in possible] if len(possible) > 1 else []
    form.offer("recommender", several, empty=_("Choose later"))
    return form
