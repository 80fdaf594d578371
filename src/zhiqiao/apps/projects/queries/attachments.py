"""Files of an application for whoever may see its content and who applies; a blind reviewer reads elsewhere."""

from uuid import UUID

from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.models import ApplicationFile
from zhiqiao.apps.projects.queries.calls import sighted_viewers
from zhiqiao.apps.projects.rules import Part, may_see
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.models import StoredFile


def attachment_visible_to(user: Actor, uid: UUID) -> ApplicationFile:
    rows = ApplicationFile.objects.select_related(
        "file", "application__call", "application__applicant"
    )
    found = rows.filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    viewers, phase = sighted_viewers(user, found.application), found.application.phase
    if not may_see(viewers, Part.CONTENT, phase=phase):
        raise MissingError("projects.missing")
    return found


def file_to_send(attachment: ApplicationFile) -> StoredFile:
    """Return the file itself, unless a virus was found in it."""
    if attachment.scan == FileState.INFECTED:
        raise RuleError("projects.file-blocked")
    return attachment.file
