"""Real objects for every address of the site, and one person per role."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.selection_world import selection_objects
from zhiqiao.apps.accounts.actions import (
    WantedApplication,
    WantedToken,
    connect_application,
    offer_token,
)
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import ApiToken, User
from zhiqiao.apps.accounts.tests.factories import bureau, make_member, make_user
from zhiqiao.apps.admissions.tests.rows import make_season_rows
from zhiqiao.apps.people.actions import add_guardian, give_consent
from zhiqiao.apps.people.choices import Purpose
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.people.tests.factories import make_person
from zhiqiao.apps.plan.actions import (
    Assignment,
    Words,
    assign_part,
    freeze_board,
    save_report,
    take_step,
    take_up_tasks,
)
from zhiqiao.apps.plan.models import Task, TaskPart
from zhiqiao.apps.plan.queries import Told
from zhiqiao.apps.portal.actions import notify
from zhiqiao.apps.portal.choices import NoticeKind
from zhiqiao.apps.portal.models import Dispatch
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.projects.rules import natural_key
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.core import files
from zhiqiao.core.dates import today
from zhiqiao.core.imports.actions import import_file, open_batch, request_check
from zhiqiao.core.models import Delivery, ImportBatch
from zhiqiao.core.policy import current_pack

PEOPLE: Mapping[str, Role | None] = {
    "anonymous": None,
    "clerk": Role.BUREAU_CLERK,
    "lead": Role.BUREAU_LEAD,
    "body": Role.BODY_CLERK,
    "school": Role.SCHOOL_CLERK,
    "sysadmin": Role.SYSTEM_ADMIN,
    "secadmin": Role.SECURITY_ADMIN,
    "audit": Role.AUDIT_ADMIN,
    "candidate": None,
}
METHODS = ("GET", "POST")
JUDGED = "tier-municipal"
PERIOD = date(2026, 9, 30)
COLUMNS = (
    "kind,name,holder,partners,level,batch_or_year,document,announced,area,source_url,"
    "source_title,confidence"
)
OPTIONS = {
    "provenance": "public-source",
    "read_on": "2026-11-23",
    "as_of": "2026-11-23",
    "basis": "tests",
}
# What a form must hold so that the person, and not the form, is what the answer is about.
FORMS: Mapping[str, Mapping[str, str]] = {"plan:freezes": {"label": "2026", "reason": "-"}}


@dataclass(frozen=True)
class Route:
    """One name of the URL table and how its address is written."""

    name: str
    pattern: str


def routes() -> list[Route]:
    return sorted(_walk(get_resolver(), "", ""), key=lambda route: (route.name, route.pattern))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}", pattern)


@dataclass(frozen=True)
class World:
    people: Mapping[str, User]
    organisation: Organisation
    objects: Mapping[str, object]
    sessions: Mapping[str, str]

    def address(self, route: Route) -> str:
        """Write the address of the route with objects that exist."""
        parts = route.pattern.removeprefix("api/v1/").strip("/").split("/")
        areas = ("/".join(parts[:2]), parts[0])

        def filled(found: re.Match[str]) -> str:
            keys = [*(f"{area}.{found['name']}" for area in areas), found["name"]]
            return str(next(self.objects[key] for key in keys if key in self.objects))

        plain = re.sub(r"\(\?P<\w+>[^)]*\)", "x1", route.pattern)
        plain = re.sub(r"<(?:\w+:)?(?P<name>\w+)>", filled, plain)
        return "/" + plain.replace("^", "").replace("$", "")

    def client(self, person: str, *, enforce_csrf_checks: bool = False) -> Client:
        """Give a browser in which the person signed in before; all of theirs share the session."""
        client = Client(enforce_csrf_checks, raise_request_exception=False)
        if person in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        return client


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what was written meanwhile, so that the next request finds the world as it was made."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_world() -> World:
    body = make_organisation("云岭区教育局", kind="government")
    people = {
        name: make_member(role, login=f"the-{name}", organisation=body if name == "body" else None)
        for name, role in PEOPLE.items()
        if role
    }
    people["candidate"] = make_user("the-candidate")
    pack = current_pack()
    area = make_region(pack.area, "重庆市")
    organisation = make_organisation("重庆工业职业技术学院", region=area)
    recognition = _recognition(area)
    text = "name\tkind\n云岭学院\tother\n"
    batch = _faulty_batch(people["clerk"])
    checked = open_batch("registry.organisations", actor=people["clerk"], text=text)
    frozen = freeze_board(actor=people["lead"], label="2026")
    objects = {
        "spec": "registry.organisations",
        "kind": recognition.kind,
        "article_id": next(iter(pack.articles)),
        "target_id": next(iter(pack.targets)),
        "property": JUDGED,
        "name": "majors",
        "anything": "elsewhere/",
        "imports.uid": batch.uid,
        "jobs.uid": request_check(checked, actor=people["clerk"]).uid,
        "files.uid": files.store("notice.txt", b"notice", actor=people["clerk"]).uid,
        "freezes.uid": frozen.uid,
        "recognitions.uid": recognition.uid,
        "pending.uid": recognition.uid,
        "organisations.uid": organisation.uid,
        "targets.uid": organisation.uid,
        "regions.uid": area.uid,
        "people.uid": _file_of_a_person().uid,
        **_admission(people),
        "accounts.uid": make_user("somebody-else").uid,
        "accounts.pk": "0",
        "token": "unknown",
        "accounts/systems.uid": connect_application(
            WantedApplication("图书馆", body.pk, "https://library.example/back"),
            actor=people["sysadmin"],
        ).application.uid,
        "accounts/tokens.uid": _offered_token(people, body).uid,
        **_coordination(people, body),
        **selection_objects(people, body),
        "notices.uid": _failed_message(people["body"]).uid,
        "deliveries.uid": _failed_delivery().uid,
    }
    sessions = {name: _session_of(user) for name, user in people.items()}
    return World(people, organisation, objects, sessions)


def _session_of(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _coordination(people: Mapping[str, User], body: Organisation) -> dict[str, object]:
    """A task in which the body takes part, with a draft and a reminder of its own."""
    take_up_tasks(actor=people["clerk"])
    given = Assignment(organisation=body.pk, role="lead", starts_on=date(2026, 1, 1))
    part: TaskPart = assign_part(Task.objects.get(code="K02"), given, actor=people["clerk"])
    draft = save_report(part, PERIOD, Words(progress="已完成一半"), actor=people["body"])
    return {
        "step": "note",
        "period": f"{PERIOD:%Y-%m-%d}",
        "period_to": f"{PERIOD:%Y-%m-%d}",
        "tasks.uid": part.task.uid,
        "task-parts.uid": part.uid,
        "reports.uid": draft.uid,
        "supervisions.uid": take_step(part, "reminder", text="请报送", actor=people["clerk"]).uid,
    }


def _admission(people: Mapping[str, User]) -> dict[str, object]:
    """A published season with one candidate, whose school and admitting college is the bureau's body."""
    rows = make_season_rows(school=bureau(), account=people["candidate"])
    season, candidate = rows["season"].uid, rows["candidate"].uid
    return {
        "arrow": "close",
        "admissions.uid": season,
        "place-lines.uid": rows["line"].uid,
        "candidates.uid": candidate,
        "runs.uid": rows["run"].uid,
        "verifier.name": "leaf.html",
        "closure-trials.uid": rows["closures"].uid,
        "sent-files.uid": rows["file"].uid,
        "strike-outs.uid": rows["strike_out"].uid,
        "appeals.uid": rows["appeal"].uid,
        "my-admission.uid": candidate,
        "pathways.uid": rows["contract"].uid,
        "cohorts.uid": rows["cohort"].uid,
        "cohort-members.uid": rows["member"].uid,
        "order": 1,
        "privileges.uid": rows["privilege"].uid,
        "assisted.uid": rows["assisted"].uid,
        "rechecks.uid": rows["recheck"].uid,
        "letters.uid": rows["letter"].uid,
        "letters.code": rows["letter"].code,
        "admissions/letters.code": rows["letter"].code,
    }


def _file_of_a_person() -> Person:
    person = make_person(keeper=bureau())
    guardian = add_guardian(person, name="云母", relation="mother", actor=None)
    give_consent(person, purpose=Purpose.ADMISSION, guardian=guardian, actor=None)
    return person


def _offered_token(people: Mapping[str, User], body: Organisation) -> ApiToken:
    wanted = WantedToken(
        name="程序", scopes=("tasks:read",), expires_on=today(), organisation=body.pk
    )
    return offer_token(wanted, owner=people["body"], actor=people["secadmin"])


def _failed_delivery() -> Delivery:
    delivery = Delivery.objects.order_by("id").first()
    assert delivery is not None
    delivery.state = "failed"
    delivery.save()
    return delivery


def _failed_message(recipient: User) -> Dispatch:
    told = Told(0, is_sample=False, code="K02", address="/tasks/", day=None)
    (notice,) = notify([recipient], NoticeKind.PART_ASSIGNED, told, key=uuid4())
    return Dispatch.objects.create(
        notice=notice, channel="email", state="failed", due_at=notice.created_at
    )


def _recognition(area: object) -> Recognition:
    row = Recognition(
        kind="municipal-consortium",
        name="某产教联合体",
        level="municipal",
        area=area,
        provenance="public-source",
        name_key="x",
        search_text="x",
    )
    row.natural_key = natural_key((row.kind, row.name, "", "", ""))
    row.save()
    return row


def _faulty_batch(actor: User) -> ImportBatch:
    """An import whose check found a fault, so that it has a file of errors."""
    row = "no-such-kind,某基地,,,national,,,2024,重庆市,,,single"
    with TemporaryDirectory() as folder:
        path = Path(folder, "list.csv")
        path.write_text(f"{COLUMNS}\n{row}\n", encoding="utf-8")
        return import_file("projects.recognitions", path, actor=actor, options=OPTIONS).batch
