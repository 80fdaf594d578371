"""Copies without names: made when an application comes under blind review, or given by a clerk."""

from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from zhiqiao.apps.projects.actions.phases import on_entering
from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.engine_io.blinding import blind_copy_of
from zhiqiao.apps.projects.models import Application, ApplicationFile, Step
from zhiqiao.apps.projects.queries.reading import names_in
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor, require
from zhiqiao.core.jobs import start_job
from zhiqiao.core.models import StoredFile
from zhiqiao.packs import Phase

BLIND = "projects.blind_copies"


@on_entering(Phase.REVIEWING)
def start_blind_copies(application: Application, _step: Step, actor: Actor) -> None:
    """Have the copies made apart from the request; until then a file is kept back."""
    rule = application.call.rules.lifecycle.review
    if rule is not None and rule.blind and application.files.exists():
        start_job(BLIND, actor=actor, arguments={"application": application.pk})


@transaction.atomic
def make_blind_copies(application: int) -> dict[str, int]:
    """Make the copies that can be made by rule; how many files are kept back for a person."""
    row = Application.objects.select_related("call", "applicant", "recommender").get(pk=application)
    wanted, names = row.call.rules.lifecycle.files, names_in(row)
    made = withheld = 0
    for file in row.files.select_related("file").filter(blind_copy=None):
        if file.wanted not in wanted or wanted[file.wanted].names:
            continue
        copy = None
        if file.scan != FileState.INFECTED:
            with files.open_file(file.file) as content:
                copy = blind_copy_of(file.file.name, content.read(), names)
        if copy is None:
            withheld += 1
        else:
            _keep(file, files.store(_plain_name(file), copy, actor=None), actor=None)
            made += 1
    return {"made": made, "withheld": withheld}


@transaction.atomic
def add_blind_copy(file: ApplicationFile, upload: UploadedFile, *, actor: Actor) -> ApplicationFile:
    """Keep a copy in which a clerk has taken out the names."""
    require(can_run_calls(actor))
    stored = files.store(upload.name or "", upload.chunks(), actor=actor)
    return _keep(file, stored, actor=actor)


def _keep(file: ApplicationFile, stored: StoredFile, *, actor: Actor) -> ApplicationFile:
    row = ApplicationFile.objects.select_for_update().get(pk=file.pk)
    before = {"sha256": row.blind_copy.sha256 if row.blind_copy else ""}
    row.blind_copy = stored
    row.save(update_fields=["blind_copy"])
    after = {"sha256": stored.sha256}
    verb = "projects.blind_copy.added"
    audit.record(actor=actor, verb=verb, subject=row, before=before, after=after)
    return row


def _plain_name(file: ApplicationFile) -> str:
    return f"{file.wanted}{PurePath(file.file.name).suffix.lower()}"
