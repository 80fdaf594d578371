"""Privileges: what the public is told, who may object, and that nothing counts before the notice is over."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import IntegrityError, transaction

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.apps.admissions.actions import (
    ask_privilege,
    decide_privilege,
    object_to_privilege,
    publish_privilege,
)
from zhiqiao.apps.admissions.choices import Arrow, Due, PrivilegeState
from zhiqiao.apps.admissions.models import Objection, Privilege, Result, Season
from zhiqiao.apps.admissions.queries import (
    notice_of,
    noticed_privilege,
    privilege_rows,
    privileges_visible_to,
)
from zhiqiao.apps.admissions.tests.factories import play_until, told_on
from zhiqiao.core import audit
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError

pytestmark = pytest.mark.django_db
# Ten working days after it, over the holidays of May 2026, are the 18th.
BEGINS = "2026-04-30 10:00+08:00"
LAST_DAY = date(2026, 5, 18)


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def ask(world, number, award="municipal-first"):
    return ask_privilege(
        world.candidate(number), award=award, evidence="渝教职成〔2025〕9号", actor=world.clerk
    )


def on_notice(world, number, award="municipal-first"):
    with time_machine.travel(BEGINS, tick=False):
        return publish_privilege(ask(world, number, award), actor=world.clerk)


def grant(world, number, award):
    privilege = on_notice(world, number, award)
    with time_machine.travel("2026-05-19 09:00+08:00", tick=False):
        return decide_privilege(privilege, granted=True, decision="属实", actor=world.lead)


def placed(world):
    rows = Result.objects.filter(run__season=world.season).order_by("run__number")
    return dict(rows.values_list("candidate__number", "line__code"))


def test_notice_lasts_ten_working_days_and_nothing_is_granted_in_them(world):
    privilege = on_notice(world, "2604")
    assert privilege.objections_until == LAST_DAY

    with time_machine.travel("2026-05-18 23:00+08:00", tick=False):
        code = code_of(
            RuleError, decide_privilege, privilege, granted=True, decision="x", actor=world.lead
        )
    assert code == "admissions.notice-runs"
    with time_machine.travel("2026-05-19 00:01+08:00", tick=False):
        granted = decide_privilege(privilege, granted=True, decision="属实", actor=world.lead)
    assert granted.state == PrivilegeState.GRANTED


def test_privilege_without_a_notice_is_not_granted_but_may_be_refused(world):
    privilege = ask(world, "2604")

    code = code_of(
        RuleError, decide_privilege, privilege, granted=True, decision="x", actor=world.lead
    )
    assert code == "admissions.privilege-decided"
    refused = pytest.raises(IntegrityError, match="privilege_granted_after_notice")
    with refused, transaction.atomic():
        Privilege.objects.filter(pk=privilege.pk).update(
            state="granted", decision="x", decided_at=world.season.opened_at
        )
    decide_privilege(privilege, granted=False, decision="证书过期", actor=world.clerk)
    assert Privilege.objects.get().state == PrivilegeState.REFUSED


def test_decision_without_words_is_refused(world):
    code = code_of(
        InputError, decide_privilege, ask(world, "2604"), granted=False, decision=" ",
        actor=world.clerk,
    )  # fmt: skip
    assert code == "admissions.reason-needed"


def test_prize_for_the_college_batch_wins_a_place_there(world):
    grant(world, "2604", "municipal-first")
    play_until(world, Arrow.RUN_TRIAL)

    assert placed(world) == {"2601": "A1", "2602": "B1", "2603": "B1", "2604": "C1", "2605": None}
    reasons = Result.objects.get(candidate__number="2603").reasons
    assert reasons[0][1:] == ["below-cutoff", "630", "670", "-40", "total@college", 2]


def test_prize_for_the_college_batch_does_nothing_in_the_bachelor_batch(world):
    grant(world, "2602", "municipal-first")
    play_until(world, Arrow.RUN_TRIAL)

    reasons = Result.objects.get(candidate__number="2602").reasons
    assert reasons[0][1:] == ["below-cutoff", "660", "690", "-30", "total@bachelor", 1]


def test_prize_for_the_bachelor_batch_counts_there_alone(world):
    grant(world, "2604", "national-first")
    play_until(world, Arrow.RUN_TRIAL, c2604=("A1", "C1"), c2603=("C1", "B1"))

    found = placed(world)
    assert (found["2604"], found["2601"]) == ("A1", "B1")


def test_prize_never_counts_while_it_is_on_notice(world):
    on_notice(world, "2604")
    play_until(world, Arrow.RUN_TRIAL)

    assert placed(world)["2604"] is None


def test_final_run_waits_until_privileges_are_decided(world):
    privilege = on_notice(world, "2604")
    play_until(world, Arrow.OPEN_REVIEW)

    assert code_of(RuleError, world.step, Arrow.RUN_FINAL) == "admissions.privileges-wait"
    decide_privilege(privilege, granted=False, decision="不属实", actor=world.clerk)
    assert world.step(Arrow.RUN_FINAL).state == "decided"


def test_nothing_is_granted_after_the_final_run(world):
    privilege = on_notice(world, "2604")
    Season.objects.filter(pk=world.season.pk).update(state="published")

    with time_machine.travel("2026-05-20 09:00+08:00", tick=False):
        code = code_of(
            RuleError, decide_privilege, privilege, granted=True, decision="x", actor=world.lead
        )
    assert code == "admissions.wrong-state"


def test_another_school_asks_for_nothing(world):
    code = code_of(
        RefusedError, ask_privilege, world.candidate("2604"), award="municipal-first",
        evidence="x", actor=world.clerks["甲学院"],
    )  # fmt: skip
    assert code == "admissions.not-yours"
    assert not Privilege.objects.exists()


def test_award_is_asked_for_once_and_stands_in_the_scheme(world):
    ask(world, "2604")

    assert code_of(RuleError, ask, world, "2604") == "admissions.privilege-known"
    assert code_of(InputError, ask, world, "2604", "nobel") == "admissions.line-word"


def test_anybody_signed_in_objects_once_while_the_notice_runs(world):
    privilege, stranger = on_notice(world, "2604"), make_user("neighbour")

    with time_machine.travel("2026-05-18 12:00+08:00", tick=False):
        object_to_privilege(privilege, text="并未获奖", actor=stranger)
        again = code_of(RuleError, object_to_privilege, privilege, text="再次", actor=stranger)
    assert again == "admissions.objection-known"
    with time_machine.travel("2026-05-19 12:00+08:00", tick=False):
        late = code_of(RuleError, object_to_privilege, privilege, text="x", actor=make_user("late"))
    assert late == "admissions.notice-over"
    assert list(Objection.objects.values_list("text", flat=True)) == ["并未获奖"]


def test_history_of_the_candidate_does_not_name_who_objected(world):
    privilege, stranger = on_notice(world, "2604"), make_user("neighbour")
    with time_machine.travel("2026-05-18 12:00+08:00", tick=False):
        object_to_privilege(privilege, text="并未获奖", actor=stranger)

    actors = {entry.actor_id for entry in audit.history_of(world.candidate("2604"))}
    assert stranger.pk not in actors


def test_notice_tells_exactly_what_the_rules_allow(world, client):
    on_notice(world, "2604")
    ask(world, "2603")
    with time_machine.travel("2026-05-06 12:00+08:00", tick=False):
        (row,) = notice_of(world.again(), today=today())
        page = told_on(client.get(f"/admissions/{world.season.uid}/notice/"))

    person = world.candidate("2604").person
    assert (row.name, row.school, row.sex, row.is_open) == (
        "云2604", "云岭职教中心", str(person.get_sex_display()), True,
    )  # fmt: skip
    assert "云2604" in page
    for hidden in ("云2603", person.identity_hint, "渝教职成〔2025〕9号", "420", "600"):
        assert hidden not in page
    assert "2604</th>" not in page.replace("云2604</th>", "")


def test_notice_keeps_what_was_granted_until_the_season_closes(world):
    grant(world, "2604", "municipal-first")
    refused = on_notice(world, "2603")
    decide_privilege(refused, granted=False, decision="不属实", actor=world.clerk)

    shown = notice_of(world.again(), today=today())
    assert [(row.name, row.is_open) for row in shown] == [("云2604", False)]
    Season.objects.filter(pk=world.season.pk).update(state="closed")
    assert notice_of(world.again(), today=today()) == []


def test_one_objects_only_to_what_is_on_notice(world):
    privilege = on_notice(world, "2604")

    assert noticed_privilege(privilege.uid, today=LAST_DAY)[1].name == "云2604"
    with pytest.raises(MissingError):
        noticed_privilege(privilege.uid, today=LAST_DAY + timedelta(days=1))
    with pytest.raises(MissingError):
        noticed_privilege(ask(world, "2603").uid, today=LAST_DAY)


def test_list_of_the_bureau_says_what_is_due(world):
    on_notice(world, "2604")
    ask(world, "2603")

    def due(day, wanted=""):
        rows = list(privileges_visible_to(world.clerk, world.season, today=day, due=wanted))
        return [
            (row.privilege.candidate.number, row.due) for row in privilege_rows(rows, today=day)
        ]

    assert due(LAST_DAY) == [("2603", Due.NOTICE), ("2604", None)]
    after = LAST_DAY + timedelta(days=1)
    assert due(after) == [("2604", Due.DECISION), ("2603", Due.NOTICE)]
    assert due(after, "decision") == [("2604", Due.DECISION)]
    assert not privileges_visible_to(world.clerks["甲学院"], world.season, today=after).exists()


def test_pages_lead_from_the_request_to_the_decision(world, client):
    scan = "scan.pdf"
    candidate = world.candidate("2604")
    client.force_login(world.clerk)
    with open_scan(scan) as file:
        client.post(
            f"/candidates/{candidate.uid}/privileges/new/",
            {"award": "municipal-first", "evidence": "证书1号", "file": file},
        )
    privilege = Privilege.objects.get()
    assert privilege.file.name == scan
    evidence = client.get(f"/privileges/{privilege.uid}/evidence/")
    assert b"".join(evidence.streaming_content).startswith(b"%PDF")
    client.post(f"/privileges/{privilege.uid}/publish/")
    client.post(f"/privileges/{privilege.uid}/object/", {"text": "并未获奖"})
    early = client.post(
        f"/privileges/{privilege.uid}/decide/", {"granted": "yes", "decision": "属实"}
    )
    assert early.status_code == 422
    client.post(f"/privileges/{privilege.uid}/decide/", {"granted": "no", "decision": "不属实"})
    privilege.refresh_from_db()
    assert (privilege.state, privilege.objections.count()) == ("refused", 1)
    page = client.get(f"/privileges/{privilege.uid}/").content.decode()
    assert "并未获奖" in page


def open_scan(name):
    file = BytesIO(b"%PDF-1.7 scan")
    file.name = name
    return file


def test_lists_ask_as_often_for_three_privileges_as_for_one(
    world, client, django_assert_max_num_queries
):
    client.force_login(world.clerk)
    season = world.season.uid
    addresses = [f"/admissions/{season}/privileges/", f"/admissions/{season}/notice/"]
    on_notice(world, "2604")
    for address in addresses:
        client.get(address)
    with django_assert_max_num_queries(200) as one:
        _pages = [client.get(address) for address in addresses]
    on_notice(world, "2603")
    on_notice(world, "2602")
    with django_assert_max_num_queries(len(one)) as more:
        _pages = [client.get(address) for address in addresses]
    assert len(more) == len(one)
