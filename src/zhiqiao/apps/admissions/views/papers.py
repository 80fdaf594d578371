"""Scans that belong to a candidate's matter: taken in from a form, and sent to whoever may see it."""

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest

from zhiqiao.core import files
from zhiqiao.core.errors import MissingError
from zhiqiao.core.models import StoredFile


def stored_upload(upload: UploadedFile | None, request: HttpRequest) -> StoredFile | None:
    if not upload:
        return None
    return files.store(upload.name or "", upload.chunks(), actor=request.user)


def paper_response(stored: StoredFile | None) -> FileResponse:
    """Send a scan after its hash was checked; never shown inside of the site."""
    if stored is None:
        raise MissingError("admissions.missing")
    return FileResponse(
        files.open_file(stored),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.media_type or "application/octet-stream",
    )
