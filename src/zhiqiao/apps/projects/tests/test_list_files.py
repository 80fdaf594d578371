"""Every list can be taken away, as a workbook and on paper, by those and only those who see the page."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from zhiqiao.apps.projects.actions import answer_objection, object_to
from zhiqiao.apps.projects.actions.draws import fill_draw, start_draw
from zhiqiao.apps.projects.actions.panels import make_panel, seat_expert
from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.models import Application, Draw, UnsuitableExpert
from zhiqiao.apps.projects.tests import factories
from zhiqiao.apps.projects.tests.building import again, make_project
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import asked, scored_by, signed_in_expert
from zhiqiao.apps.projects.views import lists
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core import typesetting
from zhiqiao.core.dates import today
from zhiqiao.core.jobs import Progress

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).parents[1] / "templates/projects"
LINK = re.compile(r'href="([^"]*(?:format=(?:xlsx|pdf)|/export/)[^"]*)"')


def accounts_and_call():
    """Make a call in which every list has a row, and who looks at them."""
    school = make_organisation("云岭学院", kind="higher-vocational")
    district = make_organisation("云岭区教委", kind="government")
    who = people(applicant=school, recommender=district)
    call = make_call()
    read = make_application(
        call, state="reviewing", applicant=school, recommender=district, number="2026-0001"
    )
    expert, who["expert"] = signed_in_expert(1)
    asked(read, expert)
    for serial, mark in ((2, 20), (3, 90), (4, 95)):
        scored_by(read, serial, mark)
    UnsuitableExpert.objects.create(application=read, position=1, name="专家2", reason="竞争")
    make_expert(5, name="本校专家", employer=school)
    return call, read, who


def filled(call, read, who):
    """Bring a draw, a panel, a notice with an answer, a project and registers beside it."""
    make_application(call, state="reviewing", number="2026-0002", title="另一基地")
    compute_scores(call, actor=who["clerk"])
    draw = start_draw(call, actor=who["clerk"])
    fill_draw(draw.pk, progress=Progress())
    meeting = make_application(call, state="panel", number="2026-0003", title="会评基地")
    panel = make_panel(
        call, title="会", held_on=today(), place="", applications=[meeting], actor=who["clerk"]
    )
    seat_expert(panel, make_expert(6, name="委员").pk, actor=who["clerk"])
    make_application(call, state="deciding", number="2026-0004", title="待定基地")
    noticed = make_application(call, state="publicity", number="2026-0005", title="公示基地")
    Application.objects.filter(pk=noticed.pk).update(publicity_until=today())
    objection = object_to(again(noticed), text="异议", name="甲", contact="乙", actor=None)
    answer_objection(objection, is_upheld=False, answer="不成立", actor=who["clerk"])
    make_project(call=call, number="2026-0006", title="在建基地", name="第二学院", who=who)
    factories.recognition("innovation-centre", "中心", level="")
    return draw, panel


def addresses(call, read, draw, panel):
    of_call = ("applications", "reviews", "scores", "results", "objections", "notice", "recognised")
    return {
        "clerk": [
            "/calls/", "/building/", "/registers/", "/registers/innovation-centre/", "/pending/",
            *(f"/calls/{call.uid}/{name}/" for name in of_call),
            draw.get_absolute_url(), panel.get_absolute_url(),
            reverse("projects:application_reviews", args=[read.uid]),
            reverse("projects:explain_draw", args=[draw.uid, read.uid]),
        ],
        "district": [f"/calls/{call.uid}/recommending/"],
        "school": ["/my-applications/"],
        "expert": ["/my-reviews/"],
    }  # fmt: skip


def files_of(client, address):
    """Return the links to files that a page offers, by the list that each is of."""
    page = client.get(address)
    assert page.status_code == 200, address
    found: dict[str, set[str]] = {}
    for link in map(unescape, LINK.findall(page.content.decode())):
        kind = "pdf" if "format=pdf" in link else "xlsx"
        name = (re.search(r"list=([a-z]+)", link) or ["", ""])[1]
        found.setdefault(name, {})[kind] = link if link.startswith("/") else address + link
    return found


def content_of(sent):
    return b"".join(sent) if sent.streaming else sent.content or b"-"


def opened(client, kind, link):
    """Open a file and return its first words: the heading of a workbook, the mark of a PDF."""
    sent = client.get(link)
    assert sent.status_code == 200, (link, [str(one) for one in get_messages(sent.wsgi_request)])
    content = content_of(sent)
    if kind == "pdf":
        return content[:5]
    rows = list(openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True))
    assert len(rows) > 1, link
    return rows[0]


def test_every_list_page_offers_both_files_and_they_open(client):
    if not typesetting.fonts_here():
        pytest.skip("no font with Chinese characters on this machine")
    call, read, who = accounts_and_call()
    draw, panel = filled(call, read, who)
    shut = []
    for login, pages in addresses(call, read, draw, panel).items():
        client.force_login(who[login])
        for address in pages:
            found = files_of(client, address)
            assert found, address
            for name, links in found.items():
                assert set(links) == {"xlsx", "pdf"}, (address, name)
                heading = opened(client, "xlsx", links["xlsx"])
                assert all(heading), (address, name)
                assert opened(client, "pdf", links["pdf"]) == b"%PDF-"
    client.logout()
    for address in addresses(call, read, draw, panel)["clerk"]:
        plain = client.get(address)
        sent = [client.get(address, {"format": kind}) for kind in ("xlsx", "pdf")]
        shut.append(plain.status_code)
        assert {one.status_code for one in sent} == {plain.status_code}, address
        assert all(content_of(one) for one in sent)
    assert {200, 302} == set(shut)


def test_every_template_with_pages_offers_files():
    """A list that is cut into pages can be taken away whole; a new one is found here."""
    lacking = [
        path.name
        for path in sorted(TEMPLATES.glob("*.html"))
        if "{% pagination" in (text := path.read_text(encoding="utf-8"))
        and not ("format='pdf'" in text or "projects/_files.html" in text)
    ]
    assert lacking == []


def test_pdf_that_is_too_long_is_refused_in_words_and_the_workbook_is_not(client, settings):
    call = make_call()
    make_application(call, state="checking")
    client.force_login(people()["clerk"])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    rows = ((str(number),) for number in range(lists.PDF_ROWS + 1))
    page = client.get(f"/calls/{call.uid}/applications/", {"format": "xlsx"})
    assert content_of(page)
    request = page.wsgi_request
    request.GET = request.GET.copy()
    made = lists.ListFile("list", "List", ["Number"], rows)

    sent = lists.list_file(request, made)
    assert sent.status_code == 200
    sent.file_to_stream.close()
    request.GET["format"] = "pdf"
    with pytest.raises(lists.RuleError) as refused:
        lists.list_file(request, lists.ListFile("list", "List", ["Number"], iter([("1",)] * 2_001)))
    assert refused.value.code == "projects.list-too-long"


def test_expert_takes_away_the_own_reviews_alone(client):
    call, _read, who = accounts_and_call()
    other = make_application(call, state="reviewing", number="2026-0009", title="别人的")
    asked(other, make_expert(7, name="别的专家"))
    client.force_login(who["expert"])
    sent = client.get("/my-reviews/", {"format": "xlsx"})
    rows = list(openpyxl.load_workbook(BytesIO(b"".join(sent))).active.iter_rows(values_only=True))

    assert [row[0] for row in rows[1:]] == ["2026-0001"]
    assert Draw.objects.count() == 0
