"""Opening files of people, and what is done with them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.people.models import Consent, Guardian, Person
from zhiqiao.apps.people.queries import files_of_numbers
from zhiqiao.apps.people.rules import (
    are_two_files,
    can_keep_file,
    can_merge,
    consents_alone,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.blind_index import index_of
from zhiqiao.core.copying import copy_new
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.events import publish
from zhiqiao.core.fields import Provenance
from zhiqiao.core.identifiers import check_identity_number, mask_phone
from zhiqiao.core.sealing import seal, unseal
from zhiqiao.core.search import searchable_fields

# Neither number nor telephone: what is audited is read by others.
AUDITED = ("sex", "born_on", "identity_hint", "keeper", "account", "merged_into", "provenance")
MERGED = "people.merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is known of a person whose file is opened."""

    name: str
    identity_number: str = field(repr=False)
    sex: str = ""
    phone: str = field(default="", repr=False)
    keeper: int | None = None
    provenance: str = Provenance.REPORTED


@transaction.atomic
def register_person(given: NewPerson, *, actor: Actor) -> Person:
    """Open a file, or refuse because somebody has this number already."""
    require(can_keep_file(actor, given.keeper))
    person = drafted(given, today=today())
    known = files_of_numbers([given.identity_number], provenance=given.provenance)
    if known:
        raise RuleError("people.identity-known", hint=next(iter(known.values())).identity_hint)
    person.save(force_insert=True)
    after = audit.snapshot(person, AUDITED)
    audit.record(
        actor=actor, verb="people.person.registered", subject=person, before=None, after=after
    )
    return person


@transaction.atomic
def register_people(given: Iterable[NewPerson], *, actor: Actor) -> list[Person]:
    """Open many files at once; the caller's import says what was added and holds the audit entry."""
    day = today()
    rows = []
    for one in given:
        require(can_keep_file(actor, one.keeper))
        rows.append(drafted(one, today=day))
    return list(copy_new(rows))


def drafted(given: NewPerson, *, today: date) -> Person:
    """Check the number and give a file that is not stored yet."""
    identity = check_identity_number(given.identity_number, today=today)
    name = given.name.strip()
    phone = given.phone.strip()
    return Person(
        name=name,
        sex=given.sex or _sex_of(identity.number),
        born_on=identity.born_on,
        identity_sealed=seal(identity.number),
        identity_index=index_of(identity.number),
        identity_hint=identity.masked,
        phone_sealed=seal(phone) if phone else "",
        phone_hint=mask_phone(phone),
        keeper_id=given.keeper,
        provenance=given.provenance,
        registered_at=timezone.now(),
        **searchable_fields(name=name),
    )


def _sex_of(number: str) -> str:
    """Digit 17 is odd for men and even for women (GB 11643)."""
    return "male" if int(number[16]) % 2 else "female"


@transaction.atomic
def show_identity(person: Person, *, actor: Actor, reason: str) -> str:
    """Open the whole number for somebody who says why; the person reads who looked."""
    require(can_keep_file(actor, person.keeper_id))
    words = reason.strip()
    if not words:
        raise InputError("people.reason-needed")
    audit.record(
        actor=actor,
        verb="people.person.shown",
        subject=person,
        before=None,
        after=None,
        reason=words,
    )
    return unseal(person.identity_sealed)


@transaction.atomic
def merge_people(kept: Person, double: Person, *, actor: Actor, reason: str) -> Person:
    """Join two files of one person; what hangs on the double follows by the event ``people.merged``.

    The account of the double becomes that of the kept file where this one has none.
    """
    require(can_merge(actor))
    rows = Person.objects.select_for_update().order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[kept.pk, double.pk])}
    kept, double = found[kept.pk], found[double.pk]
    obey(are_two_files(kept, double))
    if not reason.strip():
        raise InputError("people.reason-needed")
    before = audit.snapshot(double, AUDITED)
    Consent.objects.filter(person=double, withdrawn_at=None).update(withdrawn_at=timezone.now())
    Guardian.objects.filter(person=double).update(person=kept)
    account, double.account = double.account_id, None
    double.merged_into = kept
    double.save(update_fields=["merged_into", "account"])
    if account is not None and kept.account_id is None:
        connect_account(kept, account, actor=actor)
    after = audit.snapshot(double, AUDITED)
    audit.record(
        actor=actor,
        verb="people.person.merged",
        subject=double,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    publish(MERGED, kept=kept.pk, double=double.pk, actor=actor)
    return kept


@transaction.atomic
def add_guardian(
    person: Person, *, name: str, relation: str, phone: str = "", actor: Actor
) -> Guardian:
    require(can_keep_file(actor, person.keeper_id))
    guardian = Guardian.objects.create(
        person=person,
        name=name.strip(),
        relation=relation,
        phone_sealed=seal(phone.strip()) if phone.strip() else "",
        phone_hint=mask_phone(phone.strip()),
        added_at=timezone.now(),
    )
    after = {"relation": relation}
    audit.record(
        actor=actor, verb="people.guardian.added", subject=person, before=None, after=after
    )
    return guardian


@transaction.atomic
def give_consent(
    person: Person, *, purpose: str, guardian: Guardian | None = None, actor: Actor
) -> Consent:
    """Write down that the person agrees, or the guardian where the person is too young to."""
    _require_own_or_keeper(person, actor)
    if guardian is None:
        obey(consents_alone(person, today=today()))
    consent, is_new = Consent.objects.get_or_create(
        person=person,
        purpose=purpose,
        withdrawn_at=None,
        defaults={"guardian": guardian, "given_at": timezone.now()},
    )
    if is_new:
        after = {"purpose": purpose, "by_guardian": guardian is not None}
        audit.record(
            actor=actor, verb="people.consent.given", subject=person, before=None, after=after
        )
    return consent


@transaction.atomic
def withdraw_consent(person: Person, *, purpose: str, actor: Actor) -> None:
    _require_own_or_keeper(person, actor)
    held = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None)
    if not held.update(withdrawn_at=timezone.now()):
        raise RuleError("people.no-consent")
    before = {"purpose": purpose}
    audit.record(
        actor=actor, verb="people.consent.withdrawn", subject=person, before=before, after=None
    )


def _require_own_or_keeper(person: Person, actor: Actor) -> None:
    is_own = person.account_id is not None and getattr(actor, "pk", None) == person.account_id
    if not is_own:
        require(can_keep_file(actor, person.keeper_id))


@transaction.atomic
def connect_account(person: Person, account: int, *, actor: Actor) -> Person:
    """Say that an account is the person's own; an app that opened the account has judged."""
    before = audit.snapshot(person, AUDITED)
    person.account_id = account
    person.save(update_fields=["account"])
    after = audit.snapshot(person, AUDITED)
    audit.record(
        actor=actor, verb="people.person.corrected", subject=person, before=before, after=after
    )
    return person


@transaction.atomic
def move_file(person: Person, keeper: int | None, *, actor: Actor) -> Person:
    """Hand a file to another school; an app in which the person changed schools has judged."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = audit.snapshot(person, AUDITED)
    person.keeper_id = keeper
    person.save(update_fields=["keeper"])
    after = audit.snapshot(person, AUDITED)
    audit.record(
        actor=actor, verb="people.person.moved", subject=person, before=before, after=after
    )
    return person
