"""What people do with the platform, from the first page to the last effect."""

import openpyxl
from playwright.sync_api import expect

from tests.e2e.steps import counted, enter, paste, submit, wait_for

VIRTUAL_BASES, PARK_CONSORTIA, COMMUNITIES, ALLIANCES = "T05", "T08", "T09", "T14"
HEADINGS = "kind\tname\tholder\tannounced\tarea\tsource_title"


def first_waiting(page, site, target):
    page.goto(f"{site.address}/pending/?target={target}")
    page.locator("main a.button[href^='/pending/']").first.click()
    page.wait_for_url("**/pending/*/*/**")


def decide(page, *, answer, reason):
    page.locator(f"input[name=answer][value={answer}]").check()
    page.fill("textarea[name=reason]", reason)
    submit(page)


def counted_record(page, site, target):
    page.goto(f"{site.address}/targets/{target}/")
    return site.address + page.locator("#records tbody a").first.get_attribute("href")


def test_anybody_follows_a_number_down_to_its_source(page, site):
    page.goto(f"{site.address}/board/")
    page.locator("a[href='/targets/T13/']").first.click()
    page.locator("#records a").first.click()

    expect(page.locator("main")).to_contain_text("重庆三峡医药高等专科学校")
    expect(page.locator("main .citation").first).to_be_visible()


def test_lead_decides_a_pending_row_and_the_board_moves(page, site):
    before = counted(page, site, PARK_CONSORTIA)
    site.sign_in(page, "lead")
    first_waiting(page, site, PARK_CONSORTIA)
    decide(page, answer="yes", reason="园区管委会牵头，章程已核对。")
    expect(page.locator(".notice--success")).to_be_visible()
    after = counted(page, site, PARK_CONSORTIA)

    assert before == (None, 3)
    assert after == (1, 2)


def test_clerk_corrects_a_record_and_board_and_history_move(page, site):
    value, _pending = counted(page, site, VIRTUAL_BASES)
    record = counted_record(page, site, VIRTUAL_BASES)
    site.sign_in(page, "clerk")
    page.goto(f"{record}correct/")
    submit(page)
    refused = page.locator(".error-summary").inner_text()
    page.select_option("select[name=level]", "municipal")
    page.fill("textarea[name=reason]", "市教委通知写明为市级。")
    submit(page)

    assert "理由" in refused
    expect(page.locator(".timeline__item").first).to_contain_text("市教委通知写明为市级。")
    assert counted(page, site, VIRTUAL_BASES) == (value - 1, 0)
    page.goto(f"{site.address}/targets/{VIRTUAL_BASES}/")
    expect(page.locator("#history")).to_contain_text("市教委通知写明为市级。")


def test_second_of_two_clerks_on_one_row_is_told(browser, site):
    first, second = browser.new_page(), browser.new_page()
    address = counted_record(first, site, "T09") + "correct/"
    for page, login in ((first, "clerk"), (second, "lead")):
        site.sign_in(page, login)
        page.goto(address)
        page.fill("textarea[name=reason]", f"{login} 的理由")
        page.fill("textarea[name=remark]", f"{login} 的备注")
    submit(first)
    submit(second)

    expect(first.locator(".timeline__item").first).to_contain_text("clerk 的理由")
    expect(second.locator(".error-summary")).to_be_visible()
    assert second.input_value("textarea[name=remark]") == "lead 的备注"
    second.goto(address.removesuffix("correct/"))
    expect(second.locator("main")).not_to_contain_text("lead 的备注")
    first.context.close()
    second.context.close()


def test_frozen_board_stays_when_the_live_board_moves(page, site):
    site.sign_in(page, "lead")
    page.goto(f"{site.address}/freezes/")
    page.fill("input[name=label]", "第三季度汇报")
    submit(page)
    expect(page.locator("main h1")).to_contain_text("第三季度汇报")
    frozen, table = page.url, page.locator("main table").inner_text()
    value, pending = counted(page, site, ALLIANCES)
    first_waiting(page, site, ALLIANCES)
    decide(page, answer="yes", reason="联盟章程和年度活动已核对。")
    after = counted(page, site, ALLIANCES)
    page.goto(frozen)

    assert after == ((value or 0) + 1, pending - 1)
    assert page.locator("main table").inner_text() == table
    expect(page.locator(".notice--success")).to_contain_text("重新计算")


def test_deciding_the_same_again_moves_nothing(page, site):
    site.sign_in(page, "lead")
    first_waiting(page, site, ALLIANCES)
    form = page.url
    decide(page, answer="no", reason="没有常设机构。")
    once = counted(page, site, ALLIANCES)
    page.goto(form)
    decide(page, answer="no", reason="没有常设机构。")

    assert counted(page, site, ALLIANCES) == once


def test_clerk_pastes_a_table_and_the_register_shows_it(page, site):
    name = "成渝轨道交通产教融合共同体（导入测试）"
    value, _pending = counted(page, site, COMMUNITIES)
    site.sign_in(page, "clerk")
    paste(
        page, site, HEADINGS, f"community\t{name}\t重庆公共运输职业学院\t2024-05\t重庆市\t学校新闻"
    )
    enter(page)

    assert counted(page, site, COMMUNITIES) == (value + 1, 0)
    page.goto(f"{site.address}/registers/community/?q=轨道交通")
    expect(page.locator("main tbody")).to_contain_text(name)


def test_faulty_table_is_refused_with_a_workbook_and_writes_nothing(page, site, tmp_path):
    before = counted(page, site, COMMUNITIES)
    site.sign_in(page, "clerk")
    paste(page, site, HEADINGS, "community\t错行\t某校\t2024-13\t不存在市\t学校新闻")
    wait_for(page, "a[href$='errors.xlsx']")
    with page.expect_download() as download:
        page.locator("a[href$='errors.xlsx']").first.click()
    download.value.save_as(tmp_path / "errors.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "errors.xlsx").worksheets[0]
    marked = [cell.value for row in sheet.iter_rows() for cell in row if cell.comment]

    assert set(marked) >= {"2024-13"}
    assert counted(page, site, COMMUNITIES) == before


def test_import_and_search_work_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    site.sign_in(page, "clerk")
    page.goto(f"{site.address}/registers/vet-group/?q=智能")
    found = page.locator("main tbody tr").count()
    paste(page, site, HEADINGS, "alliance\t无脚本导入联盟\t\t2025\t重庆市\t学校新闻")
    enter(page)
    page.goto(f"{site.address}/registers/alliance/?q=无脚本")
    shown = page.locator("main tbody").inner_text()
    context.close()

    assert found >= 2
    assert "无脚本导入联盟" in shown


def test_person_without_the_role_meets_the_reason(page, site):
    record = counted_record(page, site, "T13")
    site.sign_in(page, "school")
    answer = page.goto(f"{record}correct/")

    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("经办人")


def test_printed_board_is_dated_and_fits_paper(page, site, tmp_path):
    page.goto(f"{site.address}/board/print/")
    page.emulate_media(media="print")
    page.pdf(path=tmp_path / "board.pdf", format="A4")

    assert (tmp_path / "board.pdf").stat().st_size > 20_000
    assert page.locator(".navigation").is_hidden()
    expect(page.locator(".print-date")).to_be_visible()
