from uuid import uuid4

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.portal.actions import start_audit_check
from zhiqiao.apps.projects.models import Evidence
from zhiqiao.apps.projects.tests import factories as items
from zhiqiao.core.files import store
from zhiqiao.core.jobs import run_queued_jobs, start_job
from zhiqiao.core.models import Job

pytestmark = pytest.mark.django_db
KIND = "portal.verify_audit"


@pytest.fixture
def clerk(client):
    person = items.person()
    client.force_login(person)
    client.cookies.load({"zhiqiao_language": "en"})
    return person


def test_job_page_is_for_the_person_who_started_it(client, clerk):
    own = start_job(KIND, actor=clerk, arguments={})
    other = start_job(KIND, actor=items.person("other"), arguments={})

    assert client.get(f"/jobs/{own.uid}/").status_code == 200
    assert client.get(f"/jobs/{other.uid}/").status_code == 404
    assert client.get(f"/jobs/{uuid4()}/").status_code == 404


def test_job_page_is_for_the_system_administrator_too(client):
    client.force_login(items.person("root", Role.SYSTEM_ADMIN))
    job = start_job(KIND, actor=items.person("other"), arguments={})

    assert client.get(f"/jobs/{job.uid}/").status_code == 200


def test_waiting_job_asks_again_for_its_progress_and_can_be_stopped(client, clerk):
    job = start_job(KIND, actor=clerk, arguments={})

    part = client.get(f"/jobs/{job.uid}/", headers={"HX-Request": "true"}).content.decode()
    stopped = client.post(f"/jobs/{job.uid}/cancel/")

    assert "<html" not in part
    assert f'hx-get="/jobs/{job.uid}/" hx-trigger="every 2s"' in part
    assert stopped["Location"] == f"/jobs/{job.uid}/"
    assert Job.objects.get(pk=job.pk).state == "cancelled"


def test_ended_job_no_longer_asks_and_cannot_be_stopped(client, clerk):
    job = start_job(KIND, actor=clerk, arguments={})
    client.post(f"/jobs/{job.uid}/cancel/")

    page = client.get(f"/jobs/{job.uid}/").content.decode()

    assert "every 2s" not in page
    assert client.post(f"/jobs/{job.uid}/cancel/").status_code == 409


def test_job_of_another_person_cannot_be_stopped(client, clerk):
    job = start_job(KIND, actor=items.person("other"), arguments={})

    assert client.post(f"/jobs/{job.uid}/cancel/").status_code == 404
    assert Job.objects.get(pk=job.pk).state == "queued"


def test_file_is_sent_to_its_owner_as_an_attachment(client, clerk):
    stored = store("list.csv", b"a,b\n1,2\n", actor=clerk)

    response = client.get(f"/files/{stored.uid}/")

    assert response.getvalue() == b"a,b\n1,2\n"
    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_file_of_another_person_is_not_found(client, clerk):
    stored = store("secret.csv", b"a,b\n1,2\n", actor=items.person("other"))

    assert client.get(f"/files/{stored.uid}/").status_code == 404


def test_stranger_gets_no_file_that_proves_nothing_public(client):
    stored = store("secret.csv", b"a,b\n1,2\n", actor=None)

    assert client.get(f"/files/{stored.uid}/").status_code == 404


def test_stranger_gets_the_file_that_proves_a_public_record(client):
    items.region()
    stored = store("notice.csv", b"a,b\n1,2\n", actor=None)
    Evidence.objects.create(recognition=items.recognition(), file=stored)

    assert client.get(f"/files/{stored.uid}/").getvalue() == b"a,b\n1,2\n"


def test_stranger_gets_no_file_of_a_withdrawn_record(client):
    items.region()
    stored = store("notice.csv", b"a,b\n1,2\n", actor=None)
    Evidence.objects.create(recognition=items.recognition(state="withdrawn"), file=stored)

    assert client.get(f"/files/{stored.uid}/").status_code == 404


def test_audit_check_tells_how_many_seals_are_broken(client, clerk):
    auditor = items.person("auditor", Role.AUDIT_ADMIN)
    job = start_audit_check(actor=auditor)
    run_queued_jobs()
    client.force_login(auditor)

    job.refresh_from_db()
    assert job.result == {"problems": 0}
    assert [n for _, n in client.get(f"/jobs/{job.uid}/").context["counts"]] == [0]
