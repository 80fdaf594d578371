from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.core.sign_in_policy import PROFILES

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROFILE_PAGE = "/accounts/profile/"


@pytest.fixture
def graded(settings):
    settings.ZHIQIAO_SIGN_IN = replace(PROFILES["mlps3"], password_lives=None)
    settings.SESSION_COOKIE_AGE = int(settings.ZHIQIAO_SIGN_IN.session_lives.total_seconds())
    settings.SESSION_SAVE_EVERY_REQUEST = True


def opened(client, hours):
    """Open a page every twenty minutes until then; return the last answer."""
    for minutes in range(0, int(hours * 60) + 1, 20):
        with time_machine.travel(MORNING + timedelta(minutes=minutes), tick=False):
            answer = client.get(PROFILE_PAGE)
    return answer


@pytest.fixture
def client():
    client = Client()
    with time_machine.travel(MORNING, tick=False):
        client.force_login(make_user())
    return client


def test_busy_session_ends_with_the_working_day(graded, client):
    assert opened(client, 12).status_code == 200
    assert opened(client, 12.4).status_code == 302


def test_unused_session_ends_after_half_an_hour(graded, client):
    assert opened(client, 0).status_code == 200
    with time_machine.travel(MORNING + timedelta(minutes=31), tick=False):
        assert client.get(PROFILE_PAGE).status_code == 302


def test_second_sign_in_begins_a_session_of_its_own(graded, client):
    opened(client, 11)
    with time_machine.travel(MORNING + timedelta(hours=11), tick=False):
        client.logout()
        client.force_login(make_user("another"))
        assert client.get(PROFILE_PAGE).status_code == 200
    for minutes in range(20, 121, 20):
        with time_machine.travel(MORNING + timedelta(hours=11, minutes=minutes), tick=False):
            assert client.get(PROFILE_PAGE).status_code == 200
