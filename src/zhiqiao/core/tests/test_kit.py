from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import isolate_apps
from django.utils import translation

from zhiqiao.core import checks, citations, events, policy, revisions
from zhiqiao.core.dates import format_date, local
from zhiqiao.core.events import at_once
from zhiqiao.core.fields import CreditsField, MoneyField, PartialDateField, SchoolYearField
from zhiqiao.core.models import Citation
from zhiqiao.core.models_base import Provenanced, Searchable
from zhiqiao.core.passwords import Argon2id
from zhiqiao.core.values import Credits, PartialDate, SchoolYear


@pytest.mark.django_db
def test_revision_rises_with_every_write():
    assert revisions.number("plan") == 0
    assert [revisions.bump("plan"), revisions.bump("plan"), revisions.bump("other")] == [1, 2, 1]
    assert revisions.number("plan") == 2


@pytest.mark.django_db
def test_revision_of_a_write_that_is_undone_does_not_rise(django_assert_num_queries):
    with transaction.atomic():
        revisions.bump("plan")
        transaction.set_rollback(True)
    with django_assert_num_queries(1):
        assert revisions.number("plan") == 0


@pytest.mark.django_db
def test_page_is_cited_once():
    first = citations.cite("通知", url="https://example.org/a", read_on=date(2026, 1, 1))
    again = citations.cite("通知", url="https://example.org/a", read_on=date(2026, 1, 1))
    other = citations.cite("通知", url="https://example.org/a")
    assert (first == again, first == other, Citation.objects.count()) == (True, False, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "data:text/html,x"])
def test_only_a_web_address_can_be_trusted(url):
    with pytest.raises(IntegrityError, match="citation_trusted_url_is_web"):
        citations.cite("通知", url=url, url_trusted=True)


@pytest.mark.django_db
def test_event_reaches_its_subscribers_in_the_transaction(monkeypatch):
    monkeypatch.setattr(at_once, "_SUBSCRIBERS", defaultdict(list))
    told = []

    def remember(**payload):
        told.append(payload)

    events.subscribe("test.changed")(remember)
    events.subscribe("test.changed")(remember)
    events.publish("test.changed", uid=1)
    events.publish("test.other", uid=2)
    assert told == [{"uid": 1}]


@pytest.mark.django_db(transaction=True)
def test_event_outside_of_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        events.publish("test.changed")


with isolate_apps("zhiqiao.core"):

    class Sample(Provenanced):
        since = PartialDateField()
        year = SchoolYearField(null=True)
        credits = CreditsField(null=True)
        amount_cny = MoneyField(null=True)

        class Meta:
            app_label = "core"

    class Unindexed(Searchable):
        class Meta:
            app_label = "core"
            indexes = []


@pytest.fixture
def _sample_table(db):
    with connection.schema_editor() as editor:
        editor.create_model(Sample)


@pytest.mark.usefixtures("_sample_table")
def test_value_types_come_back_from_the_database():
    Sample.objects.create(
        provenance="reported",
        since="2023-05",
        year=SchoolYear(2025),
        credits=Credits(250),
        amount_cny="12.30",
    )
    kept = Sample.objects.get(since=PartialDate(2023, 5), credits="2.5", year="2025-2026")
    assert (kept.since, kept.year, kept.credits) == (
        PartialDate(2023, 5),
        SchoolYear(2025),
        Credits(250),
    )
    assert str(kept.amount_cny) == "12.30"


@pytest.mark.usefixtures("_sample_table")
@pytest.mark.parametrize("provenance", ["", "guessed"])
def test_database_refuses_an_unknown_provenance(provenance):
    with pytest.raises(IntegrityError):
        Sample.objects.create(provenance=provenance, since="")


def test_field_tells_what_is_wrong():
    with pytest.raises(ValidationError, match="2023-13"):
        PartialDateField().to_python("2023-13")


def test_searchable_without_index_is_found_by_the_check(monkeypatch):
    monkeypatch.setattr(checks.apps, "get_models", lambda: [Sample, Unindexed])
    assert [problem.id for problem in checks.check_search_indexes()] == ["core.E003"]


@pytest.mark.django_db
def test_this_database_is_fit():
    assert checks.check_database(databases=["default"]) == []


def test_password_hash_has_the_tuned_cost():
    encoded = Argon2id().encode("secret", "saltsaltsalt")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_day_is_that_of_the_region():
    evening = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert local(evening).date() == date(2026, 11, 23)
    with translation.override("en"):
        assert format_date(evening) == "23 Nov 2026"
        assert (format_date(date(2026, 1, 2)), format_date(None)) == ("2 Jan 2026", "")
    with translation.override("zh-hans"):
        assert format_date(date(2026, 1, 2)) == "2026年1月2日"


def test_pack_of_this_installation_is_read_once():
    pack = policy.current_pack()
    assert pack.id == Path(settings.ZHIQIAO_PACK).name
    assert policy.current_pack() is pack
