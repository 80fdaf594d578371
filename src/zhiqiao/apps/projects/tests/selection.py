"""One application with everything that could leak, put into any phase, and who looks at it."""

from dataclasses import dataclass

from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.apps.projects.models import (
    Application,
    CheckAnswer,
    NamedPerson,
    Review,
    Standing,
    Step,
)
from zhiqiao.apps.projects.rules import Viewer
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.packs import Phase

STATE_OF = {
    Phase.DRAFTING: "returned", Phase.RECOMMENDING: "recommending", Phase.CHECKING: "checking",
    Phase.REVIEWING: "reviewing", Phase.PANEL: "panel", Phase.VISITING: "panel",
    Phase.DECIDING: "deciding", Phase.PUBLICITY: "publicity", Phase.BUILDING: "building",
    Phase.ACCEPTING: "accepting", Phase.IN_FORCE: "in-force", Phase.RESERVE: "reserve",
    Phase.REFUSED: "refused", Phase.WITHDRAWN: "withdrawn", Phase.ENDED: "revoked",
}  # fmt: skip
SECRETS = (
    "87.65", "8765", "拟推荐理由丙", "评审专家丁", "评语戊", "审查意见己", "内部理由乙", "待签理由庚",
)  # fmt: skip
HEAD, CONTENT, NAME, STEP = "云岭虚拟仿真", "建成示范基地", "张三丰", "交件说明甲"


@dataclass
class Seen:
    """The application and one person for each viewer; nobody stands for the public."""

    application: Application
    people: dict[Viewer, User | None]

    def put(self, phase: Phase) -> None:
        Application.objects.filter(pk=self.application.pk).update(
            phase=phase, state=STATE_OF[phase], due_on=today()
        )
        self.application.refresh_from_db()


def make_seen(call=None) -> Seen:
    school = make_organisation("云岭学院", kind="higher-vocational")
    district = make_organisation("云岭区教委", kind="government")
    call = call or make_call()
    row = make_application(
        call, applicant=school, recommender=district, state="reviewing", title=HEAD
    )
    expert = make_user("the-expert", name="专家账号")
    people = {
        Viewer.PUBLIC: None,
        Viewer.APPLICANT: make_member(Role.SCHOOL_CLERK, login="the-school", organisation=school),
        Viewer.RECOMMENDER: make_member(Role.BODY_CLERK, login="the-district", organisation=district),
        Viewer.REVIEWER: expert,
        Viewer.BUREAU: make_member(Role.BUREAU_CLERK, login="the-clerk"),
    }  # fmt: skip
    fill(row, people, expert)
    return Seen(row, people)


def fill(row, people, expert):
    """Write everything that could leak, and the two things that may be told."""
    now, clerk = timezone.now(), people[Viewer.BUREAU]
    NamedPerson.objects.create(application=row, field="contact_people", position=1, name=NAME)
    Standing.objects.filter(application=row).update(
        official=8765, proposal="recognise", grounds="拟推荐理由丙", figures={"mean": "87.65"}
    )
    CheckAnswer.objects.create(
        application=row, check_id="complete", passed=True, note="审查意见己", answered_at=now
    )
    Review.objects.create(
        application=row, expert=make_expert(account=expert, name="评审专家丁"), letter="A",
        state="handed-in", due_on=today(), words="评语戊", total=8765, asked_at=now,
        accepted_at=now, handed_in_at=now,
    )  # fmt: skip
    taken = {"application": row, "asked_at": now, "ended_at": now, "is_taken": True}
    Step.objects.create(
        **taken, move="hand-in", from_state="draft", to_state="recommending",
        party="applicant", reason=STEP, asked_by=people[Viewer.APPLICANT],
    )  # fmt: skip
    Step.objects.create(
        **taken, move="to-panel", from_state="reviewing", to_state="panel", party="bureau",
        reason="内部理由乙", asked_by=clerk,
    )  # fmt: skip
    Step.objects.create(
        application=row, asked_at=now, move="announce", from_state="deciding",
        to_state="publicity", party="lead", reason="待签理由庚", asked_by=clerk,
    )  # fmt: skip
