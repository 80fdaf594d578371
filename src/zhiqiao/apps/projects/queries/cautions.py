"""What does not bar an expert from an application and should be known before one is added by hand."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from zhiqiao.apps.people.queries import ExpertFacts, expert_facts
from zhiqiao.apps.projects.models import Application, Review
from zhiqiao.apps.projects.queries.explained import quota_words, soft_words
from zhiqiao.apps.projects.queries.reciprocity import STANDING, reciprocity_among
from zhiqiao.apps.projects.queries.reviews import loads_in
from zhiqiao.apps.registry.queries import bodies_today


def cautions_about(application: Application, one: ExpertFacts) -> list[str]:
    """Return the load, the quotas and the soft conflicts that speak against an expert, in words."""
    return [*_load(application, one), *_quotas(application, one), *_reciprocal(application, one)]


def _load(application: Application, one: ExpertFacts) -> Iterator[str]:
    rule = application.call.rules.lifecycle.review
    load = loads_in(application.call, [one.key]).get(one.key, 0)
    most = min(one.most_reviews, rule.most_per_expert) if rule else one.most_reviews
    if load >= most:
        yield _("has %(load)d reviews in this call and takes %(most)d at most") % {
            "load": load,
            "most": most,
        }


def _quotas(application: Application, one: ExpertFacts) -> Iterator[str]:
    rule = application.call.rules.lifecycle.review
    if rule is None or not rule.quotas:
        return
    rows = Review.objects.filter(application=application, state__in=STANDING)
    keys = list(rows.values_list("expert", flat=True))
    panel = expert_facts(provenance=application.call.provenance, keys=keys)
    employers = {each.employer for each in (*panel, one) if each.employer is not None}
    today = bodies_today(employers)
    for quota in rule.quotas:
        if quota.per_employer and one.employer is not None:
            mine = today.get(one.employer, one.employer)
            alike = sum(
                each.employer is not None and today.get(each.employer, each.employer) == mine
                for each in panel
            )
            limit, name = quota.most or 1, "per-employer"
        elif quota.category is not None and quota.most is not None:
            alike = sum(each.category == quota.category for each in panel)
            alike = alike if one.category == quota.category else 0
            limit, name = quota.most, quota.category
        else:
            continue
        if alike >= limit:
            yield _("the quota “%(quota)s” leaves no place") % {"quota": quota_words(name)}


def _reciprocal(application: Application, one: ExpertFacts) -> Iterator[str]:
    bodies = {application.applicant_id, *([one.employer] if one.employer is not None else [])}
    reciprocity = reciprocity_among(application.call, bodies)
    words = soft_words(reciprocity, applicant=application.applicant_id, employer=one.employer)
    if words:
        yield words
