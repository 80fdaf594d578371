"""The counts of one body are those that the whole area has when that body alone has rows."""

from datetime import date

import pytest

from zhiqiao.apps.projects.actions import decide_judgement
from zhiqiao.apps.projects.measures import count_recognitions
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.projects.queries import facts_of_holder
from zhiqiao.apps.projects.tests import factories
from zhiqiao.apps.projects.tests.test_measures import CONSORTIUM, measure
from zhiqiao.apps.registry.actions.successions import Step, record_succession
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.queries import line_of
from zhiqiao.core.dates import today
from zhiqiao.core.formulas import run_statement
from zhiqiao.engines.formula import Fact, Formula, Kind, compile_program

pytestmark = pytest.mark.django_db


def held(body, asked, *, certain=False):
    """Give what the body holds by a measure, through a formula that is the measure itself."""
    relation = facts_of_holder(
        Organisation.objects.filter(pk=body.pk),
        line_of(body),
        measures=[asked],
        certain=[asked.name] if certain else [],
        area="500000",
        day=today(),
    )
    program = compile_program(
        [Formula("figure", asked.name, kind=Kind.INTEGER)], facts=[Fact(asked.name, Kind.INTEGER)]
    )
    return run_statement(program.statement(relation, entity=str(body.uid)))["figure"].item()


ROWS = {
    "one": [{"name": "甲"}],
    "same name in other widths": [{"name": "VR 基地"}, {"name": "ＶＲ基地", "batch": "2"}],
    "two names": [{"name": "甲"}, {"name": "乙"}],
    "other level": [{"name": "甲", "level": "municipal"}],
    "level unknown": [{"name": "甲", "level": ""}],
    "unfiled names": [
        {"name": "待填报一", "name_filed": False}, {"name": "待填报二", "name_filed": False},
    ],
    "other kind": [{"name": "甲", "kind": "resource-bank"}],
    "revoked": [{"name": "甲", "state": "revoked", "ended_on": date(2020, 1, 1)}],
    "not yet valid": [{"name": "甲", "valid_from": date(2999, 1, 1)}],
    "run out": [{"name": "甲", "valid_to": date(2020, 1, 1)}],
    "demonstration": [{"name": "甲", "provenance": "demonstration"}],
}  # fmt: skip


@pytest.mark.parametrize("distinct_by", [("name", "holder"), ("name",), ("holder",)])
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_one_body_is_counted_as_the_area_is(rows, distinct_by):
    body, other = factories.organisation("甲学院"), factories.organisation("乙学院")
    for row in rows:
        factories.recognition(holder="甲学院", **row)
    Recognition.objects.update(holder=body)
    asked = measure(distinct_by=distinct_by)
    alone = count_recognitions([asked], area="500000", at=None)[asked.name].value

    factories.recognition(name="丙", holder="乙学院", batch="other")
    Recognition.objects.filter(holder=None).update(holder=other)

    assert held(body, asked) == alone


@pytest.mark.parametrize("answers", [(), (True,), (False,), (True, False)])
def test_only_rows_with_every_answer_are_counted(answers):
    body, clerk = factories.organisation("甲学院"), factories.person()
    for number, answer in enumerate(answers):
        row = factories.recognition(
            "municipal-consortium", f"联合体{number}", holder="甲学院", level="municipal"
        )
        decide_judgement(row, "tier-municipal", answer=answer, actor=clerk, reason="Notice")
    Recognition.objects.update(holder=body)

    assert held(body, measure(**CONSORTIUM, judgements=("tier-municipal",))) == (
        sum(answers) or None
    )


def test_no_row_is_zero_only_where_the_list_is_certain():
    body = factories.organisation("甲学院")
    factories.region()

    assert (held(body, measure()), held(body, measure(), certain=True)) == (None, 0)


def test_items_of_a_body_that_was_upgraded_count_for_the_one_that_it_became():
    school, university = factories.organisation("甲学院"), factories.organisation("甲大学")
    factories.recognition(name="甲", holder="甲学院")
    Recognition.objects.update(holder=school)
    record_succession(school, Step(kind="upgraded", successor=university), actor=None)

    assert held(university, measure()) == 1


def test_measures_of_other_sources_are_not_there():
    body = factories.organisation("甲学院")
    factories.region()

    assert held(body, measure(source="registry.organisations"), certain=True) is None
