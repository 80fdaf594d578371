import pytest
from django.urls import reverse

from zhiqiao.apps.admissions.tests.factories import make_season_world

pytestmark = pytest.mark.django_db


def test_candidate_is_led_to_the_own_admission_and_not_to_an_administrator(client):
    world = make_season_world()
    client.force_login(world.sign_in("2601"))
    client.cookies["zhiqiao_language"] = "en"

    told = client.get(reverse("portal:workspace")).content.decode()

    assert reverse("admissions:own") in told
    assert "no role yet" not in told
