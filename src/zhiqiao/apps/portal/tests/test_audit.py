from datetime import timedelta

import pytest
from django.db import transaction

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.projects.tests import factories as items
from zhiqiao.core import audit
from zhiqiao.core.dates import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    person = items.person("auditor", Role.AUDIT_ADMIN)
    client.force_login(person)
    client.cookies.load({"zhiqiao_language": "en"})
    return person


@transaction.atomic
def entry(name="某学院", *, verb="registry.organisation.renamed", after="B"):
    return audit.record(
        actor=None,
        verb=verb,
        subject=items.organisation(name),
        before={"name": "A", "kind": "other"},
        after={"name": after, "kind": "other"},
        reason="notice",
    )


def shown(client, **query):
    return [line.entry.pk for line in client.get("/audit/", query).context["lines"]]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDIT_ADMIN])
def test_trail_is_closed_to_every_other_role(client, role):
    entry()
    client.force_login(items.person("other", role))

    response = client.get("/audit/")

    assert response.status_code == 403
    assert "某学院" not in response.content.decode()
    assert client.post("/audit/check/").status_code == 403


def test_trail_shows_words_the_change_alone_and_the_way_to_the_record(client, auditor):
    made = entry()

    (line,) = client.get("/audit/").context["lines"]

    assert line.word == "Renamed an organisation"
    assert line.address == f"/organisations/{made.subject_uid}/"
    assert line.changes == (("name", "A", "B"),)


def test_trail_escapes_what_people_wrote(client, auditor):
    entry(after="<img src=x onerror=alert(1)>")

    assert "<img" not in client.get("/audit/").content.decode()


def test_trail_is_filtered_by_action_record_and_day(client, auditor):
    first = entry("甲学院")
    second = entry("乙学院", verb="registry.organisation.created")
    tomorrow = today() + timedelta(days=1)

    assert shown(client) == [second.pk, first.pk]
    assert shown(client, verb="registry.organisation.renamed") == [first.pk]
    assert shown(client, subject="乙") == [second.pk]
    assert shown(client, since=tomorrow.isoformat()) == []
    assert shown(client, until=today().isoformat()) == [second.pk, first.pk]


def test_filter_that_cannot_be_read_is_named(client, auditor):
    page = client.get("/audit/", {"since": "yesterday"}).content.decode()

    assert 'id="id_since_error"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_trail_needs_the_same_queries_for_any_number_of_rows(
    client, auditor, rows, django_assert_num_queries
):
    for number in range(rows):
        entry(f"第{number}学院")
    client.get("/audit/")  # notes where the session is used from, once in five minutes

    with django_assert_num_queries(6):
        client.get("/audit/")
