"""Public notice: what stands on it, objections by anybody, receipts, and the answers of the bureau."""

from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import ObjectionAnswerForm, ObjectionForm, ReceiptForm
from zhiqiao.apps.projects.forms.calls import YES
from zhiqiao.apps.projects.rules import takes_objections
from zhiqiao.apps.projects.views.doors import FORM_METHODS, Asked, answered, posted, staff_only
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.paging import paginate

# Answers beside the notice; the files have all.
SHOWN = 50


@require_safe
def show_notice(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Show everybody what is on public notice, until when, how to object, and what was answered."""
    call = queries.call_visible_to(request.user, uid)
    rows = queries.on_notice(call)
    if wanted_file(request) and request.GET.get("list") == "answers":
        table = queries.answer_table(queries.answers_on_notice(call))
        return list_file(request, of_call(call, "answers", *table))
    if wanted_file(request):
        return list_file(request, of_call(call, "notice", *queries.notice_table(rows)))
    page = paginate(rows, request)
    answers = queries.answers_on_notice(call, most=SHOWN + 1)
    context = {
        "call": call,
        "page": page,
        "rows": [
            (row, queries.publicity_is_provisional(row), bool(takes_objections(row, today=today())))
            for row in page.items
        ],
        "answers": answers[:SHOWN],
        "more_answers": len(answers) > SHOWN,
        "form": ReceiptForm(),
    }
    return render(request, "projects/results_notice.html", context)


@never_cache
@sensitive_post_parameters("text", "name", "contact")
@require_http_methods(FORM_METHODS)
def object_to(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an objection from anybody, signed in or not; floods are slowed by address."""
    if request.method == "POST":
        slowed: HttpResponse | None = ratelimit.consume_or_429(
            request, app="projects", action="objection", config=settings.ZHIQIAO_ALLOWANCES
        )
        if slowed:
            return slowed
    application = queries.noticed_application(uid)
    form = ObjectionForm(posted(request))
    if form.is_valid():
        try:
            made = actions.object_to(application, **form.cleaned_data, actor=request.user)
        except (RuleError, InputError) as error:
            note_refusal(form, error)
        else:
            return redirect("projects:receipt", code=made.code)
    asked = Asked(
        _("Object to a recognition"), _("File the objection"), "", application.call,
        reverse("projects:notice", args=[application.call.uid]),
        _("The bureau answers; you get a code with which you can look the answer up."),
        f"{application.title} · {application.applicant.name}",
    )  # fmt: skip
    context = {"form": form, "asked": asked}
    return render(request, "projects/calls_ask.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def find_receipt(request: HttpRequest) -> HttpResponse:
    """Lead from a typed code to its receipt."""
    form = ReceiptForm(request.GET or None)
    if form.is_valid():
        return redirect("projects:receipt", code=form.cleaned_data["code"])
    status = 422 if form.errors else 200
    return render(request, "projects/results_receipt.html", {"form": form}, status=status)


@never_cache
@require_safe
def show_receipt(request: HttpRequest, code: str) -> HttpResponse:
    told = queries.receipt_of_code(code)
    context = {"told": told, "code": code, "form": ReceiptForm()}
    return render(request, "projects/results_receipt.html", context)


@staff_only
@require_safe
def list_objections(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call = queries.call_visible_to(request.user, uid)
    rows = queries.objections_visible_to(request.user, call)
    if wanted_file(request):
        return list_file(request, of_call(call, "objections", *queries.objection_table(rows)))
    context = {"call": call, "page": paginate(rows, request)}
    return render(request, "projects/results_objections.html", context)


@staff_only
@require_http_methods(FORM_METHODS)
def answer_objection(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an objection with who filed it, to the bureau alone, and take the answer."""
    objection = queries.objection_visible_to(request.user, uid)
    call = objection.application.call
    form = ObjectionAnswerForm(posted(request))
    contact = queries.contact_of(request.user, objection)
    asked = Asked(
        _("Answer an objection"), _("Answer"), _("The answer stands on the notice."), call,
        reverse("projects:objections", args=[call.uid]),
        f"{objection.name} · {contact} · {objection.text}",
        f"{objection.application.title} · {objection.application.applicant.name}",
    )  # fmt: skip

    def write() -> None:
        given = form.cleaned_data
        upheld = given["upheld"] == YES
        actions.answer_objection(
            objection, is_upheld=upheld, answer=given["answer"], actor=request.user
        )

    return answered(request, form, write, asked)
