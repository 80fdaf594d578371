"""Projects that are being built, as small as a test needs them: entered by the real moves."""

from django.utils import timezone

from zhiqiao.apps.projects.actions import sign_move, take_move
from zhiqiao.apps.projects.models import Application, Call, Content
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today

PROMISED = {"people_trained": "100", "partners_joined": "10"}


# A kind without a lifecycle of its own, so that the figures of the standard one hold.
STANDARD = "talent-class"


def standard_call(**given) -> Call:
    return make_call(kind=STANDARD, **given)


def again(application) -> Application:
    return Application.objects.select_related("call", "applicant").get(pk=application.pk)


def moved(application, move, who, *, reason="经集体研究决定"):
    """Take a move of the bureau with both signatures."""
    step = take_move(again(application), move, actor=who["clerk"], reason=reason)
    if not step.is_taken:
        sign_move(again(application), actor=who["lead"])
    return again(application)


def over(application) -> Application:
    """Let the notice of an application be over."""
    Application.objects.filter(pk=application.pk).update(publicity_until=today().replace(year=2020))
    return again(application)


def make_project(*, call=None, number="2026-0001", title="虚拟仿真基地", name="云岭学院", who=None):
    """Return a project under construction that promises two indicators, and its people."""
    school = make_organisation(name, kind="higher-vocational")
    row = make_application(
        call or standard_call(document="渝教发〔2026〕1号"),
        applicant=school, state="publicity", number=number, title=title,
    )  # fmt: skip
    who = who or people(applicant=school)
    Content.objects.filter(application=row).update(
        indicators=PROMISED,
        budget={"lines": {"equipment": {"2027": "1000.50", "2028": "500"}}},
        saved_at=timezone.now(),
    )
    return moved(over(row), "recognise", who), who
