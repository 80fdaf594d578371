"""Results of academic-level examinations and skill tests as marks, and points for prizes."""

from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.admissions.actions import (
    Marked,
    Reported,
    check_run,
    enter_results,
    enter_scores,
    seal_scores,
)
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.engine_io.marks import columns_of, conversions_of, standing_marks
from zhiqiao.apps.admissions.models import Privilege, Result, Run, ScoreSheet
from zhiqiao.apps.admissions.tests.factories import MARKS, play_until
from zhiqiao.apps.admissions.tests.test_season import code_of, placed
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.tests.bringing import bring_in, counts_of, problems_of
from zhiqiao.packs import AdmissionScheme, BesideSat, Combined, Conversion

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[5]


def secondary(world):
    return world.season.rules.exam_types["secondary"]


def with_rule(kind, **changes):
    first, *rest = kind.conversions
    changed = Conversion.model_validate(first.model_dump() | changes)
    return kind.model_copy(update={"conversions": (changed, *rest)})


def bring(world, *rows):
    return bring_in("admissions.results", rows, actor=world.clerk, season=world.season.pk)


def row(number="2601", level="A", skill=""):
    return {"number": number, "result_academic_level": level, "result_skill_test": skill}


def test_grade_and_number_become_marks_by_the_scheme(world):
    marks = standing_marks(secondary(world), {}, {"academic_level": "B", "skill_test": "85.5"})
    assert marks == {"culture_paper": Decimal(240), "practice": Decimal("213.75")}


@pytest.mark.parametrize(
    ("beside", "sat", "counts"),
    [
        (BesideSat.HIGHER, 250, 250), (BesideSat.HIGHER, 200, 240),
        (BesideSat.RESULT, 250, 240), (BesideSat.RESULT, 200, 240),
    ],
)  # fmt: skip
def test_item_that_was_sat_as_well_counts_by_the_rule(world, beside, sat, counts):
    kind = with_rule(secondary(world), beside_sat=beside)
    given = standing_marks(kind, {"culture_paper": Decimal(sat)}, {"academic_level": "B"})
    assert given == {"culture_paper": Decimal(counts)}


def test_grade_of_which_nothing_is_known_gives_no_mark_and_takes_none_away(world):
    kind = secondary(world)
    assert standing_marks(kind, {}, {"academic_level": "D"}) == {}
    sat = {"culture_paper": Decimal(100)}
    assert standing_marks(kind, sat, {"academic_level": "D"}) == sat


@pytest.mark.parametrize(
    ("combine", "given", "mark"),
    [
        (Combined.HIGHEST, {"academic_level": "C", "second": "B"}, 120),
        (Combined.SUM, {"academic_level": "C", "second": "B"}, 210),
        (Combined.HIGHEST, {"academic_level": "C"}, 90),
        (Combined.SUM, {"academic_level": "C"}, None),
    ],
)
def test_several_results_give_the_highest_or_their_sum(world, combine, given, mark):
    kind = secondary(world)
    results = kind.results | {"second": kind.results["academic_level"]}
    marks = {"A": 150, "B": 120, "C": 90}
    changed = with_rule(kind, of=("academic_level", "second"), combine=combine, marks=marks)
    kind = changed.model_copy(update={"results": results})

    (converted,) = conversions_of(kind, {}, given)

    assert converted.mark == mark


def test_results_and_two_entries_stand_together_and_the_digest_names_both(world):
    marks = {"culture_paper": Decimal(200), "theory": Decimal(150)}
    enter_results(
        world.season, [Reported("2601", {"academic_level": "B", "skill_test": "90"})],
        actor=world.clerk,
    )  # fmt: skip
    for entry in ("first", "second"):
        enter_scores(
            world.season,
            [Marked("2601", marks)],
            entry=entry,
            actor=world.lead if entry == "second" else world.clerk,
        )

    sheet = ScoreSheet.objects.get()
    assert sheet.first == {"culture_paper": "200", "theory": "150"}
    assert sheet.marks == {"culture_paper": "240", "practice": "225", "theory": "150"}
    assert sheet.sums == {"culture": "240", "skill": "375", "total": "615"}
    sealed = seal_scores(world.season, actor=world.clerk)
    assert code_of(RuleError, enter_results, world.season, [], actor=world.clerk) == (
        "admissions.scores-sealed"
    )
    before = sealed.scores_digest
    ScoreSheet.objects.update(reported={"academic_level": "A", "skill_test": "90"})
    sealed.scores_sealed_at, sealed.scores_digest = None, ""
    sealed.save()
    assert seal_scores(sealed, actor=world.clerk).scores_digest != before


def test_results_count_only_once_both_entries_agree(world):
    enter_results(world.season, [Reported("2601", {"academic_level": "A"})], actor=world.clerk)
    assert ScoreSheet.objects.get().marks == {"culture_paper": "300"}

    one = [Marked("2601", {"theory": Decimal(150)})]
    enter_scores(world.season, one, entry="first", actor=world.clerk)

    assert ScoreSheet.objects.get().marks is None


def test_table_of_results_is_converted_and_replaced_by_the_next(world):
    outcome = bring(world, row(skill="88"), row("2602", "b"), row("2603", "", ""))
    assert counts_of(outcome) == (3, 0, 0)
    held = dict(ScoreSheet.objects.values_list("candidate__number", "marks"))
    assert held == {
        "2601": {"culture_paper": "300", "practice": "220"}, "2602": {"culture_paper": "240"},
    }  # fmt: skip

    again = bring(world, row(), row("2602", "b"))

    assert counts_of(again) == (0, 1, 1)
    assert ScoreSheet.objects.get(candidate__number="2601").marks == {"culture_paper": "300"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (row("9999"), (2, "number", "admissions.candidate-unknown")),
        (row(skill="101"), (2, "result_skill_test", "admissions.mark-outside")),
        (row(skill="-1"), (2, "result_skill_test", "admissions.mark-outside")),
        (row(skill="gut"), (2, "result_skill_test", "admissions.mark-outside")),
    ],
)
def test_result_that_cannot_be_read_is_a_problem(world, given, problem):
    assert problems_of(bring(world, given)) == [problem]


def test_recalled_rule_refuses_no_grade_and_a_checked_one_does(world, settings, tmp_path):
    assert counts_of(bring(world, row(level="优"))) == (1, 0, 0)
    assert ScoreSheet.objects.get().marks == {}

    copytree(ROOT / "packs", tmp_path / "packs")
    schemes = tmp_path / "packs" / "cq-2023-22" / "schemes.yaml"
    text = schemes.read_text(encoding="utf-8")
    checked = text.replace("          checked_by: null", "          checked_by: 王某")
    assert checked != text
    schemes.write_text(checked, encoding="utf-8")
    settings.ZHIQIAO_PACK = tmp_path / "packs" / "cq-2023-22"

    assert problems_of(bring(world, row("2602", level="优"))) == [
        (2, "result_academic_level", "admissions.grade-unknown")
    ]


def test_academic_level_and_skill_results_decide_places_and_each_candidate_reads_how(client, world):
    """Candidate 2604 has no mark in the paper and gets the last place of C1 by the results."""
    results = {"academic_level": "A", "skill_test": "100"}
    enter_results(world.season, [Reported("2604", results)], actor=world.clerk)
    play_until(world, Arrow.PUBLISH)

    run = Run.objects.latest("number")
    assert placed(world, run)["2604"] == "C1"
    told = Result.objects.get(run=run, candidate__number="2603").reasons
    assert told[0][:6] == [
        world.lines["C1"].pk, "below-cutoff", "630", "700", "-70", "total@college",
    ]  # fmt: skip
    assert check_run(run, actor=world.clerk) == []
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(world.candidate("2604").account)
    page = reverse("admissions:own_file", args=[world.candidate("2604").uid])
    mine = client.get(page).content.decode()
    assert "Grade of the academic-level examination in common subjects: A → 300" in mine
    assert "Academic-level skill test (0 to 100): 100 → 250" in mine
    assert "You also sat it and reached 250; the higher counts." in mine
    assert "For you 300 counts." in mine
    assert mine.count("Nobody has compared this conversion with the official text yet.") == 2
    assert MARKS["2604"] == (250, 150, 200)


def with_points(scheme, **adds):
    awards = {
        name: {
            "title": {"zh": name, "en": name},
            "adds": {"total": points},
            "batches": ["college"],
        }
        for name, points in adds.items()
    }
    return AdmissionScheme.model_validate(
        scheme.model_dump(by_alias=True, mode="json") | {"awards": awards}
    )


def test_points_of_several_titles_are_never_summed_and_the_highest_counts(world):
    scheme = with_points(world.season.rules, one=10, two=20)
    marks = {"culture_paper": Decimal(200), "theory": Decimal(150), "practice": Decimal(200)}

    both = columns_of(scheme, "secondary", marks, ["one", "two"], "college")
    none = columns_of(scheme, "secondary", marks, ["one", "two"], "bachelor")

    assert (both["total"], both["skill"], none["total"]) == (570, 350, 550)


def test_candidate_reads_what_a_granted_title_raises(client, world):
    play_until(world, Arrow.FREEZE_CHOICES)
    four = world.candidate("2604")
    Privilege.objects.create(
        candidate=four, award="municipal-first", evidence="证书", state="granted",
        asked_at=timezone.now(), decided_at=timezone.now(), decision="同意",
        published_on=today(), objections_until=today(),
    )  # fmt: skip
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(four.account)

    mine = client.get(reverse("admissions:own_season", args=[four.uid])).content.decode()

    assert "College batch · Vocational skill: 350 → 420" in mine
    assert "College batch · Total: 600 → 670" in mine
