"""Experts who may be asked about one application, and those against whom something stands."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from zhiqiao.apps.people.choices import ExpertCategory, ExpertState
from zhiqiao.apps.people.queries import ExpertFacts, expert_facts
from zhiqiao.apps.projects.models import Application, Content, Review
from zhiqiao.apps.projects.queries.conflicts import FoundConflict, conflicts_of
from zhiqiao.apps.projects.queries.reviews import loads_in
from zhiqiao.apps.projects.rules.fit import UNIT, Fits

MOST_OFFERED = 40


@dataclass(frozen=True, slots=True)
class Offered:
    """An expert with fit in hundredths and the reviews of this call."""

    key: int
    name: str
    employer: str
    category: str
    fit: int
    load: int
    most: int

    @property
    def words(self) -> str:
        """Say in one line what a person chooses by."""
        return _("%(name)s · %(category)s · %(employer)s · fit %(fit)d · %(load)d of %(most)d") % {
            "name": self.name,
            "category": self.category,
            "employer": self.employer or "—",
            "fit": self.fit,
            "load": self.load,
            "most": self.most,
        }


@dataclass(frozen=True, slots=True)
class Barred:
    """An expert with what stands against asking."""

    name: str
    conflict: FoundConflict


def text_of(application: Application) -> str:
    """Return what the fit is judged by: title and answers."""
    content = Content.objects.filter(application=application).first()
    answers = content.answers.values() if content else ()
    return " ".join([application.title, *(str(answer) for answer in answers)])


def experts_offered(application: Application, *, day: date) -> list[Offered]:
    """Return the active experts without a conflict who have time, who fits best first."""
    call = application.call
    rule = call.rules.lifecycle.review
    if rule is None:
        return []
    asked = set(Review.objects.filter(application=application).values_list("expert", flat=True))
    barred = {one.expert for one in conflicts_of(call, day=day, applications=[application.pk])}
    loads, text = loads_in(call), text_of(application)
    shut = asked | barred
    people = [
        one
        for one in expert_facts(provenance=call.provenance)
        if one.state == ExpertState.ACTIVE and one.key not in shut
    ]
    (fits,) = Fits([one.fields for one in people], [one.topics for one in people]).rows([text])
    found = [
        _offered(one, fit, loads.get(one.key, 0), min(one.most_reviews, rule.most_per_expert))
        for one, fit in zip(people, fits.tolist(), strict=True)
    ]
    free = [one for one in found if one.load < one.most]
    return sorted(free, key=lambda one: (-one.fit, one.load, one.key))[:MOST_OFFERED]


def _offered(one: ExpertFacts, fit: int, load: int, most: int) -> Offered:
    category = str(ExpertCategory(one.category).label)
    hundredths = fit * 100 // UNIT
    return Offered(one.key, one.name, one.employer_text, category, hundredths, load, most)


def experts_barred(application: Application, *, day: date) -> list[Barred]:
    """Return who may not be asked and why, for the bureau."""
    found = conflicts_of(application.call, day=day, applications=[application.pk])
    keys = {one.expert for one in found}
    people = expert_facts(provenance=application.call.provenance, keys=keys) if keys else []
    names = {one.key: one.name for one in people}
    return [Barred(names[one.expert], one) for one in found if one.expert in names]
