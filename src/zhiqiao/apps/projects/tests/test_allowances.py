"""How often one network address may do what nobody has to sign in for."""

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache

from zhiqiao.apps.projects.models import Application
from zhiqiao.apps.projects.tests.calls import make_application, make_call
from zhiqiao.core.dates import today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_used():
    cache.clear()


def test_objections_have_an_allowance_of_their_own(client, rf, settings):
    settings.ZHIQIAO_ALLOWANCES = {"objection": "2/m/ip"}
    row = make_application(make_call(), state="publicity")
    Application.objects.filter(pk=row.pk).update(publicity_until=today())
    found = [
        client.post(f"/on-notice/{row.uid}/object/", {}, REMOTE_ADDR="203.0.113.7").status_code
        for _number in range(3)
    ]
    opening_an_account = rf.post("/", REMOTE_ADDR="203.0.113.7")

    assert found == [422, 422, 429]
    left = ratelimit.consume(opening_an_account, app="allauth.account", action="signup")
    assert [len(cache.get(one.cache_key)) for one in left.usage] == [1]
