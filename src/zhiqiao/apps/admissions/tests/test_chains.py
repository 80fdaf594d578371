"""Who displaced whom by a correction, as the bureau reads it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from zhiqiao.apps.admissions.actions import answer_appeal, correct_scores, file_appeal
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.engine_io.chains import chains_between, chains_told
from zhiqiao.apps.admissions.models import Candidate, Run
from zhiqiao.apps.admissions.queries import policies_told, run_before
from zhiqiao.apps.admissions.tests.factories import play_until, told_on
from zhiqiao.engines.matching import Fault, TableError

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(world):
    """Correct the scores of 2604, who then takes C1; 2603 goes on to B1, and 2605 has no place there."""
    play_until(world, Arrow.PUBLISH)
    four = world.candidate("2604")
    appeal = file_appeal(four, text="技能成绩少录50分", actor=four.account)
    appeal = answer_appeal(appeal, upheld=True, answer="复核属实", actor=world.clerk)
    marks = {"culture_paper": Decimal(250), "theory": Decimal(150), "practice": Decimal(250)}
    correct_scores(appeal, marks, actor=world.clerk, reason="复核属实")
    world.step(Arrow.CORRECT)
    return world


def told(run):
    found = chains_between(run_before(run), run)
    return [
        [
            (
                move.candidate.number,
                move.left.code if move.left else None,
                move.entered.code if move.entered else None,
                move.displaced.number if move.displaced else None,
            )
            for move in chain.moves
        ]
        for chain in chains_told(found, list(enumerate(found.chains, start=1)))
    ]


def test_chain_names_each_candidate_and_whose_place_it_was(corrected):
    assert told(Run.objects.latest("number")) == [
        [("2604", None, "C1", "2603"), ("2603", "C1", "B1", "2605"), ("2605", "B1", None, None)]
    ]


def test_page_tells_the_chain_and_how_it_ends(client, corrected):
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(corrected.clerk)

    page = told_on(
        client.get(reverse("admissions:changes", args=[Run.objects.latest("number").uid]))
    )

    places = [page.index(f">{number}</a>") for number in ("2604", "2603", "2605")]
    assert places == sorted(places)
    assert "The last one has no place any more." in page
    assert "2601" not in page


def test_who_is_in_the_earlier_run_alone_lost_the_place(world):
    play_until(world, Arrow.RUN_TRIAL)
    Candidate.objects.filter(number="2601").update(eligibility="ineligible", reason="不符合条件")
    world.step(Arrow.RUN_TRIAL)

    (chain,) = told(Run.objects.latest("number"))

    assert chain[0][0] == "2602"
    assert chain[0][1:] == ("B1", "A1", "2601")
    assert chain[-1][:3] == ("2601", "A1", None)


def test_same_result_has_no_chain(world):
    play_until(world, Arrow.RUN_TRIAL)
    world.step(Arrow.RUN_TRIAL)

    assert told(Run.objects.latest("number")) == []


def test_correction_says_what_each_policy_would_give(client, corrected):
    run = Run.objects.latest("number")
    compared = {one["policy"]: one for one in run.policies}

    moved = {name: (one["gained"], one["lost"], one["other"]) for name, one in compared.items()}
    assert moved["exact"] == moved["minimum-change"] == tuple(run.moved.values()) == (1, 1, 1)
    assert moved["hold-harmless"] == (1, 0, 0)
    assert compared["hold-harmless"]["above"] == [["C1", 1, 2, 1]]
    assert set(compared["minimum-change"]["chosen_from"]) == {"rule"}
    assert [one.above for one in policies_told(run)] == [0, 1, 0]
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(corrected.clerk)
    page = told_on(client.get(reverse("admissions:changes", args=[run.uid])))
    assert "C1 云岭乙学院: 2 / 1" in page
    assert "the rule gives one result" in page


def test_run_that_corrects_nothing_compares_no_policies(client, world):
    play_until(world, Arrow.RUN_TRIAL)
    world.step(Arrow.RUN_TRIAL)
    run = Run.objects.latest("number")

    assert run.policies is None
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(world.clerk)
    page = told_on(client.get(reverse("admissions:changes", args=[run.uid])))
    assert "policy" not in page


def test_policies_that_cannot_be_compared_stop_no_correction(world, monkeypatch):
    def refused(*_asked, **_more):
        raise TableError([Fault("results", 1, "programme", "is not in programmes.")])

    monkeypatch.setattr("zhiqiao.apps.admissions.engine_io.policies.correct", refused)
    play_until(world, Arrow.PUBLISH)
    world.step(Arrow.CORRECT)

    assert Run.objects.latest("number").policies == []
