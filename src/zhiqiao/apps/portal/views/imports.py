"""Bringing in a table: choose, map, answer, check, commit. Each step is one page."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.portal.forms import DoubtsForm, MappingForm, UploadForm
from zhiqiao.core.errors import MISSING, MissingError, ZhiqiaoError
from zhiqiao.core.exports import MEDIA_TYPE
from zhiqiao.core.files import open_file
from zhiqiao.core.imports import actions, queries
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.imports.doubts import open_doubts
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.summary import summary_of
from zhiqiao.core.imports.template import write_template
from zhiqiao.core.paging import paginate

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@never_cache
@login_required
def list_imports(request: HttpRequest) -> HttpResponse:
    page = paginate(queries.batches_visible_to(request.user), request)
    rows = [(batch, queries.title_of(batch)) for batch in page]
    context = {"page": page, "rows": rows, "specs": queries.specs_visible_to(request.user)}
    return render(request, "portal/import_list.html", context)


@require_http_methods(FORM_METHODS)
@login_required
def open_import(request: HttpRequest, spec: str) -> HttpResponse:
    its_spec = queries.spec_visible_to(request.user, spec)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with_file = {"file": data["file"]} if data["file"] else {"text": data["text"]}
        try:
            batch = actions.open_batch(its_spec.key, actor=request.user, **with_file)
        except ZhiqiaoError as error:
            form.add_error("file" if data["file"] else "text", _told(error))
        else:
            return _onward(request, batch)
    status = 422 if form.errors else 200
    return render(
        request, "portal/import_new.html", {"form": form, "spec": its_spec}, status=status
    )


@require_safe
@login_required
def download_template(request: HttpRequest, spec: str) -> FileResponse:
    its_spec = queries.spec_visible_to(request.user, spec)
    content = BytesIO()
    write_template(content, its_spec)
    content.seek(0)
    name = _("%(table)s - template.xlsx") % {"table": its_spec.title}
    return FileResponse(content, as_attachment=True, filename=name, content_type=MEDIA_TYPE)


@require_safe
@never_cache
@login_required
def show_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show where the import stands; while a job runs the page asks again for this part."""
    batch = queries.batch_visible_to(request.user, uid)
    context = {"batch": batch, "spec": queries.spec_of(batch), "summary": summary_of(batch)}
    part = "#standing" if request.htmx else ""  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, f"portal/import_detail.html{part}", context)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def map_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    batch = queries.batch_visible_to(request.user, uid)
    form = MappingForm(request.POST or None, batch=batch, spec=queries.spec_of(batch))

    def keep() -> ImportBatch:
        return actions.map_columns(batch, form.mapping(), actor=request.user)

    return _asked(request, form, keep, "portal/import_mapping.html", batch)


@require_POST
@login_required
def choose_import_sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    batch = queries.batch_visible_to(request.user, uid)
    sheet = request.POST.get("sheet", "")
    try:
        actions.choose_sheet(batch, sheet, actor=request.user)
    except ZhiqiaoError as error:
        messages.error(request, _told(error))
    return redirect("portal:import_mapping", uid=uid)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def answer_options(request: HttpRequest, uid: UUID) -> HttpResponse:
    batch = queries.batch_visible_to(request.user, uid)
    spec = queries.spec_of(batch)
    if spec.options_form is None:
        raise MissingError(MISSING)
    form = spec.options_form(request.POST or None, request.FILES or None, initial=batch.options)

    def keep() -> ImportBatch:
        return actions.set_options(batch, form, actor=request.user)

    return _asked(request, form, keep, "portal/import_options.html", batch)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def answer_import_doubts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the doubtful names, some at a time, until none is open."""
    batch = queries.batch_visible_to(request.user, uid)
    form = DoubtsForm(request.POST or None, doubts=open_doubts(batch))

    def keep() -> ImportBatch:
        return actions.answer_doubts(batch, form.answers(), actor=request.user)

    return _asked(request, form, keep, "portal/import_doubts.html", batch)


@require_POST
@login_required
def check_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _done(request, uid, actions.request_check)


@require_POST
@login_required
def commit_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _done(request, uid, actions.request_commit)


@require_POST
@login_required
def cancel_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _done(request, uid, actions.cancel_batch)


@require_safe
@login_required
def download_errors(request: HttpRequest, uid: UUID) -> FileResponse:
    stored = queries.batch_visible_to(request.user, uid).error_file
    if stored is None:
        raise MissingError(MISSING)
    content = open_file(stored)
    return FileResponse(content, as_attachment=True, filename=stored.name, content_type=MEDIA_TYPE)


def _asked(
    request: HttpRequest,
    form: Form,
    keep: Callable[[], ImportBatch],
    template: str,
    batch: ImportBatch,
) -> HttpResponse:
    """Show a form about the import; keep its answers and go on to the next step."""
    if request.method == "POST" and form.is_valid():
        try:
            return _onward(request, keep())
        except ZhiqiaoError as error:
            form.add_error(None, _told(error))
    context = {"form": form, "batch": batch, "spec": queries.spec_of(batch)}
    return render(request, template, context, status=422 if form.errors else 200)


def _done(request: HttpRequest, uid: UUID, action: Callable[..., object]) -> HttpResponse:
    batch = queries.batch_visible_to(request.user, uid)
    try:
        action(batch, actor=request.user)
    except ZhiqiaoError as error:
        messages.error(request, _told(error))
    return redirect("portal:import_detail", uid=uid)


def _onward(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Go to the first step that still needs the person; check as soon as none does."""
    name = "import_detail"
    if batch.state == BatchState.UPLOADED:
        name = "import_mapping"
    elif batch.state == BatchState.CHECKED and open_doubts(batch):
        name = "import_doubts"
    elif batch.state == BatchState.MAPPED and queries.asks_options(batch):
        name = "import_options"
    elif batch.state == BatchState.MAPPED:
        actions.request_check(batch, actor=request.user)
    return redirect(f"portal:{name}", uid=batch.uid)


def _told(error: ZhiqiaoError) -> str:
    return f"{error.message} {error.remedy}".strip()
