"""What became of a row, step by step, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhiqiao.apps.projects.choices import Level, RecognitionState
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.core.access import Actor
from zhiqiao.core.audit import history_of
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.policy import current_pack

VERBS = {
    "projects.recognition.imported": gettext_lazy("Changed by an import"),
    "projects.recognition.entered": gettext_lazy("Recognised in a call"),
    "projects.recognition.corrected": gettext_lazy("Corrected"),
    "projects.recognition.revoked": gettext_lazy("Revoked"),
    "projects.recognition.withdrawn": gettext_lazy("Taken out: entered by mistake"),
    "projects.recognition.holder_matched": gettext_lazy("Holder matched"),
    "projects.recognition.level_stated": gettext_lazy("Level decided"),
    "projects.recognition.judged": gettext_lazy("Question decided"),
    "projects.recognition.evidence_attached": gettext_lazy("Evidence attached"),
}
SHOWN = (
    "kind",
    "name",
    "name_filed",
    "level",
    "batch",
    "document",
    "announced",
    "area",
    "holder",
    "holder_text",
    "valid_from",
    "valid_to",
    "state",
    "ended_on",
    "remark",
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One entry of the audit about a row, as its page tells it."""

    at: datetime
    who: str
    what: str
    why: str
    changes: tuple[FieldChange, ...]


def history_steps(recognition: Recognition, user: Actor) -> list[HistoryStep]:
    """Return the steps, the newest first; names of accounts are for people who signed in."""
    named = bool(getattr(user, "is_authenticated", False))
    steps = [
        HistoryStep(
            at=entry.at,
            who=_who(entry.actor_name if entry.actor_id else None, named=named),
            what=str(VERBS.get(entry.verb, entry.verb)),
            why=entry.reason,
            changes=_changes(entry),
        )
        for entry in history_of(recognition)
    ]
    return [*steps, *_entered(recognition, named=named)]


def _entered(recognition: Recognition, *, named: bool) -> list[HistoryStep]:
    """Return the step by which the row came in: the import whose audit entry holds the digest."""
    batch = recognition.import_batch
    if batch is None or batch.committed_at is None:
        return []
    account = batch.committed_by.get_username() if batch.committed_by else None
    said = _("From the file %(file)s, SHA-256 %(digest)s.")
    return [
        HistoryStep(
            at=batch.committed_at,
            who=_who(account, named=named),
            what=_("Entered by an import"),
            why=said % {"file": batch.file.name, "digest": batch.file.sha256},
            changes=(),
        )
    ]


def _who(account: str | None, *, named: bool) -> str:
    if account is None:
        return _("The system")
    return account if named else _("The office that keeps the register")


def _changes(entry: AuditEntry) -> tuple[FieldChange, ...]:
    before: Mapping[str, object] = entry.before or {}
    after: Mapping[str, object] = entry.after or {}
    if "question" in after:
        return (_answered(before, after),)
    if "evidence" in after:
        return (FieldChange(_("Evidence"), "", str(after["evidence"])),)
    changes = (
        FieldChange(_title(name), _words(name, before.get(name)), _words(name, after.get(name)))
        for name in (*SHOWN, "partners")
    )
    return tuple(one for one in changes if one.before != one.after)


def _answered(before: Mapping[str, object], after: Mapping[str, object]) -> FieldChange:
    judgement = current_pack().judgements.get(str(after["question"]))
    language = get_language() or "zh-hans"
    title = judgement.question.in_language(language) if judgement else str(after["question"])
    return FieldChange(
        title, _words("answer", before.get("answer")), _words("answer", after["answer"])
    )


def _title(name: str) -> str:
    if name == "partners":
        return _("Partners")
    return str(getattr(Recognition, name).field.verbose_name)


def _words(name: str, value: object) -> str:
    """Return a stored value as people read it; what is not stated says so."""
    if value in (None, "", []):
        return _("not stated")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return _titles_of(name).get(str(value), str(value))


def _titles_of(name: str) -> Mapping[str, str]:
    language = get_language() or "zh-hans"
    match name:
        case "level":
            return {value: str(label) for value, label in Level.choices}
        case "state":
            return {value: str(label) for value, label in RecognitionState.choices}
        case "kind":
            kinds = current_pack().kinds.values()
            return {kind.id: kind.title.in_language(language) for kind in kinds}
        case _:
            return {}
