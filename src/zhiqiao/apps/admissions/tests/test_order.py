"""What the page of a run says of how it went, in the reader's language."""

import pytest
from django.urls import reverse
from django.utils import translation

from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Run
from zhiqiao.apps.admissions.queries import NOT_PROVEN, order_told
from zhiqiao.apps.admissions.queries.order import PROCEDURES, TIES
from zhiqiao.apps.admissions.tests.factories import play_until, told_on
from zhiqiao.engines.matching import words
from zhiqiao.engines.matching.bundle import NOT_PROVEN as SIGNED

pytestmark = pytest.mark.django_db


def test_page_says_in_english_what_the_bundle_was_signed_with():
    with translation.override("en"):
        assert {key: str(text) for key, text in PROCEDURES.items()} == words.MECHANISMS
        assert {key: str(text) for key, text in TIES.items()} == words.TIES
        assert [str(text) for text in NOT_PROVEN] == SIGNED


def test_every_sentence_of_the_bundle_stands_on_the_page(client, world):
    play_until(world, Arrow.PUBLISH)
    run = Run.objects.latest("number")

    with translation.override("en"):
        told = [(str(one.procedure), str(one.ties)) for one in order_told(run)]

    names = [batch.id for batch in world.season.rules.batches]
    said = [f"{name}: {one}" for name, both in zip(names, told, strict=True) for one in both]
    assert said == run.bundle["order"]
    page = told_on(client.get(reverse("admissions:run", args=[run.uid])))
    assert "本科" in page
    for sentence in (*words.MECHANISMS.values(), *words.TIES.values(), *SIGNED):
        assert sentence not in page


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (None, "are not compared"),
        (0, "are the same"),
        (1, "place 1 candidate differently"),
        (12, "place 12 candidates differently"),
    ],
)
def test_page_says_how_far_the_two_optima_are_apart(client, world, number, said):
    play_until(world, Arrow.PUBLISH)
    run = Run.objects.latest("number")
    assert run.bundle["optima"] == [None, None]
    Run.objects.update(bundle={**run.bundle, "optima": [number, None]})
    client.cookies["zhiqiao_language"] = "en"

    page = told_on(client.get(reverse("admissions:run", args=[run.uid])))

    assert said in page
    assert page.count("are not compared") == (2 if number is None else 1)
