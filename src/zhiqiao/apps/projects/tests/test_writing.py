"""Saving a draft: gaps, people, bodies, co-authors, and what two of them save at once."""

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.apps.projects.actions import (
    BodyGiven,
    PartGiven,
    PersonGiven,
    UnsuitableGiven,
    add_coauthor,
    remove_coauthor,
    save_part,
)
from zhiqiao.apps.projects.models import Content, NamedBody, NamedPerson, UnsuitableExpert
from zhiqiao.apps.projects.queries import (
    digest_of,
    planned_by_line,
    problems_of,
    seal_of,
    shown_content,
    table_of,
    written_of,
)
from zhiqiao.apps.projects.tests.writing import (
    ANSWERS,
    attach,
    begin,
    budget,
    close_window,
    complete,
    decimals,
    make_form_call,
    make_school,
    save,
)
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.blind_index import index_of
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db
NUMBER = "110101198003078596"


@pytest.fixture
def draft():
    school, clerk = make_school()
    return begin(make_form_call(), school, clerk), clerk


def test_empty_draft_tells_each_thing_that_is_missing(draft):
    application, _clerk = draft
    anchors = sorted(one.anchor for one in problems_of(written_of(application)))
    fields = ["basis", "begun_on", "name_line", "rooms", "share", "shared", "spent", "team"]
    expected = [f"field-{name}" for name in [*fields, "track", "trained"]]
    assert anchors == sorted([*expected, "budget", "file-sealed_copy"])


def test_complete_draft_has_no_problem_and_says_what_was_written(draft):
    application, clerk = draft
    complete(application, clerk)

    assert problems_of(written_of(application)) == []
    shown = shown_content(written_of(application))
    texts = {one.title: one.text for section in shown.sections for one in section.fields}
    assert texts["money"].startswith("1,200.00 ")
    assert texts["choice"] == "甲"


def test_values_out_of_bounds_are_kept_and_told(draft):
    application, clerk = draft
    complete(application, clerk)
    wrong = {"basis": "长" * 31, "rooms": "1", "share": "100.5", "track": "c"}
    save(application, "basis", clerk, answers=wrong)
    save(application, "form-indicators", clerk, indicators={"trained": "99"})

    told = problems_of(written_of(application))

    assert [one.anchor for one in told] == [
        "field-basis",
        "field-rooms",
        "field-share",
        "field-track",
        "field-trained",
    ]
    assert "31" in told[0].words
    assert Content.objects.get(application=application).answers["rooms"] == "1"


def test_budget_names_the_year_and_the_difference(draft):
    application, clerk = draft
    complete(application, clerk)
    save(application, "form-budget", clerk, budget=budget(public="599.99"))

    table = table_of(written_of(application))
    (problem,) = problems_of(written_of(application))

    assert table.lines.sums == decimals("500.10", "99.90", "0.00")
    assert (table.difference, table.lines.total) == decimals("0.01", "600.00")
    kept = Content.objects.get(application=application).budget
    planned = planned_by_line(application.call, kept)
    assert planned == dict(zip(("equipment", "other"), decimals("500.10", "99.90"), strict=True))
    for told in ("600.00", "599.99", "0.01", "2026", "2027"):
        assert told in problem.words
    save(application, "form-budget", clerk, budget=budget())
    assert problems_of(written_of(application)) == []


def test_budget_above_the_limit_says_by_how_much(draft):
    application, clerk = draft
    complete(application, clerk)
    much = {
        "lines": {"equipment": {"2026": "1000000.01"}},
        "sources": {"own": {"2027": "1000000.01"}},
    }
    save(application, "form-budget", clerk, budget=much)
    (problem,) = problems_of(written_of(application))
    assert "0.01" in problem.words
    assert "1,000,000.00" in problem.words


def test_identity_number_is_kept_as_digest_and_mask_and_only_for_its_name(draft):
    application, clerk = draft
    first = PersonGiven("张老师", "负责人", "云岭学院", NUMBER)
    save(application, "plan", clerk, people={"team": [first]})
    person = NamedPerson.objects.get(application=application)
    assert (person.identity_index, person.identity_hint) == (index_of(NUMBER), "110***********8596")
    assert person.employer == application.applicant
    stored = [str(row) for row in NamedPerson.objects.values()] + [
        str(row) for row in AuditEntry.objects.values()
    ]
    assert not any(NUMBER in row for row in stored)

    same = [PersonGiven("李老师"), PersonGiven("张 老师", row=1)]
    assert save(application, "plan", clerk, people={"team": same}) == ()
    kept = NamedPerson.objects.get(application=application, position=2)
    assert kept.identity_index == index_of(NUMBER)

    other = [PersonGiven("王老师", row=2)]
    assert save(application, "plan", clerk, people={"team": other}) == ("王老师",)
    assert NamedPerson.objects.get(application=application).identity_index == ""


def test_bodies_are_matched_by_name_or_by_choice(draft):
    application, clerk = draft
    firm = make_organisation("云岭机床厂", kind="enterprise")
    chosen = make_organisation("云岭数控股份公司", kind="enterprise")
    rows = [BodyGiven("云岭机床厂"), BodyGiven("云岭数控", chosen.uid)]
    save(application, "plan", clerk, bodies={"partners": rows})
    found = NamedBody.objects.filter(application=application).values_list("organisation", flat=True)
    assert list(found) == [firm.pk, chosen.pk]

    save(application, "plan", clerk, bodies={"partners": [BodyGiven("无名厂")]})
    assert NamedBody.objects.get(application=application).organisation is None


def test_body_of_another_kind_than_asked_for_is_told():
    school, clerk = make_school()
    call = make_form_call()
    fields = {n: w.model_dump(mode="json") for n, w in call.rules.lifecycle.fields.items()}
    fields["partners"]["of_kinds"] = ["enterprise"]
    application = begin(make_form_call(batch="二", fields=fields), school, clerk)
    complete(application, clerk)
    people = {"team": [PersonGiven("张老师")]}
    save(application, "plan", clerk, people=people, bodies={"partners": [BodyGiven("云岭学院")]})
    (problem,) = problems_of(written_of(application))
    assert problem.anchor == "field-partners"
    assert "云岭学院" in problem.words


def test_second_of_two_who_save_the_same_part_undoes_nothing(draft):
    application, clerk = draft
    seen = seal_of(written_of(application), "basis")
    save(application, "basis", clerk, answers={"basis": "先到的人写的"})

    late = PartGiven(answers={"basis": "后到的人写的"})
    with pytest.raises(RuleError) as caught:
        save_part(application, "basis", late, seal=seen, actor=clerk)

    assert caught.value.code == "projects.part-changed"
    assert Content.objects.get(application=application).answers == {"basis": "先到的人写的"}


def test_other_part_saved_meanwhile_is_in_nobodys_way(draft):
    application, clerk = draft
    seen = seal_of(written_of(application), "basis")
    save(application, "form-indicators", clerk, indicators={"trained": "7"})
    save_part(application, "basis", PartGiven(answers={"basis": "我的"}), seal=seen, actor=clerk)
    content = Content.objects.get(application=application)
    assert (content.answers, content.indicators) == ({"basis": "我的"}, {"trained": "7"})


def test_closed_window_keeps_what_is_written(draft):
    application, clerk = draft
    close_window(application.call)
    save(application, "basis", clerk, answers={"basis": "晚了也写"})
    assert Content.objects.get(application=application).answers["basis"] == "晚了也写"


def test_unsuitable_experts_are_kept_with_their_reasons_outside_of_the_digest(draft):
    application, clerk = draft
    before = digest_of(written_of(application))
    save(application, "form-unsuitable", clerk, unsuitable=[UnsuitableGiven("某人", "曾有纠纷")])
    assert UnsuitableExpert.objects.get(application=application).reason == "曾有纠纷"
    assert digest_of(written_of(application)) == before


def test_coauthor_writes_but_neither_hands_in_nor_adds_others(draft):
    application, clerk = draft
    partner = make_member(
        Role.BODY_CLERK,
        login="partner",
        organisation=make_organisation("云岭厂", kind="enterprise"),
    )
    with pytest.raises(RefusedError):
        save(application, "basis", partner, answers=ANSWERS)

    add_coauthor(application, "partner", actor=clerk)
    complete(application, partner)
    assert problems_of(written_of(application)) == []
    with pytest.raises(RefusedError):
        add_coauthor(application, "the-school", actor=partner)
    with pytest.raises(InputError):
        add_coauthor(application, "partner", actor=clerk)

    remove_coauthor(application, "partner", actor=clerk)
    with pytest.raises(RefusedError):
        save(application, "basis", partner, answers={})


def test_bureau_and_unknown_logins_become_no_coauthors(draft):
    application, clerk = draft
    make_member(Role.BUREAU_CLERK, login="of-the-bureau")
    closed = make_user("closed")
    closed.is_active = False
    closed.save()
    for login in ("of-the-bureau", "closed", "nobody"):
        with pytest.raises(InputError) as caught:
            add_coauthor(application, login, actor=clerk)
        assert caught.value.code == "projects.coauthor-unknown"


@pytest.mark.parametrize(
    ("part", "given"),
    [
        ("basis", {"answers": {"basis": "另一句话"}}),
        ("plan", {"people": {"team": [PersonGiven("王老师")]}}),
        ("plan", {"bodies": {"partners": [BodyGiven("云岭厂")]}}),
        ("form-budget", {"budget": budget(public="1.00")}),
        ("form-indicators", {"indicators": {"trained": "121"}}),
        ("form-declarations", {"declared": {"truthful": True}}),
    ],
)
def test_digest_changes_with_everything_that_is_said(draft, part, given):
    application, clerk = draft
    complete(application, clerk)
    before = digest_of(written_of(application))
    save(application, part, clerk, **given)
    assert digest_of(written_of(application)) != before


def test_digest_changes_with_a_file_and_comes_back_without_it(draft):
    application, clerk = draft
    complete(application, clerk)
    before = digest_of(written_of(application))
    added = attach(application, clerk, "annexes", "证明.pdf", b"%PDF-1.4 other")
    assert digest_of(written_of(application)) != before
    added.delete()
    assert digest_of(written_of(application)) == before
