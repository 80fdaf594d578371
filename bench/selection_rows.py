"""A call of invented applicants, in bulk: applications in every phase, reviews, experts, what goes with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

REVIEWS, EXPERTS, SCHOOLS, AT_ONCE = 5, 8_000, 300, 2_000
OWN_REVIEWS = 10
KIND = "training-base"
# Of twenty applications so many are in each phase.
MIX = (
    *["reviewing"] * 8, "recommending", "checking", "panel", *["deciding"] * 3, *["publicity"] * 2,
    *["building"] * 3, "refused",
)  # fmt: skip
WORDS = [
    f"{first}{second}" for first in "机电护理软件旅游" for second in "技术管理工程设计维修数字"
]


@dataclass
class Ground:
    """What every application refers to."""

    call: Any
    accounts: dict[str, Any]
    schools: Sequence[int]
    areas: Sequence[int]
    majors: Sequence[str]
    experts: Sequence[int] = field(default_factory=list)
    draw: Any = None


def lay_ground(*, experts: int = EXPERTS, password: str = "only-for-this-run") -> Ground:  # noqa: S107  # a throw-away database
    from django.contrib.auth import get_user_model  # noqa: PLC0415  # needs loaded apps

    from zhiqiao.apps.accounts.actions import create_sample_accounts  # noqa: PLC0415
    from zhiqiao.apps.projects.models import Draw  # noqa: PLC0415
    from zhiqiao.apps.registry.models import Major, Organisation, Region  # noqa: PLC0415

    create_sample_accounts(password=password)
    accounts = {one.login: one for one in get_user_model().objects.all()}
    areas = list(Region.objects.filter(code__startswith="50", path__startswith="/500000/"))
    schools = Organisation.objects.bulk_create(
        _school(number, areas[number % len(areas)]) for number in range(SCHOOLS)
    )
    majors = sorted(set(Major.objects.values_list("code", flat=True)))
    ground = Ground(
        call=_call(accounts["clerk"]),
        accounts=accounts,
        schools=[one.pk for one in schools],
        areas=[one.pk for one in areas],
        majors=majors,
    )
    ground.experts = _experts(ground, experts)
    if experts:
        _let_sign_in(ground, password)
    ground.draw = Draw.objects.create(call=ground.call, made_at=ground.call.opens_at)
    return ground


def _school(number: int, area: Any) -> Any:
    from zhiqiao.apps.registry.models import Organisation  # noqa: PLC0415  # needs loaded apps
    from zhiqiao.core.search import searchable_fields  # noqa: PLC0415

    name = f"第{number}职业学院（样例）"
    return Organisation(
        name=name, kind="higher-vocational", ownership="public", provenance="demonstration", region=area,
        **searchable_fields(name=name),
    )  # fmt: skip


def _call(clerk: Any) -> Any:
    from django.utils import timezone  # noqa: PLC0415  # needs settings

    from zhiqiao.apps.projects.actions import (  # noqa: PLC0415
        CallGiven,
        prepare_call,
        publish_call,
    )

    now = timezone.now()
    given = CallGiven(
        kind=KIND, level="municipal", year=2026, batch="1", title_zh="实训基地申报（样例）",
        title_en="Training bases (sample)", opens_at=now - timedelta(days=75),
        closes_at=now - timedelta(days=45), places=2_500,
    )  # fmt: skip
    call = publish_call(prepare_call(given, actor=clerk, demonstration=True), actor=clerk)
    call.kept_rules["lifecycle"]["review"]["reviews"] = REVIEWS
    call.rules_digest = "a bench of five reviews"
    call.save()
    return call


def _experts(ground: Ground, number: int) -> list[int]:
    from zhiqiao.apps.people.models import Expert, Person  # noqa: PLC0415  # needs loaded apps
    from zhiqiao.core.search import searchable_fields  # noqa: PLC0415

    draw, now = np.random.default_rng(2026), ground.call.opens_at
    people = Person.objects.bulk_create(
        (
            Person(
                name=f"专家{one}", born_on=now.date(), identity_sealed="", registered_at=now,
                identity_index=f"{one:064d}", identity_hint="", provenance="demonstration",
                **searchable_fields(name=f"专家{one}"),
            )
            for one in range(number)
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip
    kinds = ("vocational", "industry", "university", "research")
    made = Expert.objects.bulk_create(
        (
            Expert(
                person=person, category=kinds[place % 4], provenance="demonstration",
                employer_id=ground.schools[place % SCHOOLS] if place % 3 else None,
                employer_text=f"第{place}公司", region_id=ground.areas[place % len(ground.areas)],
                fields=sorted({code[:4] for code in draw.choice(ground.majors, 3)}),
                topics="、".join(draw.choice(WORDS, 5)), most_reviews=7, entered_at=now,
            )
            for place, person in enumerate(people)
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip
    return [one.pk for one in made]


def _let_sign_in(ground: Ground, password: str) -> None:
    from zhiqiao.apps.accounts.actions import Person, open_own_account  # noqa: PLC0415
    from zhiqiao.apps.people.models import Person as PersonFile  # noqa: PLC0415

    account = open_own_account(
        Person(login="reviewer", name="专家0"), password=password, demonstration=True
    )
    PersonFile.objects.filter(expert=ground.experts[0]).update(account=account)
    ground.accounts["reviewer"] = account


def fill(ground: Ground, numbers: range, *, only: str = "") -> None:
    """Add the applications of these numbers with everything that belongs to them."""
    from django.db import connection, transaction  # noqa: PLC0415  # needs settings

    from zhiqiao.core import revisions  # noqa: PLC0415

    with transaction.atomic():
        rows = _applications(ground, numbers, only)
        if not only:
            _reviews(ground, rows)
            _results(ground, rows)
        revisions.bump("plan")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _applications(ground: Ground, numbers: range, only: str) -> list[Any]:
    from zhiqiao.apps.projects.models import Application, Content, Standing  # noqa: PLC0415
    from zhiqiao.packs import Phase  # noqa: PLC0415

    flow, draw = ground.call.rules.flow, np.random.default_rng(numbers.start)
    state_of = {
        phase: next(name for name, one in flow.states.items() if one.phase == Phase(phase))
        for phase in {*MIX}
    }
    bodies = [
        ground.accounts[login].memberships.first().organisation_id for login in ("body", "school")
    ]
    made = Application.objects.bulk_create(
        (
            _application(ground, number, only or MIX[number % len(MIX)], state_of, bodies)
            for number in numbers
        ),
        batch_size=AT_ONCE,
    )
    Content.objects.bulk_create(
        (Content(application=row, answers=_answers(ground, draw), saved_at=row.begun_at) for row in made),
        batch_size=AT_ONCE,
    )  # fmt: skip
    Standing.objects.bulk_create(
        (_standing(row, place) for row, place in zip(made, numbers, strict=True)),
        batch_size=AT_ONCE,
    )
    return made


def _application(
    ground: Ground, number: int, phase: str, state_of: dict[str, str], bodies: list[int]
) -> Any:
    from zhiqiao.apps.projects.models import Application  # noqa: PLC0415
    from zhiqiao.core.search import searchable_fields  # noqa: PLC0415

    at, title = ground.call.opens_at, f"课程{number}"
    is_own = number % 5 == 0 if number < 100 else number % 50 == 0
    is_recommended = number < 100 or number % 10 == 0
    return Application(
        call=ground.call, title=title, state=state_of[phase], phase=phase, entered_on=at.date(),
        applicant_id=bodies[1] if is_own else ground.schools[number % SCHOOLS],
        recommender_id=bodies[0] if is_recommended else None,
        area_id=ground.areas[number % SCHOOLS % len(ground.areas)],
        due_on=(at + timedelta(days=60 + number % 60)).date(), begun_at=at, handed_in_at=at,
        number=f"2026-{number:05d}",
        publicity_until=(at + timedelta(days=90)).date() if phase == "publicity" else None,
        **searchable_fields(name=title),
    )  # fmt: skip


def _answers(ground: Ground, draw: np.random.Generator) -> dict[str, str]:
    words = "，".join(draw.choice(WORDS, 12))
    return {"major": str(draw.choice(ground.majors)), "basis": words * 15, "plan": words * 15}


def _standing(row: Any, place: int) -> Any:
    from zhiqiao.apps.projects.models import Standing  # noqa: PLC0415

    figures = {
        "reviews": REVIEWS,
        "spread": place % 4_000,
        "trimmed": 8_000,
        "median": 8_000,
        "ranks": {},
    }
    is_scored = row.phase not in {"recommending", "checking"}
    score = (
        {"official": 9_999 - place % 5_000, "rank": place + 1, "figures": figures}
        if is_scored
        else {}
    )
    return Standing(application=row, **score, computed_at=row.begun_at)  # fmt: skip


def _reviews(ground: Ground, rows: Sequence[Any]) -> None:
    from zhiqiao.apps.projects.models import Draw, Review  # noqa: PLC0415

    Review.objects.bulk_create(_reviews_of(ground, rows), batch_size=AT_ONCE)
    lacking = [row.pk for row in rows if row.phase == "reviewing"][::4]
    told = [
        {"application": key, "missing": 1, "listed": 60, "barred": 3, "full": 40} for key in lacking
    ]
    kept = Draw.objects.get(pk=ground.draw.pk)
    kept.shortages = [*kept.shortages, *told]
    kept.figures = {"applications": 4_000, "wanted": 20_000, "proposed": 18_000, "experts": 7_000}
    kept.save()


def _reviews_of(ground: Ground, rows: Sequence[Any]) -> Iterator[Any]:
    from zhiqiao.apps.projects.models import Review  # noqa: PLC0415

    at, others = ground.call.opens_at, ground.experts[1:]
    for row in rows:
        number = int(row.number[5:])
        for seat in range(REVIEWS):
            is_own = seat == 0 and number < OWN_REVIEWS
            expert = (
                ground.experts[0] if is_own else others[(number * REVIEWS + seat) % len(others)]
            )
            is_out = row.phase == "reviewing" and seat > 1
            state = ("asked", "accepted", "proposed")[seat - 2] if is_out else "handed-in"
            is_there = state == "handed-in"
            yield Review(
                application=row, expert_id=expert, letter="ABCDE"[seat], state=state, draw=ground.draw,
                reason={"by": "fit", "fit": 500_000}, due_on=at.date(), asked_at=at,
                accepted_at=at if state in {"accepted", "handed-in"} else None,
                handed_in_at=at if is_there else None, total=6_000 + number * 37 % 3_000 if is_there else None,
                words=f"意见{number}-{seat}" * 20, seconds_read=90 if number % 20 == 0 else 900,
            )  # fmt: skip


def _results(ground: Ground, rows: Sequence[Any]) -> None:
    from zhiqiao.apps.projects.models import (  # noqa: PLC0415
        Application,
        BuildReport,
        Panel,
        PanelItem,
        ProjectObjection,
        Recognition,
        UnsuitableExpert,
    )
    from zhiqiao.core.search import searchable_fields  # noqa: PLC0415

    at = ground.call.opens_at
    built = [row for row in rows if row.phase == "building"]
    listed = Recognition.objects.bulk_create(
        Recognition(
            kind=KIND, name=row.title, level="municipal", area_id=ground.areas[0],
            holder_text="样例", provenance="demonstration", natural_key=f"bench-{row.number}",
            **searchable_fields(name=row.title),
        )
        for row in built
    )  # fmt: skip
    for row, one in zip(built, listed, strict=True):
        row.recognition = one
    Application.objects.bulk_update(built, ["recognition"], batch_size=AT_ONCE)
    BuildReport.objects.bulk_create(
        BuildReport(application=row, report="yearly", number=number, due_on=at.date() + timedelta(days=365 * number))
        for row in built for number in (1, 2)
    )  # fmt: skip
    ProjectObjection.objects.bulk_create(
        ProjectObjection(
            application=row, text="异议", name="某人", contact_sealed="", code=f"{row.pk:064d}",
            filed_at=at, **({"answer": "不成立", "is_upheld": False, "answered_at": at} if row.pk % 2 else {}),
        )
        for row in rows if row.phase == "publicity"
    )  # fmt: skip
    UnsuitableExpert.objects.bulk_create(
        UnsuitableExpert(
            application=row, position=1, name=f"专家{row.pk % 50}", employer_text="", reason="竞争"
        )
        for row in rows[::10]
    )
    waiting = [row for row in rows if row.phase == "panel"]
    for start in range(0, len(waiting), 25):
        panel = Panel.objects.create(call=ground.call, title=f"第{start}组", held_on=at.date())
        PanelItem.objects.bulk_create(
            PanelItem(panel=panel, application=row) for row in waiting[start : start + 25]
        )
