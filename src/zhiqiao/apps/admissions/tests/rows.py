"""One row of every table of admission, written directly: for checks of who is let through to what."""

from datetime import date, timedelta

from django.utils import timezone

from zhiqiao.apps.admissions.models import (
    Answer,
    Appeal,
    AssistedChoices,
    Candidate,
    ChoiceChange,
    ChoiceList,
    ClosureTrial,
    Cohort,
    CohortMember,
    Enrolment,
    GateResult,
    Letter,
    Objection,
    PathwayContract,
    PathwayGate,
    PlaceFlow,
    PlaceLine,
    Privilege,
    Recheck,
    Result,
    Run,
    RunLine,
    ScoreSheet,
    Season,
    SentFile,
    StrikeOut,
)
from zhiqiao.apps.people.tests.factories import make_person
from zhiqiao.core import files
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.sealing import seal

BATCH = {"name": "college", "rules": {"mechanism": "serial", "ties": {"policy": "admit-all"}}}
BUNDLE = {"rules": {"text": {"batches": [BATCH]}}, "lines": []}


def make_season_rows(*, school, account) -> dict[str, object]:
    """Give a published season in which a candidate with an account was admitted to a school."""
    now = timezone.now()
    season = Season.objects.create(
        scheme="he-classified", year=2026, state="published", provenance=Provenance.REPORTED,
        opened_at=now, appeals_until=today() + timedelta(days=3), scores_sealed_at=now,
        scores_digest="d",
    )  # fmt: skip
    line = PlaceLine.objects.create(
        season=season, school=school, code="A1", major="计算机应用技术", batch="college",
        exam_type="secondary", category="computer", requested=2, state="approved",
    )  # fmt: skip
    draft = PlaceLine.objects.create(
        season=season, school=school, code="A2", major="护理", batch="college",
        exam_type="secondary", category="nursing", requested=2,
    )  # fmt: skip
    PlaceFlow.objects.create(
        season=season, kind="grant", to_line=line, number=2, round=0, approval="文", rule="plan",
        booked_at=now,
    )  # fmt: skip
    person = make_person(77, keeper=school)
    person.account = account
    person.save()
    candidate = Candidate.objects.create(
        season=season, person=person, account=account, number="2601", exam_type="secondary",
        category="computer", school=school, eligibility="eligible",
    )  # fmt: skip
    held = _own_rows(candidate, line)
    run = _runs(season, candidate, line)
    file = SentFile.objects.create(candidate=candidate, school=school, line=line, sent_at=now)
    strike_out = StrikeOut.objects.create(
        candidate=candidate, line=line, round=0, ground="health", note="体检", asked_at=now
    )
    Answer.objects.create(candidate=candidate, line=line, says="accepted", at=now)
    Enrolment.objects.create(candidate=candidate, line=line, registered_on=today())
    appeal = Appeal.objects.create(
        candidate=candidate, run=run, text="复核", filed_at=now, answer_by=today()
    )
    closures = ClosureTrial.objects.create(
        season=season, round=0, minimum=20, inputs_digest="d", steps=[[line.pk, 1, 20]],
        moves=[[1, candidate.pk, line.pk, None]], admitted_before=1, admitted_after=0, made_at=now,
    )  # fmt: skip
    return {
        "closures": closures,
        "season": season, "line": line, "draft": draft, "candidate": candidate, "run": run,
        "file": file, "strike_out": strike_out, "appeal": appeal,
        "letter": _letter(candidate, line), **held, **_pathways(school, person),
    }  # fmt: skip


def _pathways(school, person):
    """Give a contract in force with a gate and a member, and a draft of the same school."""
    shared = {"scheme": "he-classified", "school": school, "receiving": school, "major": "护理",
              "receiving_major": "护理", "first_year": 2023, "provenance": Provenance.REPORTED}  # fmt: skip
    contract = PathwayContract.objects.create(
        kind="three-two", state="in-force", approval="文", **shared
    )
    draft = PathwayContract.objects.create(kind="three-four", **shared)
    for one in (contract, draft):
        gate = PathwayGate.objects.create(contract=one, order=1, year_of_study=3, title_zh="转段")
        cohort = Cohort.objects.create(contract=one, entry_year=2023, entered=40)
        member = CohortMember.objects.create(
            cohort=cohort, person=person, entered_on=date(2023, 9, 1)
        )
        GateResult.objects.create(member=member, gate=gate, outcome="passed", at=timezone.now())
    first = CohortMember.objects.get(cohort__contract=contract)
    return {"contract": contract, "cohort": first.cohort, "member": first}


def _own_rows(candidate, line):
    now = timezone.now()
    ScoreSheet.objects.create(
        candidate=candidate, marks={"theory": "1"}, sums={"total": "1"}, changed_at=now
    )
    paper = files.store("scan.pdf", b"%PDF-1.7 scan", actor=None)
    privilege = Privilege.objects.create(
        candidate=candidate, award="municipal-first", evidence="证书", file=paper, asked_at=now,
        state="published", published_on=today(), objections_until=today() + timedelta(days=14),
    )  # fmt: skip
    Objection.objects.create(
        privilege=privilege, text="不实", filed_by=candidate.account, filed_at=now
    )
    ChoiceList.objects.create(candidate=candidate, round=0, lines=[line.pk], changed_at=now)
    ChoiceChange.objects.create(
        candidate=candidate, round=0, version=1, lines=[line.pk], made="own", at=now
    )
    assisted = AssistedChoices.objects.create(
        candidate=candidate, round=0, lines=[line.pk], form="表", scan=paper, why="无网络",
        asked_at=now,
    )  # fmt: skip
    recheck = Recheck.objects.create(
        candidate=candidate, text="技能分", filed_at=now, answer_by=today()
    )
    return {"privilege": privilege, "assisted": assisted, "recheck": recheck}


def _letter(candidate, line):
    return Letter.objects.create(
        candidate=candidate, line=line, number="2026-A1-001", name=candidate.person.name,
        candidate_number=candidate.number, code="a-code-that-nobody-guesses", issued_at=timezone.now(),
    )  # fmt: skip


def _runs(season, candidate, line):
    now = timezone.now()
    run = Run.objects.create(
        season=season, round=0, kind="final", number=1, inputs_digest="d", bundle=BUNDLE,
        signature="s", leaves=files.store("leaves.txt", b"00", actor=None),
        secret_sealed=seal("00"), admitted=1, candidates=1, seconds=1.0, finished_at=now,
        confirmed_at=now, published_at=now,
    )  # fmt: skip
    trial = Run.objects.create(
        season=season, round=0, kind="trial", number=2, inputs_digest="d", bundle=BUNDLE,
        signature="s", leaves=run.leaves, secret_sealed=seal("00"), admitted=1, candidates=1,
        seconds=1.0, finished_at=now,
    )  # fmt: skip
    for one in (run, trial):
        RunLine.objects.create(run=one, line=line, places=2, admitted=1)
        Result.objects.create(
            run=one, candidate=candidate, line=line, rank=1,
            reasons=[[line.pk, "admitted", "", "", ""]],
        )  # fmt: skip
    return run
