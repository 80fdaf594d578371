"""Entering experts, what is known of them, and the ties that may make them partial."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.accounts.queries import account_by_login
from zhiqiao.apps.people.actions.files import NewPerson, connect_account, register_person
from zhiqiao.apps.people.choices import ExpertState
from zhiqiao.apps.people.models import Expert, ExpertTie, Person
from zhiqiao.apps.people.queries import files_of_numbers
from zhiqiao.apps.people.rules import can_declare_ties, can_keep_experts
from zhiqiao.apps.registry.queries import bodies_named, organisations_named
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.blind_index import index_of
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.events import publish
from zhiqiao.core.fields import Provenance
from zhiqiao.core.identifiers import check_identity_number

AUDITED = ("category", "title", "employer", "region", "fields", "most_reviews", "state")
# Published where somebody may have become partial.
EXPERT_CHANGED = "people.expert_changed"
AUDITED_TIE = ("kind", "organisation", "from_on", "until_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertGiven:
    """What is known of an expert; an employer that is a body of the registry is tied to it by name."""

    category: str
    title: str = ""
    employer_text: str = ""
    region: int | None = None
    fields: tuple[str, ...] = ()
    topics: str = ""
    most_reviews: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TieGiven:
    """What may make an expert partial: a body by its name, a person by the identity number, or words."""

    kind: str
    organisation_text: str = ""
    identity_number: str = field(default="", repr=False)
    words: str = ""
    from_on: date | None = None
    until_on: date | None = None


@transaction.atomic
def register_expert(person: NewPerson, given: ExpertGiven, *, actor: Actor) -> Expert:
    """Enter an expert by the identity number; the file is opened unless the person has one."""
    require(can_keep_experts(actor))
    known = files_of_numbers([person.identity_number], provenance=person.provenance)
    found = next(iter(known.values()), None) or register_person(person, actor=actor)
    return enter_expert(found, given, actor=actor)


@transaction.atomic
def enter_expert(person: Person, given: ExpertGiven, *, actor: Actor) -> Expert:
    require(can_keep_experts(actor))
    if Expert.objects.filter(person=person).exists():
        raise RuleError("people.expert-known", name=person.name)
    is_sample = person.provenance == Provenance.DEMONSTRATION
    expert = Expert.objects.create(
        person=person,
        provenance=person.provenance,
        entered_at=timezone.now(),
        **_values(given, employers_of([given.employer_text], sample=is_sample)),
    )
    _record(expert, "entered", actor=actor, before=None)
    return expert


@transaction.atomic
def change_expert(
    expert: Expert, given: ExpertGiven, *, actor: Actor, version: int | None = None
) -> Expert:
    """Replace what is known; the work of somebody who saved meanwhile is not overwritten unseen."""
    require(can_keep_experts(actor))
    expert = locked_expert(expert)
    if version is not None and version != expert.version:
        raise RuleError("people.expert-changed")
    before = audit.snapshot(expert, AUDITED)
    employers = employers_of([given.employer_text], sample=_is_sample(expert))
    for name, value in _values(given, employers).items():
        setattr(expert, name, value)
    expert.version += 1
    expert.save()
    _record(expert, "changed", actor=actor, before=before)
    publish(EXPERT_CHANGED, expert=expert.pk, actor=actor)
    return expert


@transaction.atomic
def set_expert_state(expert: Expert, state: str, *, actor: Actor, reason: str) -> Expert:
    """Pause, end or take up again; reviews that were asked for stay as they are."""
    require(can_keep_experts(actor))
    expert, words = locked_expert(expert), reason.strip()
    if not words:
        raise InputError("people.expert-reason-needed")
    before = audit.snapshot(expert, AUDITED)
    expert.state, expert.version = ExpertState(state), expert.version + 1
    expert.save(update_fields=["state", "version"])
    _record(expert, "changed", actor=actor, before=before, reason=words)
    return expert


@transaction.atomic
def connect_expert(expert: Expert, login: str, *, actor: Actor) -> Expert:
    """Say which account is the expert's own; an administrator opened it."""
    require(can_keep_experts(actor))
    account = account_by_login(login)
    if account is None or account.is_demonstration != _is_sample(expert):
        raise InputError("people.no-account", login=login.strip())
    try:
        with transaction.atomic():
            connect_account(expert.person, account.pk, actor=actor)
    except IntegrityError as error:
        raise RuleError("people.account-of-another", login=login.strip()) from error
    return expert


@transaction.atomic
def declare_tie(expert: Expert, given: TieGiven, *, actor: Actor) -> ExpertTie:
    """Write a tie down; of the other person's identity number only the digest is kept."""
    require(can_declare_ties(actor, expert))
    number = given.identity_number.strip().upper()
    if number:
        number = check_identity_number(number, today=today()).number
    name = given.organisation_text.strip()
    organisation = employers_of([name], sample=_is_sample(expert))[name] if name else None
    words = "; ".join(part for part in (given.words.strip(), "" if organisation else name) if part)
    if not (number or organisation or words):
        raise InputError("people.tie-with-nobody")
    if given.from_on and given.until_on and given.from_on > given.until_on:
        raise InputError("people.tie-reversed", begins=given.from_on, ends=given.until_on)
    tie = ExpertTie.objects.create(
        expert=expert,
        kind=given.kind,
        organisation_id=organisation,
        identity_index=index_of(number) if number else "",
        words=words,
        from_on=given.from_on,
        until_on=given.until_on,
        declared_by_id=getattr(actor, "pk", None),
        declared_at=timezone.now(),
    )
    after = audit.snapshot(tie, AUDITED_TIE)
    verb = "people.expert.tie_declared"
    audit.record(actor=actor, verb=verb, subject=expert, before=None, after=after)
    publish(EXPERT_CHANGED, expert=expert.pk, actor=actor)
    return tie


@transaction.atomic
def remove_tie(tie: ExpertTie, *, actor: Actor, reason: str) -> None:
    """Take out a tie that was entered by mistake; one that is over gets an end instead."""
    require(can_keep_experts(actor))
    words = reason.strip()
    if not words:
        raise InputError("people.expert-reason-needed")
    before = audit.snapshot(tie, AUDITED_TIE)
    verb = "people.expert.tie_removed"
    audit.record(
        actor=actor, verb=verb, subject=tie.expert, before=before, after=None, reason=words
    )
    tie.delete()


def locked_expert(expert: Expert) -> Expert:
    rows = Expert.objects.select_for_update(of=("self",)).select_related("person")
    return rows.get(pk=expert.pk)


def employers_of(names: list[str], *, sample: bool = False) -> Mapping[str, int | None]:
    """Find the bodies that names mean beyond doubt; others stay words.

    Real experts work at real bodies; those of the demonstration may work at one of it.
    """
    wanted = [name for name in names if name.strip()]
    if sample:
        plain = bodies_named(wanted)
        return {name: plain.get(name) for name in names}
    found = organisations_named(wanted) if wanted else {}
    return {name: found[name].organisation_id if name in found else None for name in names}


def _values(given: ExpertGiven, employers: Mapping[str, int | None]) -> dict[str, object]:
    return {
        "category": given.category,
        "title": given.title.strip(),
        "employer_id": employers[given.employer_text],
        "employer_text": given.employer_text.strip(),
        "region_id": given.region,
        "fields": list(dict.fromkeys(given.fields)),
        "topics": given.topics.strip(),
        "most_reviews": given.most_reviews,
    }


def _is_sample(expert: Expert) -> bool:
    return str(expert.provenance) == Provenance.DEMONSTRATION


def _record(
    expert: Expert,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
) -> None:
    after = audit.snapshot(expert, AUDITED)
    verb = f"people.expert.{verb}"
    audit.record(actor=actor, verb=verb, subject=expert, before=before, after=after, reason=reason)
