"""What the plan does when records below it change."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.plan.actions import pass_parts_on, record_figures
from zhiqiao.apps.plan.queries import parts_of_person
from zhiqiao.apps.plan.queries.board import REVISION
from zhiqiao.core.events import subscribe
from zhiqiao.core.holdings import Holding, holding_source
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import MORNING, upkeep
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.policy import current_pack
from zhiqiao.core.revisions import bump


@subscribe("projects.recognition_changed")
@subscribe("projects.list_declared")
def keep_history_of_figures(*, audit_entry: Any = None, **_payload: object) -> None:
    record_figures(audit_entry)


@upkeep("plan.history_of_figures", cron=MORNING)
@transaction.atomic
def keep_history_of_days() -> None:
    """Note what moved without a change of a record: a deadline that passed, another pack."""
    bump(REVISION)
    record_figures(None)


@holding_source("plan.parts")
def parts_in_charge(person: AbstractBaseUser) -> list[Holding]:
    """Name the parts of tasks that the person is in charge of."""
    return [
        Holding(
            kind=_("Part of a task"),
            name=f"{part.task.code} {part.task.title_zh}",
            address=reverse("plan:task", args=[part.task.uid]),
            organisation=part.organisation_id,
            organisation_name=part.organisation.name,
        )
        for part in parts_of_person(person)
    ]


@subscribe("accounts.handed_over")
def pass_on_parts(
    *, person: AbstractBaseUser, successors: Mapping[int, AbstractBaseUser], actor: Any
) -> None:
    pass_parts_on(person, successors, actor=actor)


@subscribe("imports.batch_committed")
def keep_history_after_import(*, batch: ImportBatch, audit_entry: AuditEntry) -> None:
    """Name the import, with the digest of its file, as the cause of the figures that it moved."""
    if any(measure.source == batch.spec for measure in current_pack().measures.values()):
        record_figures(audit_entry)
