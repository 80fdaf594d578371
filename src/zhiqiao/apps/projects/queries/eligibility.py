"""Whether an applicant may apply: each condition with what was found, and what nobody can tell yet.

What the register does not hold is "no" only where its list is complete; otherwise a clerk judges.
Only a condition that stops, and is found not to hold, keeps an application from being handed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiqiao.apps.projects.models import Application, NamedBody, Recognition
from zhiqiao.apps.projects.queries.forms import IN_FIGURES, shown_day
from zhiqiao.apps.projects.queries.lists import list_states
from zhiqiao.apps.projects.queries.needs import Moment, judges
from zhiqiao.apps.projects.queries.recognitions import in_force_on
from zhiqiao.apps.projects.queries.written import Written, written_of
from zhiqiao.apps.projects.rules import folded
from zhiqiao.apps.registry.queries import line_of
from zhiqiao.core.access import ALLOWED, Verdict, refused
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.measures import ListState
from zhiqiao.core.policy import current_pack, spoken
from zhiqiao.packs import ApplyCondition, ConditionKind, FieldKind, Need, Phase, Whose
from zhiqiao.web.components.figures import grouped

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition and whether it holds: yes, no, or None where a clerk has to judge, with the reason."""

    name: str
    says: str
    stops: bool
    holds: bool | None
    why: str

    @property
    def refuses(self) -> bool:
        return self.stops and self.holds is False


Found = tuple[bool | None, str]


def eligibility_of(written: Written, *, day: date | None = None) -> list[Finding]:
    """Judge every condition that is for this kind of applicant, in the order of the lifecycle."""
    lifecycle, applicant = written.lifecycle, written.application.applicant
    found = []
    for name, condition in lifecycle.conditions_for(applicant.kind).items():
        holds, why = _FINDERS[condition.kind](written, name, condition, day or today())
        found.append(Finding(name, spoken(condition.says), condition.stops, holds, why))
    return found


@judges(Need.ELIGIBLE)
def _eligible(application: Application, moment: Moment) -> Verdict:
    written = written_of(application)
    allowed, kind = written.lifecycle.applicants, application.applicant.kind
    if allowed and kind not in allowed:
        kind_told = application.applicant.get_kind_display()
        return refused("projects.kind-may-not-apply", kind=kind_told)
    for finding in eligibility_of(written, day=moment.today):
        if finding.refuses:
            return refused("projects.not-eligible", condition=finding.says, why=finding.why)
    return ALLOWED


def applied_in_call(application: Application) -> QuerySet[Application]:
    """Return what else the applicant has in the same call, withdrawn applications left out."""
    rows = Application.objects.filter(call=application.call, applicant=application.applicant)
    return rows.exclude(phase=Phase.WITHDRAWN).exclude(pk=application.pk)


def _held(written: Written, _name: str, condition: ApplyCondition, day: date) -> Found:
    """Look for recognised items of the applicant, of the same item, or of every partner."""
    wants = condition.kind is ConditionKind.HOLDS
    if condition.of is Whose.PARTNER:
        return _held_by_partners(written, condition, day, wants=wants)
    rows = _recognised(written, condition, day).filter(
        holder__in=line_of(written.application.applicant)
    )
    items = list(rows.only("name", "kind", "batch")[:50])
    if condition.of is Whose.ITEM:
        same = folded(written.application.title)
        items = [row for row in items if folded(row.name) == same]
    if items:
        names = "; ".join(row.name for row in items[:SHOWN])
        return wants, _("In the register: %(names)s.") % {"names": names}
    return _absent(written, condition, wants=wants)


def _held_by_partners(
    written: Written, condition: ApplyCondition, day: date, *, wants: bool
) -> Found:
    partners = _partners(written)
    holders = set(
        _recognised(written, condition, day)
        .filter(holder__in=list(partners))
        .values_list("holder", flat=True)
    )
    against = [text for key, text in partners.items() if (key in holders) is not wants]
    if against and not wants:
        return False, _("In the register: %(names)s.") % {"names": "; ".join(against[:SHOWN])}
    if len(partners) < sum(len(rows) for rows in written.bodies.values()) or not partners:
        return None, _("Not every partner is matched to the register of bodies; the bureau judges.")
    if against:
        return _absent(written, condition, wants=wants)
    return True, _("Looked up for every partner.")


def _absent(written: Written, condition: ApplyCondition, *, wants: bool) -> Found:
    """Say no for what the register does not hold, if its list is complete; else nobody can tell."""
    if written.application.call.provenance == Provenance.DEMONSTRATION:
        return not wants, _("The register holds none.")
    states = list_states(current_pack().area)
    if all(states.get(kind) is ListState.COMPLETE for kind in condition.kinds):
        return not wants, _("The register holds none, and its list is complete.")
    return None, _("The register holds none, but its list is not complete; the bureau judges.")


def _recognised(written: Written, condition: ApplyCondition, day: date) -> QuerySet[Recognition]:
    demonstration = written.application.call.provenance == Provenance.DEMONSTRATION
    rows = Recognition.objects.filter(in_force_on(day), kind__in=condition.kinds)
    rows = (
        rows.filter(provenance=Provenance.DEMONSTRATION)
        if demonstration
        else rows.exclude(provenance=Provenance.DEMONSTRATION)
    )
    return rows.filter(level__in=condition.levels) if condition.levels else rows


def _counted(written: Written, _name: str, condition: ApplyCondition, _day: date) -> Found:
    most = int(condition.number or 0)
    if condition.of is Whose.PARTNER:
        return _counted_of_partners(written, most)
    number = applied_in_call(written.application).count() + 1
    words = ngettext(
        "%(number)d application of the applicant in this call, of %(most)d allowed.",
        "%(number)d applications of the applicant in this call, of %(most)d allowed.",
        number,
    )
    return number <= most, words % {"number": number, "most": most}


def _counted_of_partners(written: Written, most: int) -> Found:
    partners = _partners(written)
    rows = NamedBody.objects.filter(
        application__call=written.application.call, organisation__in=list(partners)
    ).exclude(application__phase=Phase.WITHDRAWN)
    named: dict[int, set[int]] = {}
    for key, application in rows.values_list("organisation", "application"):
        named.setdefault(key or 0, set()).add(application)
    over = [text for key, text in partners.items() if len(named.get(key, ())) > most]
    if over:
        return False, _("Named too often in this call: %(names)s.") % {"names": "; ".join(over)}
    return True, _("No partner is named too often in this call.")


def _compared(written: Written, _name: str, condition: ApplyCondition, _day: date) -> Found:
    number, wanted = _number_in(written, condition.field or ""), condition.number or Decimal(0)
    if number is None:
        return None, _("There is no number in the field yet; the bureau judges.")
    is_least = condition.kind is ConditionKind.FIELD_LEAST
    holds = number >= wanted if is_least else number <= wanted
    return holds, _("The application says %(number)s.") % {"number": grouped(number)}


def _number_in(written: Written, name: str) -> Decimal | None:
    """Read a number, or count the people or bodies of a field."""
    kind = written.lifecycle.fields[name].kind
    if kind is FieldKind.PEOPLE:
        return Decimal(len(written.people.get(name, ())))
    if kind is FieldKind.BODIES:
        return Decimal(len(written.bodies.get(name, ())))
    text = written.content.answers.get(name, "")
    return Decimal(text) if text and kind in IN_FIGURES else None


def _dated(written: Written, _name: str, condition: ApplyCondition, _day: date) -> Found:
    text = written.content.answers.get(condition.field or "", "")
    if not text or condition.day is None:
        return None, _("The field is not filled in yet.")
    holds = date.fromisoformat(text) < condition.day
    return holds, _("The application says %(day)s.") % {"day": shown_day(text)}


def _declared(written: Written, name: str, _condition: ApplyCondition, _day: date) -> Found:
    if written.content.declared.get(name):
        return True, _("Declared by the applicant.")
    return False, _("Not declared by the applicant.")


def _judged(_written: Written, _name: str, _condition: ApplyCondition, _day: date) -> Found:
    return None, _("The bureau judges this.")


def _partners(written: Written) -> dict[int, str]:
    """Return the bodies named beside the applicant that the register of bodies knows."""
    rows = (row for named in written.bodies.values() for row in named)
    return {row.organisation_id: row.text for row in rows if row.organisation_id is not None}


_FINDERS: Mapping[ConditionKind, Callable[[Written, str, ApplyCondition, date], Found]] = {
    ConditionKind.HOLDS: _held,
    ConditionKind.HOLDS_NOT: _held,
    ConditionKind.MOST_PER_APPLICANT: _counted,
    ConditionKind.FIELD_LEAST: _compared,
    ConditionKind.FIELD_MOST: _compared,
    ConditionKind.DAY_BEFORE: _dated,
    ConditionKind.DECLARED: _declared,
    ConditionKind.JUDGED: _judged,
}
