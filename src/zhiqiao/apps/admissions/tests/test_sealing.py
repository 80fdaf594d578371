"""Scores are sealed only when both entries were made and agree."""

from decimal import Decimal

import pytest

from zhiqiao.apps.admissions.actions import Marked, enter_scores, seal_scores
from zhiqiao.apps.admissions.models import ScoreSheet
from zhiqiao.apps.admissions.tests.factories import mark_all
from zhiqiao.core.errors import RuleError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("second", [None, {"theory": Decimal(20)}, {}])
def test_scores_are_not_sealed_while_entries_differ_or_one_is_missing(world, second):
    mark_all(world, seal=False)
    if second is None:
        sheets = ScoreSheet.objects.filter(candidate__number="2601")
        sheets.update(second=None, marks=None, sums=None)
    else:
        row = Marked("2601", second)
        enter_scores(world.season, [row], entry="second", actor=world.lead)

    with pytest.raises(RuleError) as refused:
        seal_scores(world.season, actor=world.clerk)

    assert (refused.value.code, refused.value.parameters["number"]) == (
        "admissions.scores-differ", 1,
    )  # fmt: skip
    assert world.again().scores_sealed_at is None
