"""What people do with the platform, from the first page to the last effect."""

from playwright.sync_api import expect


def counted(page, site, target):
    rows = page.request.get(f"{site.address}/board.json").json()
    row = next(row for row in rows if row["id"] == target)
    return row["value"], row["pending"]


def test_anybody_follows_a_number_down_to_its_source(page, site):
    page.goto(f"{site.address}/board/")
    page.locator("a[href='/targets/T13/']").first.click()
    page.locator("#records a").first.click()

    expect(page.locator("main")).to_contain_text("重庆三峡医药高等专科学校")
    expect(page.locator("main .citation").first).to_be_visible()


def test_lead_decides_a_pending_row_and_the_board_moves(page, site):
    before = counted(page, site, "T08")
    site.sign_in(page, "lead")
    page.goto(f"{site.address}/pending/?target=T08")
    page.locator("main a[href^='/pending/']").first.click()
    page.locator("input[name=answer][value=yes]").check()
    page.fill("textarea[name=reason]", "园区管委会牵头，章程已核对。")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    after = counted(page, site, "T08")

    assert before == (None, 3)
    assert after == (1, 2)


def test_lead_freezes_the_board_and_it_replays(page, site):
    site.sign_in(page, "lead")
    page.goto(f"{site.address}/freezes/")
    page.fill("input[name=label]", "第三季度汇报")
    page.locator("main form button[type=submit]").click()

    expect(page.locator("main h1")).to_contain_text("第三季度汇报")
    expect(page.locator("main .notice--success")).to_be_visible()


def test_clerk_pastes_a_table_and_enters_it(page, site):
    site.sign_in(page, "clerk")
    page.goto(f"{site.address}/imports/new/projects.recognitions/")
    page.fill(
        "textarea[name=pasted]",
        "类别\t名称\t持有单位\t级别\t批次或年份\t文件\t公布日期\t地区\t来源标题\n"
        "community\t成渝轨道交通产教融合共同体\t重庆公共运输职业学院\t\t2024\t\t2024-05\t重庆市\t学校新闻\n",
    )
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("成渝轨道交通产教融合共同体")


def test_site_works_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    site.sign_in(page, "clerk")
    page.goto(f"{site.address}/registers/vet-group/?q=智能")
    found = page.locator("main tbody tr").count()
    page.goto(f"{site.address}/pending/")
    waiting = page.locator("main tbody tr, main .card").count()
    context.close()

    assert found >= 2
    assert waiting > 0


def test_printed_board_is_dated_and_fits_paper(page, site, tmp_path):
    page.goto(f"{site.address}/board/print/")
    page.emulate_media(media="print")
    page.pdf(path=tmp_path / "board.pdf", format="A4")

    assert (tmp_path / "board.pdf").stat().st_size > 20_000
    assert page.locator(".navigation").is_hidden()
