"""Row-level security: what each role is let through to in each table, whatever the query says.

``row_security.csv`` is the decision on every table: *protected*, or why it is open. A new table
fails until it is decided.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import ProgrammingError, connection, transaction

from tests.architecture.access_world import PEOPLE, World
from tests.architecture.row_rules import RULES, Who
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.admissions.actions import ask_step, make_run
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import (
    Cohort,
    Letter,
    PathwayContract,
    PathwayGate,
    PlaceLine,
    Run,
    RunLine,
    SentFile,
)
from zhiqiao.apps.admissions.tests.factories import make_season_world, play_until
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.plan.models import ProgressReport, Supervision, Task, TaskPart
from zhiqiao.apps.portal.models import Notice
from zhiqiao.apps.projects.choices import PUBLIC_PHASES
from zhiqiao.apps.projects.models import Application, Call
from zhiqiao.apps.registry.models import Organisation, Region
from zhiqiao.core.jobs import Progress
from zhiqiao.core.measures import evaluate
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.policy import current_pack
from zhiqiao.core.reach import NOBODY, SYSTEM, OfRequest, Reach, reach_of, reaching
from zhiqiao.core.row_security import protected_models

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("row_security.csv")
PROTECTED = [model for model, _condition in protected_models()]
OF_DRAFT = " WHERE contract_id IN (SELECT id FROM admissions_pathwaycontract WHERE state = 'draft')"
PHASES_SHOWN = ", ".join(f"'{phase}'" for phase in sorted(PUBLIC_PHASES))
NEVER_PUBLIC = f" WHERE phase NOT IN ({PHASES_SHOWN})"
NOT_PUBLIC = {
    "admissions.pathwaycontract": " WHERE state = 'draft'",
    "admissions.pathwaygate": OF_DRAFT,
    "admissions.cohort": OF_DRAFT,
    "admissions.placeline": " WHERE state <> 'approved'",
    "projects.application": NEVER_PUBLIC,
    "projects.call": " WHERE state = 'draft'",
    "admissions.run": " WHERE published_at IS NULL",
    "admissions.runline": " WHERE run_id IN (SELECT id FROM admissions_run WHERE published_at IS NULL)",
}
# Tables of which published rows are for everybody.
PUBLIC_IN_PART = {
    "admissions.pathwaycontract": lambda pk: PathwayContract.objects.get(pk=pk).state != "draft",
    "admissions.pathwaygate": lambda pk: PathwayGate.objects.get(pk=pk).contract.state != "draft",
    "admissions.cohort": lambda pk: Cohort.objects.get(pk=pk).contract.state != "draft",
    "admissions.placeline": lambda pk: PlaceLine.objects.get(pk=pk).state == "approved",
    "projects.application": lambda pk: Application.objects.get(pk=pk).phase in PUBLIC_PHASES,
    "projects.call": lambda pk: Call.objects.get(pk=pk).state != "draft",
    "admissions.run": lambda pk: Run.objects.get(pk=pk).published_at is not None,
    "admissions.runline": lambda pk: RunLine.objects.get(pk=pk).run.published_at is not None,
}


@contextmanager
def as_program() -> Iterator[None]:
    """Take the role of the running program, as every connection of a real installation does."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE zhiqiao_app")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def reach_by_name(world: World, name: str) -> Reach:
    if name == "anonymous":
        return reach_of(AnonymousUser())
    return reach_of(User.objects.get(pk=world.people[name].pk))


def seen(reach: Reach, model: type) -> set[int]:
    with as_program(), reaching(reach):
        return set(model._base_manager.values_list("pk", flat=True))


def test_every_table_is_decided():
    with TABLE.open(encoding="utf-8", newline="") as file:
        decided = {row["table"]: row["decision"] for row in csv.DictReader(file)}
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables - set(decided) == set()
    assert set(decided) - tables == set()
    marked = {table for table, decision in decided.items() if decision == "protected"}
    assert marked == {model._meta.db_table for model in PROTECTED}
    assert all(len(decision) > 10 for decision in decided.values() if decision != "protected")


@pytest.mark.parametrize("model", PROTECTED, ids=lambda model: model._meta.db_table)
def test_nothing_comes_out_when_nobody_asks(model, world):
    open_to_all = {AuditEntry: {"registry", "projects"}}.get(model, set())
    if model._meta.label_lower in PUBLIC_IN_PART:
        found = {
            pk for pk in seen(NOBODY, model) if not PUBLIC_IN_PART[model._meta.label_lower](pk)
        }
        assert found == set()
        return
    found = seen(NOBODY, model)
    if open_to_all:
        kinds = AuditEntry.objects.filter(pk__in=found).values_list("subject_type", flat=True)
        assert {kind.split(".")[0] for kind in kinds} <= open_to_all
    else:
        assert found == set()


@pytest.mark.parametrize("model", PROTECTED, ids=lambda model: model._meta.db_table)
def test_nothing_comes_out_by_plain_sql_without_words(model, world):
    """What a connection that was told nothing sees, not even that it is nobody."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for name in ("everything", "person", "bodies", "roles"):
            cursor.execute(f"SELECT set_config('zhiqiao.{name}', NULL, true)")
        cursor.execute("SET LOCAL ROLE zhiqiao_app")
        where = " WHERE subject_type NOT LIKE 'registry.%' AND subject_type NOT LIKE 'projects.%'"
        where = where if model is AuditEntry else NOT_PUBLIC.get(model._meta.label_lower, "")
        cursor.execute(f"SELECT count(*) FROM {table}{where}")  # noqa: S608 - a table of ours
        (number,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
    assert number == 0


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_sees_what_its_queries_may_show_and_no_more(name, world):
    reach = reach_by_name(world, name)
    for model in PROTECTED:
        assert seen(reach, model) == expected(world, name, model), model._meta.db_table


def expected(world: World, name: str, model: type) -> set[int]:
    """Say in Python what the policies say in SQL."""
    rows = list(model._base_manager.all())
    person = world.people.get(name)
    bodies = {m.organisation_id for m in person.memberships.all()} if person else set()
    allowed = RULES[model._meta.db_table]
    who = Who(name, person.pk if person else None, bodies)
    return {row.pk for row in rows if allowed(row, who)}


def test_the_world_holds_something_that_could_leak(world):
    filled = {model._meta.db_table for model in PROTECTED if model._base_manager.exists()}
    assert filled >= {
        "core_importbatch", "portal_notice", "portal_dispatch", "plan_task", "plan_taskpart",
        "plan_progressreport", "plan_supervision", "core_auditentry", "people_person",
        "people_guardian", "people_consent",
    }  # fmt: skip


def test_a_body_writes_nothing_into_the_part_of_another(world):
    part = TaskPart.objects.first()
    with as_program(), reaching(reach_by_name(world, "school")):
        assert TaskPart.objects.filter(pk=part.pk).update(starts_on=part.starts_on) == 0
        assert Supervision.objects.all().delete()[0] == 0
        notice = Notice(
            recipient=world.people["clerk"], kind="part-assigned", key=uuid4(), code="K", address="/",
            created_at=world.people["clerk"].date_joined,
        )  # fmt: skip
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            notice.save()


def test_school_reads_whose_file_was_sent_to_it_though_another_keeps_the_person(world):
    person = Person.objects.get(candidacies__isnull=False)
    person.keeper = world.organisation
    person.save()
    season = Run.objects.first().season
    client = world.client("school")
    with as_program():
        page = client.get(f"/admissions/{season.uid}/files/").content.decode()
    assert person.name in page


def test_figures_are_the_same_for_whoever_asks_first(world):
    """Results and enrolments are protected; how many there are is for everybody."""
    pack = current_pack()
    wanted = [one for one in pack.measures.values() if one.source == "admissions.intake"]
    Organisation.objects.update(region=Region.objects.get(code=pack.area))
    whole = evaluate(wanted, area=pack.area)
    with as_program(), reaching(NOBODY):
        told = evaluate(wanted, area=pack.area)

    assert [count.value for count in whole.values() if count.value] != []
    assert told == whole


def test_published_words_reach_everybody_though_their_rows_do_not(world):
    run, letter = Run.objects.get(number=1), Letter.objects.get()
    pages = {
        f"/admissions/{run.season.uid}/notice/": letter.name,
        f"/admissions/letters/{letter.code}/": letter.number,
        f"/runs/{run.uid}/statistics/": "<meter" if run.candidates > 2 else "kept",
    }
    client = world.client("anonymous")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for address, words in pages.items():
        with as_program():
            page = client.get(address).content.decode()
        assert words in page, address
        assert letter.candidate.person.identity_hint not in page
    with as_program(), reaching(NOBODY):
        assert not Letter.objects.exists()


def test_a_run_of_admission_is_made_by_the_role_of_the_running_program(world):
    season = make_season_world(year=2027)
    play_until(season, Arrow.FREEZE_CHOICES)
    asked = ask_step(season.again(), Arrow.RUN_TRIAL, actor=season.clerk)
    with as_program(), reaching(SYSTEM):
        run = make_run(season.again(), asked, actor=season.clerk, progress=Progress())
    assert run.results.count() == 5


class Asked:
    def __init__(self, user):
        self.user = user


def test_an_action_reaches_what_its_rule_allowed_and_a_page_does_not(world):
    with as_program():
        base = len(connection.savepoint_ids) + 1
        with reaching(OfRequest(Asked(world.people["school"]), depth=base)):
            assert not ProgressReport.objects.exists()
            with transaction.atomic():
                assert ProgressReport.objects.exists()
            assert not ProgressReport.objects.exists()


@transaction.atomic
def fail_in_a_transaction():
    with reaching(SYSTEM):
        assert Task.objects.exists()
        raise RuntimeError


def test_what_was_told_in_a_transaction_is_told_again_after_it_failed(world):
    with as_program(), reaching(reach_by_name(world, "school")):
        with pytest.raises(RuntimeError):
            fail_in_a_transaction()
        assert not Task.objects.exists()


def test_pages_are_served_under_the_policies(world):
    for name, number in (("clerk", 1), ("body", 1), ("school", 0)):
        client = world.client(name)
        with as_program():
            page = client.get("/tasks/").content.decode()
        assert ("K02" in page) is bool(number)


def test_school_of_origin_lists_its_candidate_though_another_keeps_the_person(world):
    person = Person.objects.get(candidacies__isnull=False)
    candidate = person.candidacies.get()
    SentFile.objects.update(closed_at=candidate.season.opened_at)
    person.keeper = world.organisation
    person.save()
    client = world.client("school")
    with as_program():
        listed = client.get(f"/admissions/{candidate.season.uid}/candidates/").content.decode()
        page = client.get(candidate.get_absolute_url())
        stranger = world.client("body").get(candidate.get_absolute_url())
    assert (candidate.number in listed, person.name in listed) == (True, True)
    assert (page.status_code, stranger.status_code) == (200, 403)
