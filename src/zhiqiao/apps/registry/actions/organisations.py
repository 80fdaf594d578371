from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from zhiqiao.apps.registry.actions.sources import Source, cited
from zhiqiao.apps.registry.choices import NameKind, OrganisationKind, Ownership
from zhiqiao.apps.registry.models import Organisation, OrganisationName, Region
from zhiqiao.apps.registry.queries.names import folded
from zhiqiao.apps.registry.rules import can_take_name, can_write_registry
from zhiqiao.core import audit, events, revisions
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.identifiers import check_uscc
from zhiqiao.core.models import Citation
from zhiqiao.core.search import searchable_fields

AUDITED = (
    "name",
    "kind",
    "national_code",
    "credit_code",
    "region",
    "authority",
    "ownership",
    "founded_on",
    "closed_on",
    "ended",
    "provenance",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    """What is known of a body when it is registered; empty means that no source says it."""

    name: str
    kind: str = OrganisationKind.UNKNOWN
    provenance: str
    ownership: str = Ownership.UNKNOWN
    national_code: str = ""
    credit_code: str = ""
    region: Region | None = None
    authority: str = ""
    founded_on: date | None = None
    ended: bool = False
    source: Source | None = None


@transaction.atomic
def create_organisation(new: NewOrganisation, *, actor: Actor, reason: str = "") -> Organisation:
    require(can_write_registry(actor))
    name = new.name.strip()
    if not name:
        raise RuleError("registry.name_missing")
    national_code = new.national_code.strip() or None
    credit_code = check_uscc(new.credit_code) if new.credit_code.strip() else None
    _refuse_taken_codes(national_code, credit_code)
    citation = cited(new.source)
    organisation = Organisation.objects.create(
        name=name,
        kind=new.kind,
        provenance=new.provenance,
        ownership=new.ownership,
        national_code=national_code,
        credit_code=credit_code,
        region=new.region,
        authority=new.authority.strip(),
        founded_on=new.founded_on,
        ended=new.ended,
        citation=citation,
        **searchable_fields(name=name, codes=[national_code, credit_code]),
    )
    _add_name(organisation, name, kind=NameKind.OFFICIAL, citation=citation)
    audit.record(
        actor=actor,
        verb="registry.organisation.created",
        subject=organisation,
        before=None,
        after=audit.snapshot(organisation, AUDITED),
        reason=reason,
    )
    _announce(organisation)
    return organisation


@transaction.atomic
def rename_organisation(
    organisation: Organisation,
    *,
    name: str,
    on: date | None,
    actor: Actor,
    reason: str = "",
    source: Source | None = None,
) -> Organisation:
    """Give the body a new official name from the day `on`.

    The old name keeps its place in the history: until `on`, or, when no source gives the day, as a
    former name without a period.
    """
    require(can_write_registry(actor))
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    present = organisation.names.filter(kind=NameKind.OFFICIAL, valid_to=None).get()
    name = name.strip()
    verdict = can_take_name(present=present.name, since=present.valid_from, name=name, on=on)
    if not verdict:
        raise RuleError(verdict.code, **verdict.parameters)
    before = audit.snapshot(organisation, AUDITED)
    if on is None:
        present.kind = NameKind.FORMER
    else:
        present.valid_to = on
    present.save(update_fields=["kind", "valid_to"])
    _add_name(organisation, name, kind=NameKind.OFFICIAL, since=on, citation=cited(source))
    organisation.name = name
    _refresh_search(organisation, "name")
    audit.record(
        actor=actor,
        verb="registry.organisation.renamed",
        subject=organisation,
        before=before,
        after=audit.snapshot(organisation, AUDITED),
        reason=reason,
    )
    _announce(organisation)
    return organisation


@transaction.atomic
def add_other_name(
    organisation: Organisation,
    *,
    name: str,
    kind: str,
    actor: Actor,
    reason: str = "",
    source: Source | None = None,
) -> bool:
    """Record a short name, or a former name without a known period; False when it is known."""
    require(can_write_registry(actor))
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if organisation.names.filter(folded=folded(name)).exists():
        return False
    _add_name(organisation, name.strip(), kind=kind, citation=cited(source))
    _refresh_search(organisation)
    audit.record(
        actor=actor,
        verb="registry.organisation.name_added",
        subject=organisation,
        before=None,
        after={"name": name.strip(), "kind": str(kind)},
        reason=reason,
    )
    _announce(organisation)
    return True


def _add_name(
    organisation: Organisation,
    name: str,
    *,
    kind: str,
    since: date | None = None,
    citation: Citation | None = None,
) -> None:
    OrganisationName.objects.create(
        organisation=organisation,
        name=name,
        folded=folded(name),
        kind=kind,
        valid_from=since,
        citation=citation,
    )


def _refresh_search(organisation: Organisation, *changed: str) -> None:
    others = organisation.names.values_list("name", flat=True)
    codes = [organisation.national_code, organisation.credit_code]
    words = searchable_fields(name=organisation.name, other_names=others, codes=codes)
    organisation.name_key = words["name_key"]
    organisation.search_text = words["search_text"]
    organisation.save(update_fields=["name_key", "search_text", *changed])


def _refuse_taken_codes(national_code: str | None, credit_code: str | None) -> None:
    for column, code in (("national_code", national_code), ("credit_code", credit_code)):
        holder = Organisation.objects.filter(**{column: code}).first() if code else None
        if holder is not None:
            raise RuleError("registry.code_taken", number=code, name=holder.name)


def _announce(organisation: Organisation) -> None:
    announce_changes([organisation.pk])


def announce_changes(organisations: Iterable[int]) -> None:
    """Tell the rest of the platform, in the transaction of the write, which bodies changed.

    A body of sample accounts changes no figure, but the counter may safely be raised too often.
    """
    revisions.bump("plan")
    events.publish("registry.organisations_changed", organisations=list(organisations))
