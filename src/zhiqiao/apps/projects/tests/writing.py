"""A call that asks for one field of every kind, and a draft in it, complete or empty."""

import json
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.projects.actions import (
    Begun,
    PartGiven,
    PersonGiven,
    Upload,
    attach_file_to,
    begin_application,
    save_part,
)
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.queries import seal_of, written_of
from zhiqiao.apps.projects.tests.calls import make_call
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.packs import Lifecycle

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
ANSWERS = {
    "name_line": "智能制造",
    "basis": "有三年建设经验。",
    "rooms": "3",
    "share": "50.5",
    "spent": "1200.00",
    "begun_on": "2020-09-01",
    "shared": "yes",
    "track": "a",
    "page": "https://example.org/base",
}


def text(words):
    return {"zh": words, "en": words}


def _field(kind, section="basis", **more):
    return {"title": text(kind), "kind": kind, "section": section, **more}


def lifecycle(**changes):
    """Say what the call asks for; ``changes`` replace whole parts."""
    told = {
        "id": "standard",
        "title": text("试验流程"),
        "flow": "standard",
        "recommender": "school",
        "sections": {"basis": text("基本情况"), "plan": text("方案")},
        "fields": {
            "name_line": _field("line", most=20, names=True),
            "basis": _field("text", least=5, most=30),
            "rooms": _field("whole", least=2, most=9),
            "share": _field("number", most=100),
            "spent": _field("money"),
            "begun_on": _field("day"),
            "shared": _field("flag"),
            "track": _field("choice", options={"a": text("甲"), "b": text("乙")}),
            "page": _field("address", needed=False),
            "team": _field("people", "plan", least=1, most=3, names=True),
            "partners": _field("bodies", "plan", needed=False, most=2, names=True),
        },
        "files": {
            "sealed_copy": {"title": text("盖章扫描件"), "endings": ["pdf"], "most_mb": 1},
            "annexes": {
                "title": text("佐证"),
                "needed": False,
                "endings": ["pdf", "jpg"],
                "most": 2,
                "names": True,
            },
        },
        "budget": {
            "lines": {"equipment": text("设备"), "other": text("其他")},
            "sources": {"public": text("财政"), "own": text("自筹")},
            "most_cny": 1_000_000,
        },
        "indicators": {
            "trained": {"title": text("培训"), "unit": text("人次"), "least": 100},
        },
        "building": {
            "months": 24,
            "reports": {"yearly": {"title": text("年报"), "due_months": 12}},
        },
        "source": "platform-setting",
    }
    return Lifecycle.model_validate(told | changes)


def make_form_call(*, batch="第一批", year=2026, **changes) -> Call:
    """Publish a call that asks for everything, whatever the pack says of its kind."""
    call = make_call(kind="course-ideology-centre", batch=batch, year=year)
    rules = dict(call.kept_rules)
    rules["lifecycle"] = lifecycle(**changes).model_dump(mode="json", by_alias=True)
    canonical = json.dumps(rules, sort_keys=True)
    call.kept_rules, call.rules_digest = rules, sha256(canonical.encode()).hexdigest()
    call.save()
    return call


def make_school(name="云岭学院", login="the-school"):
    school = make_organisation(name, kind="higher-vocational")
    return school, make_member(Role.SCHOOL_CLERK, login=login, organisation=school)


def begin(call, school, clerk, title="智能制造基地"):
    return begin_application(call, school.pk, Begun(title=title), actor=clerk)


def save(application, part, actor, **given):
    """Save a part over what is there now."""
    seal = seal_of(written_of(application), part)
    return save_part(application, part, PartGiven(**given), seal=seal, actor=actor)


def budget(public="600.00"):
    return {
        "lines": {"equipment": {"2026": "500.10"}, "other": {"2027": "99.90"}},
        "sources": {"public": {"2026": public}},
    }


def attach(application, clerk, wanted="sealed_copy", name="扫描.pdf", content=PDF, **more):
    upload = Upload(name, len(content), [content], **more)
    return attach_file_to(application, wanted, upload, actor=clerk)


def complete(application, clerk):
    """Fill everything in, so that nothing stands against handing in."""
    save(application, "basis", clerk, answers=ANSWERS)
    save(application, "plan", clerk, people={"team": [PersonGiven("张老师", "负责人")]})
    save(application, "form-budget", clerk, budget=budget())
    save(application, "form-indicators", clerk, indicators={"trained": "120"})
    attach(application, clerk)
    return application


def close_window(call):
    """Let the term pass while somebody types."""
    now = timezone.now()
    call.opens_at, call.closes_at = now - timedelta(days=9), now - timedelta(minutes=1)
    call.save()


def decimals(*numbers):
    return tuple(Decimal(number) for number in numbers)
