"""What is left of a personal table once it was written or given up: its hash, and nothing on the disk."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from zhiqiao.core import files
from zhiqiao.core.errors import MissingError
from zhiqiao.core.imports import actions
from zhiqiao.core.imports.leaving import LIES_AT_MOST, give_up_what_lies
from zhiqiao.core.imports.models import ImportBatch, ImportRow
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW, clerk, pasted
from zhiqiao.core.imports.tests.test_steps import checked, committed, opened
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db
TABLE = pasted(HEADINGS, ROW)
FAULTY = pasted(HEADINGS, ["", *ROW[1:]])


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


def on_disk(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def personal(text=TABLE, **more):
    return opened(text, key="tests.secret", **more)


def test_written_personal_table_is_deleted_and_its_hash_stays(
    client, folder, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        batch = committed(checked(personal()))

    assert (batch.state, on_disk(folder)) == ("committed", 0)
    assert not ImportRow.objects.exists()
    entry = AuditEntry.objects.get(verb="imports.batch.committed")
    assert entry.after["sha256"] == batch.file.sha256
    with pytest.raises(MissingError) as told:
        files.open_file(batch.file)
    assert batch.file.sha256 in told.value.remedy
    client.force_login(batch.opened_by)
    page = client.get(reverse("portal:import_detail", args=[batch.uid])).content.decode()
    address = reverse("portal:file", args=[batch.file.uid])
    assert (batch.file.sha256 in page, address in page) == (True, False)
    assert client.get(address).status_code == 410


def test_other_tables_are_kept_as_they_were_given(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        batch = committed(checked(opened()))

    assert (batch.state, on_disk(folder)) == ("committed", 1)
    files.open_file(batch.file).close()


def test_workbook_of_problems_goes_with_the_next_check_and_with_giving_up(
    folder, django_capture_on_commit_callbacks
):
    batch = checked(personal(FAULTY))
    assert (batch.state, on_disk(folder)) == ("refused", 2)
    first = batch.error_file

    with django_capture_on_commit_callbacks(execute=True):
        batch = checked(batch)

    first.refresh_from_db()
    assert first.forgotten_at is not None
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_batch(batch, actor=batch.opened_by)
    assert on_disk(folder) == 0
    assert AuditEntry.objects.get(verb="imports.batch.cancelled").after["sha256"] == (
        batch.file.sha256
    )


def test_content_that_another_file_shares_stays_for_it(folder, django_capture_on_commit_callbacks):
    person = clerk()
    kept = opened(actor=person)
    given_up = personal(actor=person)
    assert (kept.file.sha256, on_disk(folder)) == (given_up.file.sha256, 1)

    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_batch(given_up, actor=person)

    files.open_file(kept.file).close()


def test_same_table_may_come_again_after_it_was_deleted(django_capture_on_commit_callbacks):
    person = clerk()
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_batch(personal(actor=person), actor=person)
        again = committed(checked(personal(actor=person)))
    assert again.state == "committed"


def test_personal_table_that_lies_too_long_is_given_up_by_the_system(
    folder, django_capture_on_commit_callbacks
):
    person = clerk()
    old, young, plain = personal(actor=person), personal(FAULTY, actor=person), opened(actor=person)
    long_ago = timezone.now() - LIES_AT_MOST - timedelta(hours=1)
    ImportBatch.objects.filter(pk__in=[old.pk, plain.pk]).update(opened_at=long_ago)

    with django_capture_on_commit_callbacks(execute=True):
        assert give_up_what_lies() == 1

    states = [ImportBatch.objects.get(pk=one.pk).state for one in (old, young, plain)]
    assert states == ["cancelled", "mapped", "mapped"]
    entry = AuditEntry.objects.get(verb="imports.batch.cancelled")
    assert (entry.actor, entry.subject_uid) == (None, old.uid)
