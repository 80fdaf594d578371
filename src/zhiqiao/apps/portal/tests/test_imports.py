"""The import pages: every step by clicking, and what each refuses."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhiqiao.core.imports import actions
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.tests import citation_import  # registers its two tables
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW, clerk, pasted, workbook
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.models import Citation
from zhiqiao.core.tests.flushing import _guarded_tables_can_be_flushed  # noqa: F401

pytestmark = pytest.mark.django_db

KEY = citation_import.CITATIONS.key
TABLE = pasted(HEADINGS, ROW)
INLINE = re.compile(r"<[^>]+ (?:style|on[a-z]+)=|<style|<script(?![^>]* src=)")


@pytest.fixture
def person():
    return clerk()


@pytest.fixture
def desk(client, person):
    client.force_login(person)
    client.cookies["zhiqiao_language"] = "en"
    return client


def page(response, status=200):
    """The text of a page as a person reads it; nothing of it is inline style or script."""
    html = response.content.decode()
    assert response.status_code == status
    assert INLINE.findall(html) == []
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def open_table(desk, text=TABLE, key=KEY):
    response = desk.post(reverse("portal:import_new", args=[key]), {"text": text})
    assert response.status_code == 302
    return ImportBatch.objects.first(), response.url


def address(name, batch):
    return reverse(f"portal:{name}", args=[batch.uid])


def detail(desk, batch):
    return page(desk.get(address("import_detail", batch)))


def test_pasted_table_is_checked_and_entered(desk):
    batch, after = open_table(desk)
    assert after == address("import_detail", batch)
    assert "Being checked" in detail(desk, batch)
    run_queued_jobs()
    text = detail(desk, batch)
    assert "nothing has been entered yet" in text
    assert re.search(r"New 1 ", text)

    desk.post(address("import_commit", batch))
    run_queued_jobs()

    assert "The table was entered on" in detail(desk, batch)
    assert Citation.objects.count() == 1


def test_uploaded_workbook_goes_the_same_road(desk, tmp_path):
    path = workbook([ROW], path=tmp_path / "名单.xlsx")
    with path.open("rb") as file:
        desk.post(reverse("portal:import_new", args=[KEY]), {"file": file})
    run_queued_jobs()

    assert ImportBatch.objects.values_list("state", "file__name").get() == ("checked", "名单.xlsx")


def test_working_page_asks_again_for_its_part_and_has_a_link_for_people_without_script(desk):
    batch, _after = open_table(desk)

    html = desk.get(address("import_detail", batch)).content.decode()
    part = desk.get(address("import_detail", batch), headers={"HX-Request": "true"})

    assert f'hx-get="{address("import_detail", batch)}" hx-trigger="every 1s"' in html
    assert "Load again to see the progress" in html
    assert part.content.decode().startswith('<div class="standing" hx-get=')
    run_queued_jobs()
    ended = desk.get(address("import_detail", batch), headers={"HX-Request": "true"})
    assert ended.content.decode().startswith('<div class="standing">')


def test_file_that_cannot_be_read_is_refused_beside_the_field(desk, tmp_path):
    path = tmp_path / "list.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with path.open("rb") as file:
        response = desk.post(reverse("portal:import_new", args=[KEY]), {"file": file})

    text = page(response, status=422)
    assert "list.xls is a workbook of Excel 97–2003 (.xls), which is not read." in text
    assert "choose “Save as”" in text


@pytest.mark.parametrize("both", [True, False])
def test_exactly_one_of_file_and_paste_is_needed(desk, tmp_path, both):
    path = workbook([ROW], path=tmp_path / "a.xlsx")
    with path.open("rb") as file:
        data = {"file": file, "text": TABLE} if both else {"text": " "}
        response = desk.post(reverse("portal:import_new", args=[KEY]), data)

    assert "exactly one of the two is needed" in page(response, status=422)


def test_unknown_columns_are_asked_for(desk):
    batch, after = open_table(desk, pasted(["公告名", "文号"], ["公报", "1"]))
    assert after == address("import_mapping", batch)
    html = desk.get(after).content.decode()
    assert "公报" in html  # the first value helps to tell the columns apart

    refused = desk.post(after, {"0": "", "1": "document"})
    accepted = desk.post(after, {"0": "title", "1": "document"})

    assert "Say what this column holds, or that it is not" in page(refused, status=422)
    assert accepted.url == address("import_detail", batch)
    run_queued_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == ("checked", {"0": "title", "1": "document"})


def test_questions_about_the_list_come_before_the_check(desk):
    batch, after = open_table(desk, key="tests.asking")
    assert after == address("import_options", batch)

    refused = desk.post(after, {"basis": ""})
    accepted = desk.post(after, {"basis": "notice 5"})

    assert refused.status_code == 422
    assert accepted.url == address("import_detail", batch)
    batch.refresh_from_db()
    assert (batch.state, batch.options["basis"]) == ("checking", "notice 5")


def test_doubtful_names_are_confirmed_in_one_table(desk):
    Citation.objects.create(title="Gongbao")
    batch, _after = open_table(desk, pasted(HEADINGS[:2], ["GONGBAO", "1"]))
    run_queued_jobs()
    assert "1 name must be confirmed" in detail(desk, batch)
    doubts = address("import_doubts", batch)
    assert '<option value="Gongbao" selected>Gongbao</option>' in desk.get(doubts).content.decode()

    after = desk.post(doubts, {"doubt-0": "Gongbao"})

    assert after.url == address("import_detail", batch)
    run_queued_jobs()
    text = detail(desk, batch)
    assert "What would change" not in text  # the preview compares titles as they are given
    assert re.search(r"Changed 1 ", text)


def test_preview_shows_before_and_after(desk):
    Citation.objects.create(title="公报", document="旧文号")
    batch, _after = open_table(desk, pasted(HEADINGS[:2], ["公报", "新文号"]))
    run_queued_jobs()

    assert "2 公报 文号 旧文号 新文号" in detail(desk, batch)


def test_problems_are_listed_and_the_marked_workbook_can_be_fetched(desk):
    rows = [["公报", "", "", "soon", ""], ["年报", "", "", "", "也许"]]
    batch, _after = open_table(desk, pasted(HEADINGS, *rows))
    run_queued_jobs()

    text = detail(desk, batch)
    assert (
        "2 查阅日期 soon 需要" in text or "2 查阅日期 soon A day of the calendar is needed." in text
    )
    workbook_sent = desk.get(address("import_errors", batch))
    assert workbook_sent["Content-Disposition"].startswith("attachment;")
    assert b"".join(workbook_sent.streaming_content).startswith(b"PK")


def test_refused_import_cannot_be_entered_by_a_forged_form(desk):
    batch, _after = open_table(desk, pasted(HEADINGS, ["公报", "", "", "soon", ""]))
    run_queued_jobs()

    response = desk.post(address("import_commit", batch), follow=True)

    assert "This cannot be done now" in page(response)
    assert Citation.objects.count() == 0


def test_file_entered_before_is_announced_with_its_day(desk):
    first, _after = open_table(desk)
    run_queued_jobs()
    desk.post(address("import_commit", first))
    run_queued_jobs()
    second, _after = open_table(desk)
    run_queued_jobs()

    text = detail(desk, second)
    assert "This very file was already entered on" in text
    assert re.search(r"New 0 Changed 0 Unchanged 1 ", text)


def test_running_check_can_be_stopped(desk):
    batch, _after = open_table(desk)

    desk.post(address("import_cancel", batch))

    assert "The table can be checked now." in detail(desk, batch)


def test_markup_in_cells_is_shown_as_text(desk):
    evil = "<script>alert(1)</script>"
    batch, _after = open_table(desk, pasted(HEADINGS, [evil, "", "", "soon", ""], ["", evil]))
    run_queued_jobs()

    html = desk.get(address("import_detail", batch)).content.decode()

    assert evil not in html
    assert desk.get(address("import_mapping", batch)).content.decode().count(evil) == 0


def test_list_shows_state_and_counts(desk):
    open_table(desk)
    run_queued_jobs()

    text = page(desk.get(reverse("portal:imports")))

    assert re.search(r"pasted table\.tsv .* Checked 1 1 0 0", text)


def test_list_takes_the_same_number_of_queries_for_one_and_three_imports(desk):
    counts = []
    for more in (1, 2):
        for _number in range(more):
            open_table(desk)
        desk.get(reverse("portal:imports"))
        with CaptureQueriesContext(connection) as captured:
            desk.get(reverse("portal:imports"))
        counts.append(len(captured))

    assert counts[0] == counts[1] > 0


def test_template_is_sent_as_a_workbook(desk):
    response = desk.get(reverse("portal:import_template", args=[KEY]))

    assert response["Content-Disposition"].startswith("attachment;")
    assert b"".join(response.streaming_content).startswith(b"PK")


PAGES = ["import_detail", "import_mapping", "import_options", "import_doubts", "import_errors"]
STEPS = ["import_check", "import_commit", "import_cancel", "import_sheet"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_somebody_elses_import_do_not_exist(client, person, name):
    batch = actions.open_batch("tests.asking", actor=person, text=TABLE)
    client.force_login(clerk("other"))

    assert client.get(address(name, batch)).status_code == 404


@pytest.mark.parametrize("name", STEPS)
def test_steps_of_somebody_elses_import_are_refused(client, person, name):
    batch = actions.open_batch(KEY, actor=person, text=TABLE)
    client.force_login(clerk("other"))

    assert client.post(address(name, batch)).status_code == 404
    batch.refresh_from_db()
    assert batch.state == "mapped"


@pytest.mark.parametrize("name", [*PAGES, *STEPS])
def test_visitors_are_sent_to_sign_in(client, person, name):
    batch = actions.open_batch("tests.asking", actor=person, text=TABLE)

    response = (
        client.post(address(name, batch)) if name in STEPS else client.get(address(name, batch))
    )

    assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", STEPS)
def test_steps_answer_only_to_forms(desk, person, name):
    batch = actions.open_batch(KEY, actor=person, text=TABLE)

    assert desk.get(address(name, batch)).status_code == 405


def test_unknown_table_does_not_exist(desk):
    assert desk.get(reverse("portal:import_new", args=["no.such"])).status_code == 404
    assert desk.get(reverse("portal:import_template", args=["no.such"])).status_code == 404
