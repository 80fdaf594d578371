"""Files of people for whoever may see them."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.people.rules import is_staff
from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.blind_index import indexes_of
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.sealing import unseal
from zhiqiao.core.search import filter_by_text


def people_visible_to(user: Actor, *, text: str = "") -> QuerySet[Person]:
    """Return the files in use: all for the bureau, the kept ones for a school, else one's own.

    Sample accounts see demonstration files and nobody else does.
    """
    sample = Q(provenance=Provenance.DEMONSTRATION)
    rows = Person.objects.filter(merged_into=None).select_related("keeper")
    rows = rows.filter(sample if getattr(user, "is_demonstration", False) else ~sample)
    if not is_staff(user):
        own = Q(account=user.pk) if isinstance(user, AbstractBaseUser) else Q(pk=None)
        rows = rows.filter(own | Q(keeper__in=organisations_of(user)))
    return filter_by_text(rows, text) if text else rows.order_by("name_key", "id")


def person_visible_to(user: Actor, uid: UUID) -> Person:
    found = people_visible_to(user).filter(uid=uid).first()
    if found is None:
        raise MissingError("people.missing")
    return found


def people_with_number(user: Actor, number: str) -> QuerySet[Person]:
    """Find a file by the whole identity number, among those that may be seen."""
    return people_visible_to(user).filter(identity_index__in=indexes_of(number.strip().upper()))


def files_of_numbers(numbers: Iterable[str], *, provenance: str) -> dict[str, Person]:
    """Give the files in use of some identity numbers, by the number."""
    wanted = {index: number for number in numbers for index in indexes_of(number.strip().upper())}
    sample = Q(provenance=Provenance.DEMONSTRATION)
    rows = Person.objects.filter(
        sample if provenance == Provenance.DEMONSTRATION else ~sample,
        identity_index__in=list(wanted),
        merged_into=None,
    )
    return {wanted[person.identity_index]: person for person in rows}


def telephone_of(person: int) -> str:
    """Return the whole number in a file, for a message that the system itself sends there."""
    sealed = Person.objects.values_list("phone_sealed", flat=True).get(pk=person)
    return unseal(sealed) if sealed else ""


def history_of_person(person: Person) -> list[AuditEntry]:
    """Return what was done with a file, the latest first."""
    return list(audit.history_of(person)[:50])
