from urllib.parse import quote

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zhiqiao.apps.projects import actions
from zhiqiao.apps.projects.models import Evidence, Judgement, ListDeclaration, Recognition
from zhiqiao.apps.projects.schemas import COLUMNS
from zhiqiao.apps.projects.tests import factories
from zhiqiao.apps.registry.tests.factories import make_organisation

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"


@pytest.fixture
def clerk(client):
    made = factories.person()
    client.force_login(made)
    return made


def address(name, *args):
    return reverse(f"projects:{name}", args=args)


def shown(response):
    return response.content.decode()


def test_registers_show_every_kind_and_never_zero_for_an_unloaded_list(client):
    factories.recognition(name="基地")
    response = client.get(address("registers"))
    lines = {line.kind.id: line for _article, group in response.context["groups"] for line in group}
    assert lines["vr-base"].rows == 1
    assert str(lines["online-course"].list_state) == "not-loaded"
    assert shown(response).count("figure--missing") == len(lines) - 1


def test_register_lists_searches_and_filters(client):
    school = factories.organisation("一校")
    factories.recognition(name="化工基地", holder="一校", holder_id=school.pk)
    factories.recognition(name="汽车基地", level="", holder="二厂", partners=["三院"])
    factories.recognition(name="航空基地", level="municipal")

    def names(**query):
        page = client.get(address("register", "vr-base"), query).context["page"]
        return {row["name"] for row in page}

    assert names() == {"化工基地", "汽车基地", "航空基地"}
    assert names(q="化工") == {"化工基地"}
    assert names(q="三院") == {"汽车基地"}
    assert names(level="unstated") == {"汽车基地"}
    assert names(level="municipal") == {"航空基地"}
    assert names(holder="matched") == {"化工基地"}
    assert names(holder="text") == {"汽车基地"}
    assert names(holder="missing") == {"航空基地"}
    assert names(area="500000") == {"化工基地", "汽车基地", "航空基地"}
    assert names(area="510000", q="'; DROP TABLE x --", sort="no-such", page="-1") == set()


def test_register_is_sorted_by_pinyin_both_ways(client):
    for name in ("重庆基地", "北碚基地", "渝中基地"):
        factories.recognition(name=name)

    def order(sort):
        page = client.get(address("register", "vr-base"), {"sort": sort}).context["page"]
        return [row["name"] for row in page]

    assert order("name") == ["北碚基地", "重庆基地", "渝中基地"]
    assert order("-name") == ["渝中基地", "重庆基地", "北碚基地"]


def test_register_answers_htmx_with_the_rows_alone(client):
    factories.recognition(name="化工基地")
    response = client.get(address("register", "vr-base"), headers={"HX-Request": "true"})
    assert "化工基地" in shown(response)
    assert "<html" not in shown(response)


@pytest.mark.parametrize("rows", [1, 3])
def test_register_takes_a_constant_number_of_queries(client, rows, django_assert_num_queries):
    for number in range(rows):
        factories.recognition(name=f"基地{number}", holder="一校")
    with django_assert_num_queries(7):
        client.get(address("register", "vr-base"))
    with django_assert_num_queries(1):
        client.get(address("register", "vr-base"))


def test_register_shows_a_change_at_once(client, clerk):
    row = factories.recognition(name="化工基地")
    assert "化工基地" in shown(client.get(address("register", "vr-base")))

    actions.correct_recognition(row, actor=clerk, changes={"name": "航空基地"}, reason="So")

    text = shown(client.get(address("register", "vr-base")))
    assert "航空基地" in text
    assert "化工基地" not in text


def test_what_a_keeper_saw_is_not_kept_for_the_public(client, clerk):
    row = factories.recognition(name="化工基地")
    actions.withdraw_recognition(row, actor=clerk, reason="Twice")
    assert "化工基地" in shown(client.get(address("register", "vr-base")))

    text = shown(Client().get(address("register", "vr-base")))

    assert "化工基地" not in text
    assert address("declare_list", "vr-base") not in text


def test_unknown_register_is_missing(client):
    assert client.get(address("register", "no-such")).status_code == 404


def test_names_with_html_are_shown_as_text(client):
    factories.recognition(name="<script>alert(1)</script>", holder="<b>x</b>")
    for page in ("register", "registers"):
        text = shown(client.get(address(page, *(["vr-base"] if page == "register" else []))))
        assert "<script>alert" not in text
        assert "<b>x" not in text


def test_export_has_the_columns_of_the_import(client, tmp_path):
    factories.recognition(name="化工基地", holder="一校", partners=["二厂", "=1+1"])
    factories.recognition(name="汽车基地", level="municipal")
    response = client.get(address("register_export", "vr-base"), {"q": "化工"})
    target = tmp_path / "export.xlsx"
    target.write_bytes(b"".join(response))
    rows = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))
    assert list(rows[0]) == [str(column.title) for column in COLUMNS]
    assert rows[1][:5] == ("vr-base", "化工基地", "一校", "二厂;=1+1", "national")
    assert len(rows) == 2


def test_item_page_shows_facts_evidence_history_and_targets(client, clerk):
    row = factories.recognition(name="化工基地", level="municipal", partners=["二厂"])
    actions.correct_recognition(
        row, actor=clerk, changes={"level": "national"}, reason="Notice 35 read again"
    )
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get(row.get_absolute_url())
    step = response.context["history"][0]
    assert (step.who, step.why) == ("clerk", "Notice 35 read again")
    assert [(change.before, change.after) for change in step.changes] == [
        ("Province or municipality", "National")
    ]
    assert [target.id for target in response.context["targets"]] == ["T05"]


def test_untrusted_address_is_text_and_trusted_one_a_link(client):
    row = factories.recognition()
    for url, trusted in (("https://moe.gov.cn/1", True), ("https://spoof.example/1", False)):
        page = factories.citation(title=url, url=url, trusted=trusted)
        Evidence.objects.create(recognition=row, citation=page)
    text = shown(client.get(row.get_absolute_url()))
    assert 'href="https://moe.gov.cn/1"' in text
    assert 'href="https://spoof.example/1"' not in text


def test_withdrawn_rows_are_not_public_and_demonstration_ones_by_their_address_alone(client):
    withdrawn = factories.recognition(name="甲", state="withdrawn")
    sample = factories.recognition(name="乙", provenance="demonstration")
    real = factories.recognition(name="丙")
    page, other = (client.get(row.get_absolute_url()) for row in (sample, real))

    assert client.get(withdrawn.get_absolute_url()).status_code == 404
    assert page.status_code == 200
    told = "本页是编写的示例"
    assert (told in shown(page), told in shown(other)) == (True, False)
    assert client.get(address("register", "vr-base")).context["page"].total == 1


def test_page_of_a_body_shows_items_of_its_own_provenance_alone(client):
    for provenance in ("reported", "demonstration"):
        body = make_organisation(f"学校 {provenance}", provenance=provenance)
        for kept in ("reported", "demonstration"):
            row = factories.recognition(
                name=f"项目 {kept} {provenance}", holder="文", provenance=kept
            )
            Recognition.objects.filter(pk=row.pk).update(holder=body)

        text = shown(client.get(reverse("registry:organisation", args=[body.uid])))

        assert [f"项目 {kept}" in text for kept in ("reported", "demonstration")] == [
            provenance == "reported",
            provenance == "demonstration",
        ]


def test_correction_through_the_page(client, clerk):
    row = factories.recognition(name="化工基地", partners=["二厂"])
    page = address("recognition_correct", row.uid)
    form = client.get(page).context["form"]
    given = {name: value for name, value in form.initial.items() if value is not None}
    saved = client.post(page, given | {"name_filed": "on", "name": "现代化工基地", "reason": "So"})
    assert saved.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.partners.get().text) == ("现代化工基地", "二厂")


def test_correction_of_an_older_version_keeps_what_was_typed(client, clerk):
    row = factories.recognition(name="化工基地")
    page = address("recognition_correct", row.uid)
    given = {k: v for k, v in client.get(page).context["form"].initial.items() if v is not None}
    actions.correct_recognition(row, actor=clerk, changes={"level": "municipal"}, reason="So")
    response = client.post(page, given | {"name_filed": "on", "name": "新名", "reason": "So"})
    assert response.status_code == 422
    assert response.context["form"]["name"].value() == "新名"
    row.refresh_from_db()
    assert (row.name, row.level) == ("化工基地", "municipal")


def test_revocation_through_the_page(client, clerk):
    row = factories.recognition()
    page = address("recognition_revoke", row.uid)
    given = {"version": 1, "ending": "revoke", "reason": "Notice 9"}
    assert client.post(page, given).status_code == 422
    assert client.post(page, given | {"ended_on": "2024-03-01"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "revoked"


def test_holder_is_matched_through_the_page(client, clerk):
    school = factories.organisation("重庆工业职业技术学院")
    row = factories.recognition(holder="重庆工业职技学院")
    page = address("recognition_match", row.uid)
    assert [one.name for one in client.get(page).context["likely"]] == ["重庆工业职业技术学院"]
    given = {"version": 1, "organisation": str(school.uid), "reason": "A slip"}
    assert client.post(page, given).status_code == 302
    row.refresh_from_db()
    assert row.holder == school


def test_evidence_is_attached_through_the_page(client, clerk):
    row = factories.recognition()
    page = address("recognition_evidence", row.uid)
    notice = SimpleUploadedFile("notice.pdf", b"%PDF-1.7 notice")
    assert (
        client.post(page, {"version": 1, "file": notice, "reason": "The notice"}).status_code == 302
    )
    given = {"version": 1, "title": "通知", "url": "https://spoof.example/", "reason": "Page"}
    assert client.post(page, given).status_code == 302
    assert client.post(page, {"version": 1, "reason": "Nothing"}).status_code == 422
    assert [bool(proof.file) for proof in row.evidence.order_by("id")] == [True, False]
    assert row.evidence.get(file=None).citation.url_trusted is False


def test_declaration_through_the_page(client, clerk):
    row = factories.recognition()
    page = address("declare_list", "vr-base")
    given = {"state": "complete", "area": row.area_id, "as_of": "2026-01-01", "basis": "Notice 35"}
    assert client.post(page, given | {"declared_total": 2}).status_code == 422
    assert client.post(page, given | {"declared_total": 1}).status_code == 302
    assert ListDeclaration.objects.get().declared_by == clerk
    before = {"seen_at": "2020-01-01T00:00:00+00:00", "basis": "Mine", "declared_total": 1}
    refused = client.post(page, given | before)
    assert refused.status_code == 422
    shown = refused.context["form"]
    assert shown["basis"].value() == "Mine"
    assert (
        client.post(page, given | before | {"seen_at": shown["seen_at"].value()}).status_code == 302
    )
    assert ListDeclaration.objects.get().basis == "Mine"


def test_decision_through_the_page(client, clerk):
    row = factories.recognition("intl-alliance", "联盟", level="")
    page = address("decide", row.uid, "alliance-strengthened")
    assert client.post(page, {"version": 1, "answer": "yes"}).status_code == 422
    saved = client.post(page, {"version": 1, "answer": "no", "reason": "No rules seen"})
    assert (saved.status_code, saved.url) == (302, address("pending"))
    decision = Judgement.objects.get()
    assert (decision.answer, decision.reason, decision.decided_by) == (
        False,
        "No rules seen",
        clerk,
    )
    assert "No rules seen" in shown(client.get(row.get_absolute_url()))


def test_decision_of_an_older_version_is_refused(client, clerk):
    row = factories.recognition("intl-alliance", "联盟", level="")
    page = address("decide", row.uid, "alliance-strengthened")
    client.post(page, {"version": 1, "answer": "no", "reason": "First"})
    assert client.post(page, {"version": 1, "answer": "yes", "reason": "Second"}).status_code == 422
    assert Judgement.objects.get().answer is False


def test_decision_leads_back_to_the_queue_but_never_to_another_site(client, clerk):
    back = address("pending") + "?target=T14"
    given = {"answer": "yes", "reason": "So"}
    for number, (asked, landed) in enumerate(
        [(back, back), ("//evil.example/", address("pending"))]
    ):
        row = factories.recognition("intl-alliance", f"联盟{number}", level="")
        page = address("decide", row.uid, "alliance-strengthened") + f"?next={quote(asked)}"
        assert client.post(page, given | {"version": 1}).url == landed


@pytest.mark.parametrize("question", ["tier-park", "no-such", "name"])
def test_question_that_is_not_asked_is_missing(client, clerk, question):
    row = factories.recognition("intl-alliance", "联盟", level="")
    assert client.get(address("decide", row.uid, question)).status_code == 404


def test_several_rows_are_decided_with_one_reason(client, clerk):
    rows = [factories.recognition("intl-alliance", f"联盟{n}", level="") for n in range(3)]
    given = {
        "property": "alliance-strengthened",
        "answer": "yes",
        "reason": "Listed by the office",
        "rows": [str(row.uid) for row in rows[:2]],
    }
    assert client.post(address("decide_several"), given).status_code == 302
    assert Judgement.objects.filter(answer=True, reason="Listed by the office").count() == 2
    page = client.get(address("pending"), {"property": "alliance-strengthened"})
    assert [one.recognition for one in page.context["decisions"]] == [rows[2]]


@pytest.mark.parametrize(
    "changes", [{"rows": []}, {"rows": ["nonsense"]}, {"reason": ""}, {"answer": "perhaps"}]
)
def test_incomplete_decision_about_several_rows_is_refused(client, clerk, changes):
    row = factories.recognition("intl-alliance", "联盟", level="")
    given = {
        "property": "alliance-strengthened",
        "answer": "yes",
        "reason": "So",
        "rows": [str(row.uid)],
    }
    assert client.post(address("decide_several"), given | changes).status_code == 422
    assert Judgement.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_takes_a_constant_number_of_queries(client, clerk, rows, django_assert_num_queries):
    for number in range(rows):
        factories.recognition("intl-alliance", f"联盟{number}", level="", partners=["一校"])
    client.get(address("pending"))
    with django_assert_num_queries(8):
        client.get(address("pending"))


KEEPERS_PAGES = [
    ("recognition_correct", True, ()),
    ("recognition_revoke", True, ()),
    ("recognition_match", True, ()),
    ("recognition_evidence", True, ()),
    ("decide", True, ("level",)),
    ("pending", False, ()),
    ("declare_list", False, ("vr-base",)),
]


@pytest.mark.parametrize(("name", "of_a_row", "rest"), KEEPERS_PAGES)
def test_pages_of_the_keepers_are_closed_to_others(client, name, of_a_row, rest):
    row = factories.recognition(level="")
    page = address(name, *([row.uid] if of_a_row else []), *rest)
    assert client.get(page).url.startswith(SIGN_IN)
    client.force_login(factories.person("school", "school-clerk"))
    assert client.get(page).status_code == 403
    assert client.post(page, {"version": 1, "reason": "So"}).status_code == 403


@pytest.mark.parametrize(("name", "of_a_row", "rest"), KEEPERS_PAGES)
def test_pages_of_the_keepers_open_for_a_clerk(client, clerk, name, of_a_row, rest):
    row = factories.recognition(level="")
    page = address(name, *([row.uid] if of_a_row else []), *rest)
    assert client.get(page).status_code == 200


def test_forged_form_is_refused():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.person())
    row = factories.recognition()
    page = address("recognition_revoke", row.uid)
    given = {"version": 1, "ending": "withdraw", "reason": "So"}
    assert browser.post(page, given).status_code == 403
    assert Recognition.objects.get().state == "recognised"


def test_organisation_page_lists_its_items(client):
    school = factories.organisation("一校")
    factories.recognition(name="化工基地", holder="一校", holder_id=school.pk)
    text = shown(client.get(reverse("registry:organisation", args=[school.uid])))
    assert "化工基地" in text
