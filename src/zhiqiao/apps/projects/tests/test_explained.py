"""Why this expert: reasons of a proposal in words, soft conflicts, and experts who are added by hand."""

import pytest
from django.conf import settings
from django.urls import reverse

from zhiqiao.apps.projects.actions.draws import add_expert, confirm_draw, fill_draw, start_draw
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.engine_io.explaining import explain_panel
from zhiqiao.apps.projects.models import Review
from zhiqiao.apps.projects.queries.explained import WHY
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import asked, set_rules
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.jobs import Progress
from zhiqiao.core.models import AuditEntry
from zhiqiao.engines.assignment import Reason

pytestmark = pytest.mark.django_db


def drawn(call):
    draw = start_draw(call, actor=None)
    return fill_draw(draw.pk, progress=Progress())


@pytest.fixture
def call():
    return set_rules(make_call(), quotas=[])


@pytest.fixture
def application(call):
    return make_application(call, state="reviewing")


def told(draw, application, **more):
    found = explain_panel(draw, application, day=today(), **more)
    return {one.name: (one.is_chosen, one.reason.get("why"), one.conflicts) for one in found}


def refusal(kind, *args, **kwargs):
    with pytest.raises(kind) as refused:
        add_expert(*args, **kwargs)
    return refused.value.code


def test_every_reason_of_the_engine_has_words():
    assert set(WHY) == {reason.name.lower().replace("_", "-") for reason in Reason}


def test_chosen_conflicted_and_less_fit_are_told_apart(call, application):
    for serial in (1, 2, 3):
        make_expert(serial, name=f"合适{serial}", topics="示范基地")
    make_expert(4, name="本单位", employer=application.applicant, topics="示范基地")
    make_expert(6, name="不合适", topics="护理")
    draw = drawn(call)

    found = told(draw, application)
    assert {found[f"合适{serial}"] for serial in (1, 2, 3)} == {(True, "best", ())}
    assert found["本单位"][:2] == (False, "conflict")
    assert len(found["本单位"][2]) == 1
    assert found["不合适"] == (False, "less-fit", ())
    assert set(told(draw, application, name="不合")) == {*(f"合适{n}" for n in (1, 2, 3)), "不合适"}
    kept = Review.objects.filter(draw=draw).values_list("reason", flat=True)
    assert [(one["why"], one["of"]) for one in kept] == [("best", 4)] * 3


def test_full_expert_who_fits_better_is_named(call, application):
    make_expert(1, name="已满", topics="示范基地", most_reviews=1)
    other = make_application(call, state="reviewing", number="2026-0002", title="另一个")
    for serial in (2, 3, 4, 5, 6):
        make_expert(serial, name=f"其他{serial}", topics="护理")
    asked(other, make_expert(7, name="第七"))
    draw = drawn(call)
    full = Review.objects.get(draw=draw, expert__person__name="已满").application
    without = other if full == application else application

    assert told(draw, without)["已满"][:2] == (False, "full")
    reasons = Review.objects.filter(draw=draw, application=without).values_list("reason", flat=True)
    assert {one["why"] for one in reasons} == {"better-full"}


def test_lot_is_explained_by_the_keys_of_the_draw(call):
    changed = set_rules(call, draw=True)
    application = make_application(changed, state="reviewing")
    for serial in range(1, 7):
        make_expert(serial, name=f"专家{serial}")
    draw = drawn(changed)

    found = told(draw, application)
    assert sorted(why for is_chosen, why, _bars in found.values() if is_chosen) == ["best"] * 3
    assert {why for is_chosen, why, _bars in found.values() if not is_chosen} == {"less-fit"}


def test_two_bodies_do_not_read_each_other_where_others_can(call):
    first, second = make_organisation("甲学院"), make_organisation("乙学院")
    for number, body in ((1, first), (2, second)):
        make_application(
            call,
            state="reviewing",
            applicant=body,
            number=f"2026-000{number}",
            title=f"基地{number}",
        )
    make_expert(1, name="甲专家", employer=first, topics="示范基地")
    make_expert(2, name="乙专家", employer=second, topics="示范基地")
    for serial in (3, 4, 5, 6):
        make_expert(serial, name=f"其他{serial}", topics="示范基地、建设、经验、共管、护理")
    draw = drawn(call)

    names = Review.objects.filter(draw=draw).values_list("expert__person__name", flat=True)
    assert len(names) == 6
    assert not {"甲专家", "乙专家"} <= set(names)


def test_reciprocal_review_is_shown_and_asked_about(client, call):
    first, second = make_organisation("甲学院"), make_organisation("乙学院")
    rows = [
        make_application(
            call,
            state="reviewing",
            applicant=body,
            number=f"2026-000{number}",
            title=f"基地{number}",
        )
        for number, body in ((1, first), (2, second))
    ]
    asked(rows[1], make_expert(1, name="甲专家", employer=first))
    meant = make_expert(2, name="乙专家", employer=second)
    for serial in (3, 4, 5):
        make_expert(serial, name=f"其他{serial}")
    draw = drawn(call)
    code = refusal(RuleError, draw, rows[0], meant.pk, reason="专业对口", knows=False, actor=None)

    assert code == "projects.expert-cautioned"
    review = add_expert(draw, rows[0], meant.pk, reason="专业对口", knows=True, actor=None)
    assert (review.state, review.reason["words"]) == (ReviewState.PROPOSED, "专业对口")
    client.force_login(people()["clerk"])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("projects:explain_draw", args=[draw.uid, rows[0].uid]))
    assert "people of the applicant have 1 review" in page.content.decode()
    assert "added by hand: 专业对口" in page.content.decode()


def test_load_is_a_caution_and_a_conflict_is_refused(call, application):
    for serial in (1, 2, 3):
        make_expert(serial, topics="示范基地")
    full = make_expert(4, name="已满", most_reviews=0)
    own = make_expert(5, name="本单位", employer=application.applicant)
    draw = drawn(call)
    given = {"reason": "x", "knows": True, "actor": None}

    assert refusal(RuleError, draw, application, own.pk, **given) == "projects.expert-in-conflict"
    assert (
        refusal(RuleError, draw, application, full.pk, reason="x", knows=False, actor=None)
        == "projects.expert-cautioned"
    )
    assert refusal(InputError, draw, application, full.pk, reason=" ", knows=True, actor=None)
    review = add_expert(draw, application, full.pk, **given)
    entry = AuditEntry.objects.get(verb="projects.review.proposed")
    assert (entry.reason, entry.subject_uid) == ("x", review.uid)
    confirm_draw(draw, actor=None)
    assert Review.objects.filter(state=ReviewState.ASKED).count() == 4
    assert refusal(RuleError, draw, application, own.pk, **given) == "projects.draw-not-proposed"


def test_application_of_another_call_is_missing(call, application):
    for serial in (1, 2, 3):
        make_expert(serial)
    draw = drawn(call)
    other = make_application(make_call(batch="第二批"), state="reviewing", number="2026-0101")
    found = make_expert(4)

    assert refusal(MissingError, draw, other, found.pk, reason="x", knows=True, actor=None) == (
        "projects.missing"
    )


def test_bureau_adds_an_expert_on_a_page_and_others_do_not(client, call, application):
    for serial in (1, 2, 3):
        make_expert(serial, name=f"专家{serial}", topics="示范基地")
    meant = make_expert(4, name="第四专家")
    draw = drawn(call)
    who = people(applicant=application.applicant)
    address = reverse("projects:add_to_draw", args=[draw.uid, application.uid])
    client.force_login(who["school"])
    pages = [address, reverse("projects:explain_draw", args=[draw.uid, application.uid])]
    assert [client.get(page).status_code for page in pages] == [403, 403]

    client.force_login(who["clerk"])
    assert "第四专家" in client.get(pages[1]).content.decode()
    found = client.get(f"{address}?expert={meant.uid}")
    assert [name for _key, name in found.context["form"].fields["expert"].choices] == ["第四专家"]
    assert client.post(address, {"expert": meant.pk, "reason": ""}).status_code == 422
    sent = client.post(f"{address}?expert={meant.uid}", {"expert": meant.pk, "reason": "对口"})
    assert sent.status_code == 302
    assert Review.objects.get(expert=meant).reason["words"] == "对口"
    assert client.get(f"{address}?expert=nobody").status_code == 404
