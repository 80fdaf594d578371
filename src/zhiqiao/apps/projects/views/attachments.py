"""Files of a draft: the list, adding, taking out, and sending one to whoever may see it."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import UploadForm
from zhiqiao.apps.projects.queries.written import SEALED_COPY
from zhiqiao.apps.projects.views.doors import signed_in_only
from zhiqiao.apps.projects.views.writing import around_draft, draft_of
from zhiqiao.core import files
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.errors import InputError, MissingError, RuleError, TooLargeError


@signed_in_only
@require_safe
def attachments(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _listed(request, draft_of(request, uid), refused={})


@signed_in_only
@require_POST
def attach(request: HttpRequest, uid: UUID, wanted: str) -> HttpResponse:
    written = draft_of(request, uid)
    if wanted not in written.lifecycle.files:
        raise MissingError("projects.missing")
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            added = actions.attach_file_to(
                written.application, wanted, _upload(form), actor=request.user
            )
        except (RuleError, InputError, TooLargeError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, _("The file %(name)s is added.") % {"name": added.file.name})
            return redirect("projects:attachments", uid)
    return _listed(request, written, refused={wanted: form})


def _upload(form: UploadForm) -> actions.Upload:
    given = form.cleaned_data["file"]
    printed = form.cleaned_data["printed"]
    return actions.Upload(given.name or "", given.size or 0, given.chunks(), printed)


def _listed(
    request: HttpRequest, written: queries.Written, *, refused: dict[str, UploadForm]
) -> HttpResponse:
    lines = [
        {
            "name": name,
            "wanted": wanted,
            "rows": written.files.get(name, ()),
            "form": refused.get(name) or _upload_form(name),
            "is_full": len(written.sound_files(name)) >= wanted.most,
        }
        for name, wanted in written.lifecycle.files.items()
    ]
    context = around_draft(request, written.application) | {
        "lines": lines,
        "is_paper_outdated": queries.is_paper_outdated(written),
        "digest": queries.paper_digest_of(written),
    }
    status = 422 if refused else 200
    return render(request, "projects/writing_files.html", context, status=status)


def _upload_form(name: str) -> UploadForm:
    form = UploadForm(auto_id=f"id_{name}_%s")
    if name != SEALED_COPY:
        del form.fields["printed"]
    return form


@signed_in_only
@require_safe
def attachment(request: HttpRequest, uid: UUID) -> FileResponse:
    """Send a file after its hash was checked; never shown inside of the site."""
    row = queries.attachment_visible_to(request.user, uid)
    stored = queries.file_to_send(row)
    return FileResponse(
        files.open_file(stored),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.media_type or "application/octet-stream",
    )


@signed_in_only
@require_POST
def detach(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = queries.attachment_visible_to(request.user, uid)
    try:
        actions.remove_file(row, actor=request.user)
    except RuleError as error:
        messages.error(request, f"{error.message} {error.remedy}".strip())
    return redirect("projects:attachments", row.application.uid)
