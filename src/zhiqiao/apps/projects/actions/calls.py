"""Preparing a call, publishing it with the rules of that day, and giving more time."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.projects.choices import CallState
from zhiqiao.apps.projects.models import Call, CallExtension, CallFile, Quota
from zhiqiao.apps.projects.queries import area_of_plan, closes_at
from zhiqiao.apps.projects.rules import can_run_calls, is_draft, is_published
from zhiqiao.core import audit, files
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import local
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.events import define_event, emit, emit_many
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack
from zhiqiao.core.search import searchable_fields
from zhiqiao.packs import Level, Lifecycle, Phase

AUDITED = (
    "kind", "level", "year", "batch", "title_zh", "title_en", "document", "state",
    "opens_at", "closes_at", "places", "reserve_places", "lifecycle", "pack", "rules_digest",
)  # fmt: skip
PUBLISHED = define_event("projects.call_published")
MORE_TIME = define_event("projects.more_time")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallGiven:
    """What the bureau says of a call."""

    kind: str
    level: str
    year: int
    batch: str
    title_zh: str
    opens_at: datetime
    closes_at: datetime
    title_en: str = ""
    document: str = ""
    text_zh: str = ""
    text_en: str = ""
    places: int | None = None
    reserve_places: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The rules of a call as they are kept, their digest, and the pack with its version."""

    rules: dict[str, Any]
    digest: str
    pack: str


@transaction.atomic
def prepare_call(given: CallGiven, *, actor: Actor, demonstration: bool = False) -> Call:
    """Begin a call; until it is published everything of it may change."""
    require(can_run_calls(actor))
    lifecycle = _lifecycle_for(given)
    is_sample = demonstration or bool(getattr(actor, "is_demonstration", False))
    call = Call(
        area_id=_area(),
        lifecycle=lifecycle.id,
        provenance=Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED,
        made_by_id=getattr(actor, "pk", None),
        made_at=timezone.now(),
        **_values(given),
    )
    _save_once(call)
    _record(call, "prepared", actor=actor, before=None)
    return call


@transaction.atomic
def change_call(call: Call, given: CallGiven, *, actor: Actor) -> Call:
    """Replace what is said of a call in preparation."""
    require(can_run_calls(actor))
    call = locked_call(call)
    obey(is_draft(call))
    before = audit.snapshot(call, AUDITED)
    call.lifecycle = _lifecycle_for(given).id
    for name, value in _values(given).items():
        setattr(call, name, value)
    call.version += 1
    _save_once(call)
    _record(call, "changed", actor=actor, before=before)
    return call


@transaction.atomic
def set_quotas(call: Call, quotas: Mapping[int, int], *, actor: Actor) -> None:
    """Say how many applications each body may recommend; bodies left out keep none."""
    require(can_run_calls(actor))
    call = locked_call(call)
    before = {str(row.organisation_id): row.most for row in call.quotas.all()}
    call.quotas.all().delete()
    Quota.objects.bulk_create(
        Quota(call=call, organisation_id=key, most=most) for key, most in quotas.items()
    )
    after = {str(key): most for key, most in quotas.items()}
    verb = "projects.call.quotas_set"
    audit.record(actor=actor, verb=verb, subject=call, before=before, after=after)


@transaction.atomic
def add_call_file(
    call: Call, *, title: str, name: str, content: files.Content, actor: Actor
) -> CallFile:
    require(can_run_calls(actor))
    stored = files.store(name, content, actor=actor)
    row = CallFile.objects.create(call=call, title=title.strip() or stored.name, file=stored)
    after = {"title": row.title, "sha256": stored.sha256}
    verb = "projects.call.file_added"
    audit.record(actor=actor, verb=verb, subject=call, before=None, after=after)
    return row


@transaction.atomic
def publish_call(call: Call, *, actor: Actor) -> Call:
    """Open the call to everybody and keep the rules that the pack says today."""
    require(can_run_calls(actor))
    call = locked_call(call)
    obey(is_draft(call))
    before = audit.snapshot(call, AUDITED)
    kept = rules_to_keep(call)
    call.kept_rules, call.rules_digest, call.pack = kept.rules, kept.digest, kept.pack
    call.state, call.published_at = CallState.PUBLISHED, timezone.now()
    call.version += 1
    call.save()
    _record(call, "published", actor=actor, before=before)
    emit(PUBLISHED, subject=call, actor=actor)
    return call


def rules_to_keep(call: Call) -> Kept:
    """Return what a call would keep if it were published now; nothing is written."""
    pack = current_pack()
    lifecycle = pack.lifecycles[call.lifecycle]
    rules = {
        "flow": pack.flows[lifecycle.flow].model_dump(mode="json", by_alias=True),
        "lifecycle": lifecycle.model_dump(mode="json", by_alias=True),
    }
    canonical = json.dumps(rules, ensure_ascii=False, sort_keys=True)
    return Kept(rules, hashlib.sha256(canonical.encode()).hexdigest(), f"{pack.id}@{pack.version}")


@transaction.atomic
def close_call(call: Call, *, actor: Actor, reason: str) -> Call:
    """Say that nothing of the call is selected any more; what is being built goes on."""
    require(can_run_calls(actor))
    call = locked_call(call)
    obey(is_published(call))
    before = audit.snapshot(call, AUDITED)
    call.state = CallState.CLOSED
    call.save(update_fields=["state"])
    _record(call, "closed", actor=actor, before=before, reason=worded(reason))
    return call


@transaction.atomic
def extend_call(
    call: Call, *, until: datetime, actor: Actor, reason: str, organisation: int | None = None
) -> CallExtension:
    """Give all, or one applicant, more time to apply."""
    require(can_run_calls(actor))
    call = locked_call(call)
    obey(is_published(call))
    words, now_closes = worded(reason), closes_at(call, organisation)
    if until <= now_closes:
        raise InputError(
            "projects.extension-too-early", until=_written(until), closes=_written(now_closes)
        )
    row = CallExtension.objects.create(
        call=call,
        organisation_id=organisation,
        until=until,
        reason=words,
        granted_by_id=getattr(actor, "pk", None),
        granted_at=timezone.now(),
    )
    after = {"until": until.isoformat(), "organisation": organisation}
    verb = "projects.call.extended"
    audit.record(actor=actor, verb=verb, subject=call, before=None, after=after, reason=words)
    drafts = call.applications.filter(phase=Phase.DRAFTING)
    concerned = drafts.filter(applicant=organisation) if organisation else drafts
    emit_many(MORE_TIME, subjects=concerned, actor=actor)
    return row


def locked_call(call: Call) -> Call:
    return Call.objects.select_for_update().get(pk=call.pk)


def _written(instant: datetime) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M}"


def worded(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise InputError("projects.reason-needed")
    return words


def _lifecycle_for(given: CallGiven) -> Lifecycle:
    pack = current_pack()
    lifecycle = pack.lifecycle_of(given.kind) if given.kind in pack.kinds else None
    if lifecycle is None:
        raise InputError("projects.no-lifecycle", kind=given.kind)
    levels = pack.kinds[given.kind].levels or tuple(Level)
    if given.level not in levels:
        known = ", ".join(levels)
        raise InputError("projects.level-not-of-kind", level=given.level, known=known)
    if given.opens_at >= given.closes_at:
        opens, closes = given.opens_at, given.closes_at
        raise InputError(
            "projects.call-window-reversed", opens=_written(opens), closes=_written(closes)
        )
    return lifecycle


def _area() -> int:
    area = area_of_plan()
    if area is None:
        raise InputError("projects.area-unknown", area=current_pack().area)
    return area


def _values(given: CallGiven) -> dict[str, object]:
    kind = current_pack().kinds[given.kind].title
    names = (given.title_en, given.document, given.batch, kind.zh, kind.en)
    return {
        **{name: getattr(given, name) for name in CallGiven.__dataclass_fields__},
        **searchable_fields(name=given.title_zh, other_names=names),
    }


def _save_once(call: Call) -> None:
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError as error:
        raise RuleError("projects.call-known") from error


def _record(
    call: Call, verb: str, *, actor: Actor, before: dict[str, object] | None, reason: str = ""
) -> None:
    after = audit.snapshot(call, AUDITED)
    verb = f"projects.call.{verb}"
    audit.record(actor=actor, verb=verb, subject=call, before=before, after=after, reason=reason)
