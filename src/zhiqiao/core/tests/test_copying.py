"""Rows written by COPY are those that ``bulk_create`` would have written."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from zhiqiao.core.copying import NOTHING, copy_in, copy_new, refresh_statistics
from zhiqiao.core.models import Job, Revision

pytestmark = pytest.mark.django_db


def jobs(*kinds):
    return [Job(kind=kind, arguments={"a": [1, '"\\\t云']}, queued_at=timezone.now()) for kind in kinds]  # fmt: skip


def test_objects_get_keys_of_the_sequence_and_come_back_as_they_were():
    before = Job.objects.create(kind="before", queued_at=timezone.now())

    made = copy_new(jobs("one", "two"))

    assert [job.pk for job in made] == [before.pk + 1, before.pk + 2]
    held = Job.objects.get(kind="two")
    assert (held.uid, held.arguments, held.state) == (made[1].uid, {"a": [1, '"\\\t云']}, "queued")
    assert held.subject_uid is None
    made[0].kind = "changed"
    made[0].save()
    assert Job.objects.filter(kind="changed").count() == 1
    after = Job.objects.create(kind="after", queued_at=timezone.now())
    assert after.pk == made[1].pk + 1


def test_nothing_is_copied_from_nothing():
    assert copy_new([]) == []


def test_clause_says_what_becomes_of_rows_that_are_there_already():
    Revision.objects.create(name="plan", number=1)
    rows = [("plan", 9), ("other", 5)]

    assert copy_in("core_revision", ("name", "number"), rows, conflict=NOTHING) == 1

    assert dict(Revision.objects.values_list("name", "number")) == {"plan": 1, "other": 5}
    update = "ON CONFLICT (name) DO UPDATE SET number = EXCLUDED.number"
    copy_new([Revision(name="plan", number=9)], conflict=update)
    assert Revision.objects.get(name="plan").number == 9


def test_refused_row_takes_all_others_with_it():
    with pytest.raises(IntegrityError, match="job_"), transaction.atomic():
        copy_new([*jobs("one"), Job(kind="two", state="odd", queued_at=timezone.now())])
    assert not Job.objects.exists()


def test_planner_knows_of_rows_of_the_same_transaction():
    copy_new(jobs(*map(str, range(40))))

    refresh_statistics(Job)

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'core_job'")
        assert cursor.fetchone()[0] >= 40
