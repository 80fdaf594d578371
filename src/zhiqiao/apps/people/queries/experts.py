"""Experts for the bureau, and each one for the person alone.

Sample accounts see demonstration experts and nobody else does.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.people.choices import Purpose
from zhiqiao.apps.people.models import Consent, Expert, ExpertTie, Person
from zhiqiao.apps.people.rules import is_staff
from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.search import filter_by_text

EXPERTS = (
    _("Full name"),
    _("Identity number"),
    _("Where the expert comes from"),
    _("Professional title"),
    _("Employer"),
    _("Works in"),
    _("Codes of fields"),
    _("Fields in words"),
    _("Reviews at most in a call"),
    _("State"),
    _("Ties declared"),
)


@dataclass(frozen=True, slots=True)
class ExpertFilter:
    """What a person asked of the list; empty values do not filter."""

    text: str = ""
    category: str = ""
    state: str = ""
    code: str = ""


def experts_kept_with(provenance: str) -> QuerySet[Expert]:
    """Return the experts that belong with records of a provenance: demonstration apart from real."""
    sample = Q(provenance=Provenance.DEMONSTRATION)
    rows = Expert.objects.select_related("person", "employer", "region")
    return rows.filter(sample if provenance == Provenance.DEMONSTRATION else ~sample)


def experts_visible_to(user: Actor, wanted: ExpertFilter | None = None) -> QuerySet[Expert]:
    """Return all experts for the bureau, the own entry for anybody else."""
    is_sample = bool(getattr(user, "is_demonstration", False))
    rows = experts_kept_with(Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED)
    if user is not None and not is_staff(user):
        rows = rows.filter(person__account=user.pk) if user.is_authenticated else rows.none()
    return _matching(rows, wanted or ExpertFilter()).order_by("person__name_key", "id")


def _matching(rows: QuerySet[Expert], wanted: ExpertFilter) -> QuerySet[Expert]:
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.code:
        rows = rows.filter(fields__contains=[wanted.code])
    if wanted.text:
        people = filter_by_text(Person.objects.filter(expert__in=rows.order_by()), wanted.text)
        words = Q(topics__icontains=wanted.text) | Q(employer_text__icontains=wanted.text)
        named = Q(employer__name__icontains=wanted.text)
        rows = rows.filter(Q(person__in=people.order_by().values("pk")) | words | named)
    return rows


def expert_visible_to(user: Actor, uid: UUID) -> Expert:
    found = experts_visible_to(user).filter(uid=uid).first()
    if found is None:
        raise MissingError("people.no-expert")
    return found


def own_expert(user: Actor) -> Expert | None:
    """Return the entry of the person as an expert, if there is one."""
    key = getattr(user, "pk", None)
    if key is None:
        return None
    rows = Expert.objects.select_related("person", "employer", "region")
    return rows.filter(person__account=key).first()


def ties_of(expert: Expert) -> QuerySet[ExpertTie]:
    return expert.ties.select_related("organisation", "declared_by")


def tie_visible_to(user: Actor, uid: UUID) -> ExpertTie:
    rows = ExpertTie.objects.select_related("expert__person", "organisation")
    found = rows.filter(uid=uid, expert__in=experts_visible_to(user).order_by()).first()
    if found is None:
        raise MissingError("people.no-expert")
    return found


def has_expert_consent(expert: Expert) -> bool:
    held = Consent.objects.filter(person=expert.person_id, purpose=Purpose.EXPERT)
    return held.filter(withdrawn_at=None).exists()


def history_of_expert(expert: Expert) -> list[AuditEntry]:
    """Return what was done with the entry, the latest first."""
    return list(audit.history_of(expert)[:50])


def expert_rows(rows: QuerySet[Expert]) -> Iterator[tuple[object, ...]]:
    """Give the rows of the workbook; identity numbers stay masked."""
    found = rows.annotate(ties_declared=Count("ties"))
    for expert in found.iterator(chunk_size=2_000):
        yield (
            expert.person.name,
            expert.person.identity_hint,
            expert.get_category_display(),
            expert.title,
            expert.employer.name if expert.employer else expert.employer_text,
            expert.region.name if expert.region else "",
            ", ".join(expert.fields),
            expert.topics,
            expert.most_reviews,
            expert.get_state_display(),
            expert.ties_declared,
        )


@dataclass(frozen=True, slots=True)
class ExpertFacts:
    """What conflicts and quotas are judged by; never shown."""

    key: int
    name: str
    identity_index: str = field(repr=False)
    employer: int | None
    employer_text: str
    area_path: str
    category: str
    fields: tuple[str, ...]
    topics: str
    most_reviews: int
    state: str


@dataclass(frozen=True, slots=True)
class TieFacts:
    """A tie with nothing but what a conflict is found by."""

    expert: int
    kind: str
    organisation: int | None
    identity_index: str = field(repr=False)
    until_on: date | None


def expert_facts(*, provenance: str, keys: Collection[int] | None = None) -> list[ExpertFacts]:
    """Return the experts that belong with records of a provenance, whatever their state, by key."""
    rows = experts_kept_with(provenance).select_related(None).order_by("id")
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    values = rows.values_list(
        "pk", "person__name", "person__identity_index", "employer", "employer_text",
        "region__path", "category", "fields", "topics", "most_reviews", "state",
    )  # fmt: skip
    return [ExpertFacts(*row[:5], row[5] or "", row[6], tuple(row[7]), *row[8:]) for row in values]


def expert_names(*, provenance: str) -> list[tuple[int, str]]:
    """Return key and name of the same experts, for comparisons of names alone."""
    rows = experts_kept_with(provenance).select_related(None).order_by("id")
    return list(rows.values_list("pk", "person__name"))


def experts_by_account(accounts: Collection[int]) -> dict[int, int]:
    """Return the account of each expert among these accounts, by the expert's key."""
    if not accounts:
        return {}
    rows = Expert.objects.filter(person__account__in=list(accounts))
    return dict(rows.values_list("pk", "person__account"))


def tie_facts(experts: Collection[int] | None = None) -> list[TieFacts]:
    rows = ExpertTie.objects.order_by("id")
    if experts is not None:
        rows = rows.filter(expert__in=experts)
    values = rows.values_list("expert", "kind", "organisation", "identity_index", "until_on")
    return [TieFacts(*row) for row in values]
