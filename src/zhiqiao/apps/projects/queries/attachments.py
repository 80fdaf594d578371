"""Files of an application for whoever may see its content."""

from uuid import UUID

from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.models import ApplicationFile
from zhiqiao.apps.projects.queries.calls import viewers_of
from zhiqiao.apps.projects.queries.written import is_blind_to
from zhiqiao.apps.projects.rules import Part, may_see
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.models import StoredFile


def attachment_visible_to(user: Actor, uid: UUID) -> ApplicationFile:
    rows = ApplicationFile.objects.select_related(
        "file", "blind_copy", "application__call", "application__applicant"
    )
    found = rows.filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    viewers, phase = viewers_of(user, found.application), found.application.phase
    if not may_see(viewers, Part.CONTENT, phase=phase):
        raise MissingError("projects.missing")
    return found


def sent_file_of(user: Actor, attachment: ApplicationFile) -> tuple[StoredFile, str]:
    """Return the file to send and its name there; a blind reviewer gets the copy without names.

    A file without such a copy is not there for a blind reviewer: its name alone may tell who applies.
    """
    if attachment.scan == FileState.INFECTED:
        raise RuleError("projects.file-blocked")
    if not is_blind_to(user, attachment.application):
        return attachment.file, attachment.file.name
    if attachment.blind_copy is None:
        raise MissingError("projects.missing")
    ending = attachment.blind_copy.name.rpartition(".")[2]
    return attachment.blind_copy, f"{attachment.wanted}-{attachment.pk}.{ending}"
