"""Calls, applications and experts as small as a test needs them."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.people.models import Expert
from zhiqiao.apps.people.tests.factories import make_person
from zhiqiao.apps.projects.actions import CallGiven, prepare_call, publish_call
from zhiqiao.apps.projects.models import Application, Call, Content, Standing
from zhiqiao.apps.projects.tests.factories import region
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.search import searchable_fields
from zhiqiao.packs import Phase

ANSWERS = {
    "basis": "有三年建设经验。",
    "goals": "建成示范基地。",
    "measures": "校企共建共管。",
    "finish_on": "2029-12-31",
}


def make_call(
    *, kind="training-base", level="municipal", published=True, batch="第一批", **given
) -> Call:
    """Make a call that is open now, under whatever lifecycle the pack says of the kind."""
    region()
    now = timezone.now()
    wanted = CallGiven(
        **{
            "kind": kind,
            "level": level,
            "year": 2026,
            "batch": batch,
            "title_zh": "关于组织申报的通知",
            "title_en": "Call for applications",
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=30),
        }
        | given
    )
    call = prepare_call(wanted, actor=None)
    return publish_call(call, actor=None) if published else call


def make_application(
    call: Call, *, applicant=None, state="draft", title="虚拟仿真基地", number="", recommender=None
) -> Application:
    """Put an application straight into a state, without the moves that lead there."""
    applicant = applicant or make_organisation(f"云岭学院{number}", kind="higher-vocational")
    phase = call.rules.flow.states[state].phase
    is_in = phase is not Phase.DRAFTING
    made = Application.objects.create(
        call=call,
        applicant=applicant,
        recommender=recommender,
        area=applicant.region,
        title=title,
        number=(number or "2026-0001") if is_in else "",
        state=state,
        phase=phase,
        entered_on=today(),
        begun_at=timezone.now(),
        handed_in_at=timezone.now() if is_in else None,
        **searchable_fields(name=title),
    )
    Content.objects.create(application=made, answers=ANSWERS, saved_at=timezone.now())
    Standing.objects.create(application=made)
    return made


def make_expert(
    serial=1, *, name="评审专家", category="vocational", account=None, **fields
) -> Expert:
    person = make_person(900 - serial, name=name, born="19750315")
    if account is not None:
        person.account = account
        person.save()
    return make_expert_of(person, category=category, **fields)


def make_expert_of(person, *, category="vocational", **fields) -> Expert:
    entered_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Expert.objects.create(
        person=person,
        category=category,
        entered_at=entered_at,
        provenance=person.provenance,
        **fields,
    )


def people(*, applicant=None, recommender=None):
    """Return the usual people: two of the bureau, and one of each body that is given."""
    found = {
        "clerk": make_member(Role.BUREAU_CLERK, login="the-clerk"),
        "lead": make_member(Role.BUREAU_LEAD, login="the-lead"),
    }
    if applicant:
        found["school"] = make_member(Role.SCHOOL_CLERK, login="the-school", organisation=applicant)
    if recommender:
        found["district"] = make_member(
            Role.BODY_CLERK, login="the-district", organisation=recommender
        )
    return found
