"""Rows changed behind the application's back, by SQL and on the disk, and who finds it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.admissions.actions import ask_check, check_run
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Run
from zhiqiao.apps.admissions.tests.factories import play_until, told_on
from zhiqiao.core import files
from zhiqiao.core.errors import RefusedError
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.signing import public_key

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).parents[5] / "verifier" / "zhiqiao_verify.py"


@pytest.fixture
def run(world):
    play_until(world, Arrow.PUBLISH)
    return Run.objects.order_by("-number").first()


def behind_the_back(statement, *values):
    """Change rows as the owner of the tables can, past every trigger."""
    table = re.search(r"admissions_\w+", statement)[0]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found(run):
    again = Run.objects.select_related("season", "leaves").get(pk=run.pk)
    return [
        (one.fault.value, one.number, one.candidates or one.programmes)
        for one in check_run(again, actor=None)
    ]


def downloaded(client, run, folder):
    for name, route in (("bundle.json", "bundle"), ("leaves.txt", "leaves")):
        answer = client.get(reverse(f"admissions:{route}", args=[run.uid]))
        (folder / name).write_bytes(answer.content)
    return [str(folder / "bundle.json"), str(folder / "leaves.txt")]


def verified(what, *arguments, key=None):
    words = [what, *map(str, arguments), "--key", key or public_key()]
    return subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-I", "-S", str(VERIFIER), *words],
        capture_output=True,
        text=True,
        check=False,
    )


GIVE_A1 = """
    UPDATE admissions_result SET rank = 1, line_id = (
        SELECT id FROM admissions_placeline WHERE code = 'A1'
    ) WHERE run_id = %s AND candidate_id = (SELECT id FROM admissions_candidate WHERE number = %s)
"""
DROP = """
    DELETE FROM admissions_result WHERE run_id = %s
    AND candidate_id = (SELECT id FROM admissions_candidate WHERE number = %s)
"""
WIDEN = """
    UPDATE admissions_runline SET places = 9
    WHERE run_id = %s AND line_id = (SELECT id FROM admissions_placeline WHERE code = 'B1')
"""
COUNT = "UPDATE admissions_run SET admitted = 5 WHERE id = %s"
RENAME = """
    UPDATE admissions_run SET bundle = jsonb_set(bundle, '{engine}', '"other"') WHERE id = %s
"""
MARK = """
    UPDATE admissions_scoresheet SET marks = marks || '{"theory": "199"}'
    WHERE candidate_id = (SELECT id FROM admissions_candidate WHERE number = %s)
"""
UNCHOOSE = """
    UPDATE admissions_choicelist SET lines = '{}'
    WHERE candidate_id = (SELECT id FROM admissions_candidate WHERE number = %s)
"""
GRANT = "UPDATE admissions_placeline SET places = 8 WHERE code = %s"
TAMPERED = {
    "results": (GIVE_A1, ("run", "2602"), [("results", 1, ("2602",)), ("missing", 1, ())]),
    "missing": (DROP, ("run", "2605"), [("missing", 1, ())]),
    "lines": (WIDEN, ("run",), [("lines", 1, ("B1",))]),
    "counts": (COUNT, ("run",), [("counts", 1, ())]),
    "signature": (RENAME, ("run",), [("signature", 1, ())]),
    "scores": (MARK, ("2604",), [("scores", 1, ())]),
    "choices": (UNCHOOSE, ("2604",), [("choices", 1, ())]),
    "ledger": (GRANT, ("C1",), [("ledger", 1, ("C1",))]),
}


def test_untouched_run_is_what_was_signed(run):
    assert found(run) == []


@pytest.mark.parametrize("fault", TAMPERED)
def test_each_change_behind_the_back_is_found_and_named(run, fault):
    statement, values, expected = TAMPERED[fault]

    behind_the_back(statement, *(run.pk if value == "run" else value for value in values))

    assert found(run) == expected


def test_leaves_changed_on_the_disk_are_found(run):
    place = files.path_of(run.leaves)
    content = place.read_bytes()
    place.write_bytes(content[65:])
    try:
        assert found(run) == [("leaves", 1, ())]
    finally:
        place.write_bytes(content)


@pytest.mark.parametrize("content", [b"no leaf at all", b"\xff\xfe", b"ab"])
def test_leaves_put_in_the_place_of_the_published_ones_are_found(run, content):
    put = files.store("leaves.txt", content, actor=None)
    behind_the_back("UPDATE admissions_run SET leaves_id = %s WHERE id = %s", put.pk, run.pk)

    assert found(run) == [("leaves", 1, ())]


def test_earlier_run_is_not_held_against_scores_that_were_corrected_since(run):
    trial = Run.objects.get(number=1)
    behind_the_back(MARK, "2604")

    assert found(trial) == []


def test_public_verifier_finds_a_result_changed_behind_the_back(client, world, run, tmp_path):
    paths = downloaded(client, run, tmp_path)
    assert verified("bundle", *paths).returncode == 0
    client.force_login(world.candidate("2602").account)
    leaf = tmp_path / "leaf.json"
    address = reverse("admissions:leaf", args=[world.candidate("2602").uid])
    leaf.write_bytes(client.get(address).content)
    assert verified("leaf", *paths, leaf).returncode == 0

    behind_the_back(GIVE_A1, run.pk, "2602")
    leaf.write_bytes(client.get(address).content)

    done = verified("leaf", *paths, leaf)
    assert done.returncode == 1
    assert "your leaf is not among the published leaves" in done.stdout


def test_public_verifier_finds_a_bundle_changed_behind_the_back(client, run, tmp_path):
    behind_the_back(
        "UPDATE admissions_run SET bundle = jsonb_set(bundle, '{lines,0,admitted}', '0')"
        " WHERE id = %s",
        run.pk,
    )

    done = verified("bundle", *downloaded(client, run, tmp_path))

    assert done.returncode == 1
    assert "the signature is not one of this bundle" in done.stdout


def test_signature_of_an_earlier_key_is_published_with_that_key(client, run, settings, tmp_path):
    earlier = public_key()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key, long enough to derive from"

    paths = downloaded(client, run, tmp_path)

    assert public_key() != earlier
    assert verified("bundle", *paths, key=earlier).returncode == 0
    assert found(run) == []


def test_bureau_checks_on_the_page_of_the_run_and_reads_whose_result_departs(client, world, run):
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(world.clerk)
    address = reverse("admissions:check_run", args=[run.uid])
    assert client.post(address).status_code == 302
    assert "The check runs" in client.get(run.get_absolute_url()).content.decode()
    run_queued_jobs()
    assert "everything stored is what was signed" in page(client, run)

    behind_the_back(GIVE_A1, run.pk, "2602")
    client.post(address)
    run_queued_jobs()

    told = page(client, run)
    assert "what is stored was changed after it was signed" in told
    assert world.candidate("2602").get_absolute_url() in told
    entry = AuditEntry.objects.filter(verb="admissions.run.checked").latest("id")
    assert (entry.actor_id, entry.after["departs"]) == (
        world.clerk.pk,
        {"results": 1, "missing": 1},
    )


def page(client, run):
    return client.get(run.get_absolute_url()).content.decode()


def test_audit_administrator_checks_and_is_told_no_number(client, world, run):
    client.force_login(make_member(Role.AUDIT_ADMIN, login="auditor"))
    client.cookies["zhiqiao_language"] = "en"
    behind_the_back(GIVE_A1, run.pk, "2602")
    client.post(reverse("admissions:check_run", args=[run.uid]))
    run_queued_jobs()

    told = told_on(client.get(run.get_absolute_url()))

    assert "Results are not those of the published leaves. (1)" in told
    assert "2602" not in told.replace(public_key(), "")


def test_school_asks_for_no_check(world, run):
    with pytest.raises(RefusedError):
        ask_check(run, actor=world.clerks["甲学院"])
