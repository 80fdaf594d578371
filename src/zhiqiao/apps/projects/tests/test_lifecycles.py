"""Every lifecycle that a pack ships, walked from its start through each of its moves.

Nothing here knows a lifecycle by name: whoever adds one to a pack has it walked, too.
"""

import shutil
from collections import deque
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.projects.actions import sign_move, take_move
from zhiqiao.apps.projects.models import Application, Recognition
from zhiqiao.apps.projects.queries import Moment, verdicts_on
from zhiqiao.apps.projects.queries import needs as judging
from zhiqiao.apps.projects.tests.building import moved
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.projects.tests.needs import MEET, UNMEET, is_judged
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.access import ALLOWED
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.policy import current_pack
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import DayCount, Effect, Need, Party, Phase

pytestmark = pytest.mark.django_db
SHIPPED = sorted(current_pack().lifecycles)
REASON = "经集体研究决定"
STANDS = {Effect.ENTER_RECOGNITION: True, Effect.END_RECOGNITION: False}


@pytest.fixture(autouse=True)
def _unjudged(monkeypatch):
    """Let needs through that no part of the product judges yet."""
    for need in Need:
        if not is_judged(need):
            monkeypatch.setitem(judging._JUDGES, need, lambda _row, _moment: ALLOWED)


def kind_of(lifecycle, pack):
    if lifecycle.kinds:
        return pack.kinds[lifecycle.kinds[0]]
    named = {kind for one in pack.lifecycles.values() for kind in one.kinds}
    return next(kind for name, kind in pack.kinds.items() if name not in named)


def call_under(name, pack=None, **given):
    pack = pack or current_pack()
    kind = kind_of(pack.lifecycles[name], pack)
    level = kind.levels[0] if kind.levels else "municipal"
    return make_call(kind=kind.id, level=level, reserve_places=99, **given)


def path_to(flow, goal, kind):
    """Return the fewest moves by which such an applicant comes to one of the goal's states, and the goal."""
    seen, waiting = {flow.start}, deque([(flow.start, ())])
    while waiting and flow.moves[goal].is_for(kind):
        state, moves = waiting.popleft()
        if state in flow.moves[goal].from_:
            return [*moves, goal]
        for name, move in flow.moves_from(state).items():
            if move.to not in seen and move.is_for(kind):
                seen.add(move.to)
                waiting.append((move.to, (*moves, name)))
    return None


def ways_to(rules, goal):
    """Return the kind of applicant that can come to a move, with the way.

    A flow may serve lifecycles of other applicants, too; where nobody of this one may go there is None.
    """
    kinds = rules.lifecycle.applicants or ("higher-vocational",)
    found = ((kind, path_to(rules.flow, goal, kind)) for kind in kinds)
    return next(((kind, path) for kind, path in found if path), None)


def again(row):
    return Application.objects.select_related("call", "applicant", "recommender").get(pk=row.pk)


def judged(row, name, reason=REASON):
    move = row.call.rules.flow.moves[name]
    return verdicts_on(again(row), move, Moment(timezone.now(), reason))


def open_and_meet(row, name, who):
    """Leave each need of a move open, see it refused by name, and meet it."""
    needs = row.call.rules.flow.moves[name].needs
    for need in needs:
        if need is Need.REASON:
            assert not judged(row, name, reason=" ")[need]
            continue
        can_be_open = UNMEET[need](again(row), who)
        if can_be_open and is_judged_here(need):
            assert not judged(row, name)[need], (name, need)
        MEET[need](again(row), who)
    assert [need for need, verdict in judged(row, name).items() if not verdict] == []


def is_judged_here(need):
    return judging._JUDGES[need].__module__ != __name__


def take(row, name, who):
    move = row.call.rules.flow.moves[name]
    actor = {
        Party.APPLICANT: who["school"],
        Party.RECOMMENDER: who["district"],
        Party.BUREAU: who["clerk"],
        Party.LEAD: who["clerk"] if move.signed else who["lead"],
        Party.CLOCK: None,
    }[move.by]
    reason = REASON if Need.REASON in move.needs else ""
    if Need.REASON in move.needs:
        with pytest.raises(RuleError):
            take_move(again(row), name, actor=actor)
    step = take_move(again(row), name, actor=actor, reason=reason)
    if not step.is_taken:
        sign_move(again(row), actor=who["lead"])
    return again(row)


def end_of_notice(lifecycle):
    if lifecycle.publicity_in is DayCount.CALENDAR:
        return today() + timedelta(days=lifecycle.publicity_days)
    return add_working_days(today(), lifecycle.publicity_days).day


def check_after(row, before, *, stands):
    """Hold the register against the effects: what was recognised stands in it, and nothing else does."""
    item = row.recognition
    if stands:
        assert item is not None
        assert (item.state, item.kind, item.holder_id) == ("recognised", row.call.kind, row.applicant_id)  # fmt: skip
    elif item is not None:
        assert (item.state, item.ended_on) == ("revoked", today())
    assert row.phase == row.call.rules.flow.states[row.state].phase
    if row.phase == Phase.PUBLICITY and before.phase != Phase.PUBLICITY:
        assert row.publicity_until == end_of_notice(row.call.rules.lifecycle)


def walk_all(call):
    """Walk to each move, the farthest first, until every one was taken; return states and moves."""
    flow = call.rules.flow
    who, district = None, make_organisation("云岭区教委", kind="government")
    ways = [way for name in flow.moves if (way := ways_to(call.rules, name))]
    taken, reached = set(), set()
    longest = sorted(ways, key=lambda way: len(way[1]), reverse=True)
    for number, (kind, path) in enumerate(longest, start=1):
        if path[-1] in taken:
            continue
        school = make_organisation(f"云岭学院{number}", kind=kind)
        row = make_application(
            call, applicant=school, recommender=district, state=flow.start, title=f"项目{number}"
        )
        who, stands = hired(who, school, district), False
        for name in path:
            before = again(row)
            open_and_meet(row, name, who)
            row = take(row, name, who)
            stands = STANDS.get(flow.moves[name].does, stands)
            check_after(row, before, stands=stands)
            taken.add(name)
            reached.add(row.state)
    return reached, taken


def hired(who, school, district):
    """Let the same four people work for the next applicant."""
    if who is None:
        return people(applicant=school, recommender=district)
    login = f"school-{Organisation.objects.count()}"
    return who | {"school": make_member(Role.SCHOOL_CLERK, login=login, organisation=school)}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_lifecycle_is_walked_through_each_move_to_each_final_state(name):
    call = call_under(name)
    flow = call.rules.flow

    reached, taken = walk_all(call)

    assert taken == {move for move in flow.moves if ways_to(call.rules, move)}
    last = [state for state in flow.states if not flow.moves_from(state)]
    led_to = {flow.moves[move].to for move in flow.moves if ways_to(call.rules, move)}
    assert [state for state in last if state in led_to and state not in reached] == []
    assert led_to & set(last)
    assert Recognition.objects.exists()


SIXTH_FLOW = """
sixth:
  title: {zh: 第六种流程, en: A sixth way}
  start: idea
  states:
    idea: {title: {zh: 设想, en: Idea}, phase: drafting}
    visiting: {title: {zh: 实地考察, en: Visit}, phase: visiting, within: 3}
    shown: {title: {zh: 公示, en: Notice}, phase: publicity, within: 30, lapses: forget}
    living: {title: {zh: 运行, en: In force}, phase: in-force}
    gone: {title: {zh: 终止, en: Gone}, phase: ended}
    forgotten: {title: {zh: 逾期, en: Forgotten}, phase: refused}
  moves:
    show-up: {title: {zh: 报名, en: Come}, from: [idea], to: visiting, by: applicant, needs: [window-open]}
    put-up: {title: {zh: 公示, en: Put up}, from: [visiting], to: shown, by: bureau, needs: [visit-reported], signed: true}
    name: {title: {zh: 命名, en: Name}, from: [shown], to: living, by: lead, needs: [publicity-over, no-open-objection], does: enter-recognition, signed: true, gives: certificate}
    drop: {title: {zh: 摘牌, en: Drop}, from: [living], to: gone, by: lead, needs: [reason], does: end-recognition, signed: true}
    forget: {title: {zh: 逾期, en: Forget}, from: [shown], to: forgotten, by: clock}
"""
SIXTH = """
sixth:
  title: {zh: 第六种, en: A sixth kind}
  kinds: [talent-class]
  flow: sixth
  sections: {one: {zh: 基本情况, en: Facts}}
  fields:
    idea: {title: {zh: 设想, en: Idea}, kind: text, section: one}
  publicity_days: 7
  source: platform-setting
  checked_by: null
"""


def own_pack(settings, folder, *, change=str, more_flows="", more=""):
    """Let the platform run a copy of its pack in which something was changed or added."""
    shutil.copytree(Path(project.ZHIQIAO_PACK).parent, folder / "packs")
    own = folder / "packs" / Path(project.ZHIQIAO_PACK).name
    for name, words in (("flows.yaml", more_flows), ("lifecycles.yaml", more)):
        with (own / name).open("a", encoding="utf-8") as file:
            file.write(words)
    shared = folder / "packs" / "cn-core" / "lifecycles.yaml"
    shared.write_text(change(shared.read_text("utf-8")), "utf-8")
    settings.ZHIQIAO_PACK = own


def test_sixth_lifecycle_of_a_pack_runs_without_a_line_of_code(settings, tmp_path):
    own_pack(settings, tmp_path, more_flows=SIXTH_FLOW, more=SIXTH)
    call = call_under("sixth")

    reached, taken = walk_all(call)

    assert taken == {"show-up", "put-up", "name", "drop", "forget"}
    assert {"gone", "forgotten"} <= reached
    assert call.rules.lifecycle.id == "sixth"


def test_running_call_keeps_its_version_when_the_pack_changes(settings, tmp_path):
    old = call_under("standard", batch="第一批")
    own_pack(
        settings,
        tmp_path,
        change=lambda text: text.replace("publicity_days: 5", "publicity_days: 9"),
    )
    new = call_under("standard", batch="第二批")
    who = people()

    terms = []
    for call in (old, new):
        row = make_application(call, state="deciding")
        row.standing.proposal = "recognise"
        row.standing.save()
        terms.append(moved(row, "announce", who).publicity_until)

    assert terms == [add_working_days(today(), 5).day, add_working_days(today(), 9).day]
    assert old.rules_digest != new.rules_digest
