"""Ties by lot: committed to when the choices are frozen, opened when the result is published."""

import hashlib
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from zhiqiao.apps.admissions.actions import ask_step, hand_out_inputs
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import LotterySeed, Result, Run
from zhiqiao.apps.admissions.tests import factories
from zhiqiao.apps.admissions.tests.factories import make_season_world, play_until
from zhiqiao.core.errors import RuleError
from zhiqiao.core.sealing import unseal

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[5]
VERIFIER = ROOT / "verifier" / "zhiqiao_verify.py"
ALL = "ties: admit-all"
COLLEGE = f"list_limit: 50\n      mechanism: candidate-proposing\n      {ALL}"


def take_pack(settings, folder, *, by_lot):
    """Run the pack with some of its policies for ties replaced by lots."""
    copytree(ROOT / "packs", folder / "packs")
    schemes = folder / "packs" / "cq-2023-22" / "schemes.yaml"
    text = schemes.read_text(encoding="utf-8")
    assert by_lot in text
    changed = text.replace(by_lot, by_lot.replace(ALL, "ties: lottery"))
    schemes.write_text(changed, encoding="utf-8")
    settings.ZHIQIAO_PACK = folder / "packs" / "cq-2023-22"


@pytest.fixture
def lots(db, settings, tmp_path, monkeypatch):
    """Make a season by lot in which two candidates are level at the last place of C1."""
    take_pack(settings, tmp_path, by_lot=ALL)
    monkeypatch.setitem(factories.MARKS, "2604", factories.MARKS["2603"])
    return make_season_world()


def drawn_first(seed, *numbers):
    return min(numbers, key=lambda number: hashlib.sha256(f"{seed}\0{number}".encode()).digest())


def admitted_to(code):
    run = Run.objects.order_by("-number").first()
    rows = Result.objects.filter(run=run, line__code=code)
    return list(rows.values_list("candidate__number", flat=True))


def test_lot_decides_between_the_tied_by_the_seed_that_was_committed_to(lots):
    play_until(lots, Arrow.PUBLISH)

    drawn = LotterySeed.objects.get(season=lots.season)
    seed = unseal(drawn.seed_sealed)
    winner = drawn_first(seed, "2603", "2604")
    assert admitted_to("C1") == [winner]
    loser = {"2603": "2604", "2604": "2603"}[winner]
    told = Result.objects.filter(candidate__number=loser).latest("id").reasons
    assert told[0][1] == "tied-by-lot"
    ties = Run.objects.latest("number").bundle["ties"]
    assert ties == {"policy": "lottery", "seed": seed, "commitment": drawn.commitment}
    assert drawn.commitment == hashlib.sha256(f"zhiqiao lottery seed\0{seed}".encode()).hexdigest()


def test_commitment_is_public_from_the_freezing_on_and_the_seed_from_the_publication_on(
    client, lots
):
    address = lots.season.get_absolute_url()
    play_until(lots, Arrow.CONFIRM)
    drawn = LotterySeed.objects.get(season=lots.season)
    seed = unseal(drawn.seed_sealed)

    before = client.get(address).content.decode()
    lots.step(Arrow.PUBLISH)
    after = client.get(address).content.decode()

    assert (drawn.commitment in before, seed in before) == (True, False)
    assert (drawn.commitment in after, seed in after) == (True, True)


def test_no_seed_is_drawn_before_the_choices_are_frozen(lots):
    factories.open_choosing(lots)
    assert not LotterySeed.objects.exists()


def test_scheme_without_lots_draws_no_seed(world):
    play_until(world, Arrow.RUN_TRIAL)
    assert not LotterySeed.objects.exists()


def test_nobody_is_given_the_seed_before_the_publication(client, lots):
    play_until(lots, Arrow.RUN_FINAL)
    seed = unseal(LotterySeed.objects.get().seed_sealed)
    client.force_login(lots.clerk)

    for run in Run.objects.all():
        answer = client.get(reverse("admissions:bundle", args=[run.uid]))
        assert (answer.status_code, seed in answer.content.decode()) == (409, False)
        assert seed not in client.get(run.get_absolute_url()).content.decode()
    with pytest.raises(RuleError) as refused:
        hand_out_inputs(lots.again(), actor=lots.clerk, reason="复算")
    assert refused.value.code == "admissions.seed-sealed"


def test_seed_once_drawn_stays(lots):
    play_until(lots, Arrow.FREEZE_CHOICES)

    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        LotterySeed.objects.update(commitment="0" * 64)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        LotterySeed.objects.all().delete()


def test_second_trial_draws_the_same_lots(lots):
    play_until(lots, Arrow.RUN_TRIAL)
    lots.step(Arrow.RUN_TRIAL)

    first, second = Run.objects.order_by("number")
    assert first.bundle["result_sha256"] == second.bundle["result_sha256"]


def test_rule_that_became_a_lot_after_the_freezing_makes_no_run(world, settings, tmp_path):
    play_until(world, Arrow.FREEZE_CHOICES)
    take_pack(settings, tmp_path, by_lot=ALL)

    with pytest.raises(RuleError) as refused:
        ask_step(world.again(), Arrow.RUN_TRIAL, actor=world.clerk)

    assert refused.value.code == "admissions.no-seed"


def verified(client, run, folder, *more):
    for name, route in (("bundle.json", "bundle"), ("leaves.txt", "leaves")):
        answer = client.get(reverse(f"admissions:{route}", args=[run.uid]))
        (folder / name).write_bytes(answer.content)
    files = [str(folder / "bundle.json"), str(folder / "leaves.txt")]
    return subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-I", "-S", str(VERIFIER), "bundle", *files, *more],
        capture_output=True,
        text=True,
        check=False,
    )


def test_public_verifier_holds_the_seed_against_the_commitment_that_was_noted(
    client, lots, tmp_path
):
    play_until(lots, Arrow.PUBLISH)
    run = Run.objects.latest("number")
    commitment = LotterySeed.objects.get().commitment

    assert verified(client, run, tmp_path, "--commitment", commitment).returncode == 0
    other = verified(client, run, tmp_path, "--commitment", "0" * 64)
    assert other.returncode == 1
    assert "by another seed than the one whose commitment you noted" in other.stdout


def test_lots_of_one_batch_stand_in_the_bundle_beside_the_rule_of_the_other(
    client, db, settings, tmp_path, monkeypatch
):
    take_pack(settings, tmp_path, by_lot=COLLEGE)
    monkeypatch.setitem(factories.MARKS, "2602", factories.MARKS["2601"])
    world = play_until(make_season_world(), Arrow.PUBLISH)
    run = Run.objects.latest("number")
    drawn = LotterySeed.objects.get()

    assert sorted(admitted_to("A1")) == ["2601", "2602"]
    seed = {"seed": unseal(drawn.seed_sealed), "commitment": drawn.commitment}
    assert run.bundle["ties"] == {
        "policy": "admit-all",
        "batches": {"bachelor": {"policy": "admit-all"}, "college": {"policy": "lottery", **seed}},
    }
    done = verified(client, run, tmp_path, "--commitment", drawn.commitment)
    assert (done.returncode, world.again().state) == (0, "published")
