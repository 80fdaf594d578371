"""What every change of a recognition does around the change itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.auth.base_user import AbstractBaseUser

from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.projects.queries import kind_or_missing
from zhiqiao.apps.projects.rules import can_keep_register, natural_key
from zhiqiao.core import audit, events, revisions
from zhiqiao.core.access import Actor, obey, refused, require
from zhiqiao.core.errors import MissingError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.search import searchable_fields

RECORDED = (
    "kind",
    "name",
    "name_filed",
    "level",
    "batch",
    "document",
    "announced",
    "area_id",
    "holder_id",
    "holder_text",
    "valid_from",
    "valid_to",
    "state",
    "ended_on",
    "remark",
)
"""The fields whose values the audit keeps before and after a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes a row, why, and which version of it the person had in view.

    Without a version (the system, an import) the row is changed as it stands.
    """

    actor: Actor
    reason: str
    version: int | None = None


def opened(recognition: Recognition, change: Change) -> Recognition:
    """Lock the row for a change, or say why this person may not change it now."""
    require(can_keep_register(change.actor))
    if not change.reason.strip():
        raise RuleError("projects.reason-missing")
    row = Recognition.objects.select_for_update(of=("self",)).filter(pk=recognition.pk).first()
    if row is None:
        raise MissingError("projects.recognition-missing")
    kind_or_missing(row.kind)
    if change.version is not None and change.version != row.version:
        obey(refused("projects.changed-meanwhile", name=row.name))
    return row


def person(actor: Actor) -> int:
    """Return the key of the person who decides; the system never judges."""
    if not isinstance(actor, AbstractBaseUser):
        raise RefusedError("projects.person-needed")
    return int(actor.pk)


def recorded(recognition: Recognition) -> dict[str, object]:
    """Return the state of a row for the audit, with its partners in order."""
    partners = recognition.partners.order_by("position").values_list("text", flat=True)
    return {
        **audit.snapshot(recognition, RECORDED),
        "area": recognition.area.name,
        "holder": recognition.holder.name if recognition.holder else None,
        "partners": list(partners),
    }


def key_of(recognition: Recognition) -> str:
    return natural_key(
        (
            recognition.kind,
            recognition.name,
            recognition.holder_text,
            recognition.batch,
            recognition.document,
        )
    )


def search_words(name: str, holder: str, partners: Iterable[str]) -> dict[str, str]:
    """Return the search columns of a row; bodies that many rows name are spelt out once."""
    others = [words for other in (holder, *partners) if (words := _words_of(other)[1])]
    key, own = _words_of(name)
    return {"name_key": key, "search_text": " ".join(dict.fromkeys([own, *others]))}


@lru_cache(maxsize=50_000)
def _words_of(name: str) -> tuple[str, str]:
    fields = searchable_fields(name=name) if name else {"name_key": "", "search_text": ""}
    return fields["name_key"], fields["search_text"]


def close_change(
    recognition: Recognition, change: Change, *, verb: str, before: Mapping[str, object]
) -> AuditEntry:
    """Save the row as a new version and write down what became of it."""
    partners = recognition.partners.order_by("position").values_list("text", flat=True)
    words = search_words(recognition.name, recognition.holder_text, partners)
    recognition.name_key = words["name_key"]
    recognition.search_text = words["search_text"]
    recognition.natural_key = key_of(recognition)
    recognition.version += 1
    recognition.save()
    return audit.record(
        actor=change.actor,
        verb=f"projects.recognition.{verb}",
        subject=recognition,
        before=before,
        after=recorded(recognition),
        reason=change.reason.strip(),
    )


def announce(recognition: Recognition, entry: AuditEntry) -> None:
    """Tell the board and the listeners, who may keep the entry as the cause of what follows."""
    revisions.bump("plan")
    events.publish(
        "projects.recognition_changed",
        recognition=recognition.uid,
        kind=recognition.kind,
        audit_entry=entry,
    )
