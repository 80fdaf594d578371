from datetime import UTC, datetime
from hashlib import sha256

import pytest
import time_machine
from django.db import transaction
from django.utils import translation
from openpyxl import load_workbook

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.portal.actions import start_minors_evidence
from zhiqiao.apps.projects.tests import factories as items
from zhiqiao.core import audit
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RefusedError
from zhiqiao.core.files import open_file
from zhiqiao.core.jobs.runner import run_job
from zhiqiao.core.models import AuditEntry, Job

REGISTER = "/audit/personal-data/"
EVIDENCE = "/audit/personal-data/evidence/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    person = items.person("auditor", Role.AUDIT_ADMIN)
    client.force_login(person)
    client.cookies.load({"zhiqiao_language": "en"})
    return person


def evidence(auditor, year):
    with translation.override("en"):
        job = start_minors_evidence(year, actor=auditor)
    run_job(str(job.uid))
    return Job.objects.get(pk=job.pk)


def sheets(job):
    with open_file(job.result_file) as content:
        return {
            sheet.title: list(sheet.iter_rows(values_only=True))
            for sheet in load_workbook(content).worksheets
        }


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDIT_ADMIN])
def test_evidence_is_the_audit_administrators_alone(client, role):
    person = items.person("other", role)
    client.force_login(person)
    assert client.get(REGISTER).status_code == 403
    assert client.get("/audit/personal-data.xlsx").status_code == 403
    assert client.post(EVIDENCE, {"year": today().year}).status_code == 403
    with pytest.raises(RefusedError):
        start_minors_evidence(today().year, actor=person)
    assert not Job.objects.exists()


def test_everybody_reads_what_is_kept_and_no_number_of_records(client):
    client.cookies.load({"zhiqiao_language": "en"})
    response = client.get("/privacy/")
    assert response.status_code == 200
    assert "Network address, browser and time" in response.content.decode()
    assert "have not been held against the text of the law yet" in response.content.decode()


@pytest.mark.parametrize("year", ["", "x", "2023", str(today().year + 1), "2" * 30])
def test_a_year_that_cannot_be_audited_is_refused_with_a_word(client, auditor, year):
    response = client.post(EVIDENCE, {"year": year})
    assert response.status_code == 422
    assert response.context["form"].errors["year"]
    assert not Job.objects.exists()


@transaction.atomic
def look_at(person, auditor):
    audit.record(actor=auditor, verb="accounts.user.seen", subject=person, before=None, after=None)


def test_evidence_counts_looks_of_that_year_by_month_and_names_nobody(client, auditor):
    person = items.person("zhang-secret-name", Role.SCHOOL_CLERK)
    # In Chongqing this is the first of April already.
    with time_machine.travel(datetime(2025, 3, 31, 18, tzinfo=UTC)):
        look_at(person, auditor)
        look_at(person, auditor)
    look_at(person, auditor)
    what = "The page of the account was opened"
    this = sheets(evidence(auditor, today().year))
    assert (f"{today():%Y-%m}", what, 1, 1) in this["Looks and changes"]
    before = sheets(evidence(auditor, 2025))["Looks and changes"]
    assert before[1:] == [("2025-04", what, 2, 1)]
    assert "zhang-secret-name" not in str(this)


def test_evidence_is_kept_with_its_hash_and_given_to_who_asked_for_it_alone(client, auditor):
    job = evidence(auditor, today().year)
    entry = AuditEntry.objects.get(verb="portal.minors_evidence.made")
    with open_file(job.result_file) as content:
        assert entry.after["sha256"] == sha256(content.read()).hexdigest()
    address = f"/files/{job.result_file.uid}/"
    assert b"".join(client.get(address).streaming_content).startswith(b"PK")
    client.force_login(items.person("second", Role.AUDIT_ADMIN))
    assert client.get(address).status_code == 404


def test_evidence_says_what_is_missing(client, auditor):
    told = sheets(evidence(auditor, today().year))
    assert {row[0] for row in told["Gaps"]} >= {"Age", "Guardians and consent", "Legal grounds"}
    assert ("Records that may concern minors", 0) in told["Summary"]


def test_register_as_a_workbook_has_a_line_for_each_kind(client, auditor, tmp_path):
    response = client.get("/audit/personal-data.xlsx")
    path = tmp_path / "register.xlsx"
    path.write_bytes(b"".join(response.streaming_content))
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    shown = client.get(REGISTER).context["kinds"]
    assert len(rows) == len(shown) + 1
    assert any("accounts.user: login" in row[-1] for row in rows[1:])
