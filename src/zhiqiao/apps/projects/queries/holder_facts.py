"""What one body holds, as facts that a formula is computed on where they are."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Lower, NullIf

from zhiqiao.apps.projects.models import Judgement, Recognition
from zhiqiao.apps.projects.queries.predicates import SOURCE
from zhiqiao.apps.projects.queries.recognitions import counted_rows_under, in_force_on
from zhiqiao.apps.registry.queries import area_path
from zhiqiao.core.formulas import relation_of
from zhiqiao.engines.formula import Relation
from zhiqiao.packs import Measure


def facts_of_holder(
    holder: QuerySet[Any],
    keys: Collection[int],
    *,
    measures: Sequence[Measure],
    certain: Collection[str],
    area: str,
    day: date,
) -> Relation:
    """Give the counts of one body, with those that it carries on, by the rules of the measures.

    A body without a row has 0 only in the measures of ``certain``, whose lists are complete and
    decided; elsewhere nothing may be said. Rows whose holder nobody matched yet are not counted.
    """
    rows = counted_rows_under(area_path(area)).filter(in_force_on(day), holder_id__in=keys)
    facts = [
        _facts(
            holder, measure.name, _number(rows, measure, is_certain=measure.name in certain), day
        )
        for measure in measures
        if measure.source == SOURCE
    ]
    nothing = Value(None, output_field=IntegerField())
    return relation_of(_facts(holder, "", nothing, day).union(*facts, all=True))


def _facts(
    holder: QuerySet[Any], name: str, value: Expression | Subquery, day: date
) -> QuerySet[Any, Any]:
    return holder.order_by().values(
        entity=Cast("uid", TextField()),
        year=Value(day.year),
        fact=Value(name, output_field=CharField()),
        number=value,
        words=Value(None, output_field=TextField()),
        standing=Value(None, output_field=IntegerField()),
    )


def _number(
    rows: QuerySet[Recognition], measure: Measure, *, is_certain: bool
) -> Expression | Subquery:
    """Count the items of one measure; null where there is none and the list is not certain."""
    found = rows.filter(kind__in=measure.kinds)
    if measure.levels:
        found = found.filter(level__in=measure.levels)
    for judgement in measure.judgements:
        answers = Judgement.objects.filter(recognition=OuterRef("pk"), judgement=judgement)
        found = found.filter(Exists(answers.filter(answer=True)))
    counted = found.order_by().values(together=Value(1))
    number = Subquery(
        counted.annotate(number=Count(_identity(measure), distinct=True)).values("number"),
        output_field=IntegerField(),
    )
    return Coalesce(number, Value(0)) if is_certain else NullIf(number, Value(0))


def _identity(measure: Measure) -> Expression:
    """Tell rows of one holder apart, as the counts of the whole area do."""
    if "name" not in measure.distinct_by:
        return Value("held")
    text: TextField[str, str] = TextField()
    width = "%(function)s(%(expressions)s, NFKC)"
    normal = Func(F("name"), function="normalize", template=width, output_field=text)
    spaces = (Value(r"\s+"), Value(""), Value("g"))
    folded = Lower(Func(normal, *spaces, function="regexp_replace", output_field=text))
    kind = Cast("kind", text)
    return Case(When(name_filed=True, then=folded), default=kind, output_field=text)
