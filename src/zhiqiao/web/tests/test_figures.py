from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from zhiqiao.packs import Article, Text
from zhiqiao.web.components import figures

SPACE = "\u202f"
TITLE = Text(zh="条", en="Article")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1234, f"1{SPACE}234"),
        (Decimal("1234567.50"), f"1{SPACE}234{SPACE}567.5"),
        (Decimal("1E+3"), f"1{SPACE}000"),
        (-1234, f"-1{SPACE}234"),
        (None, ""),
        ("2023-05", "2023-05"),
    ],
)
def test_grouped_puts_thin_spaces_between_thousands(number, shown):
    assert figures.grouped(number) == shown


def test_figure_without_value_says_no_data_and_never_zero():
    assert figures.figure(None, "schools") == (
        '<span class="figure figure--missing">No data</span>'
    )


def test_figure_of_zero_is_a_number():
    assert figures.figure(0) == '<span class="figure"><span class="figure__value">0</span></span>'


def test_figure_with_lower_bound_says_at_least_to_eye_and_ear():
    assert figures.figure(5, Text(zh="\u6240", en="schools"), "at-least") == (
        '<span class="figure"><span class="figure__bound" aria-hidden="true">\u2265</span>'
        '<span class="hidden">at least </span><span class="figure__value">5</span>'
        '<span class="figure__unit">schools</span></span>'
    )


def test_text_follows_the_active_language():
    text = Text(zh="\u6865", en="bridge")

    with translation.override("zh-hans"):
        assert figures.text(text) == "\u6865"
    assert (figures.text(text), figures.text(None), figures.text("as is")) == (
        "bridge",
        "",
        "as is",
    )


def test_day_and_instant_are_of_the_regions_zone():
    late = datetime(2026, 11, 23, 20, 5, tzinfo=UTC)

    assert figures.day(late) == "24 Nov 2026"
    assert figures.instant(late) == "24 Nov 2026, 04:05"
    assert figures.day(date(2026, 11, 3)) == "3 Nov 2026"
    assert (figures.day(None), figures.day("2023-05")) == ("", "2023-05")


def test_article_is_numbered_as_the_language_writes_it():
    article = Article(id="A15", number="十五", title=TITLE, summary=TITLE)

    assert figures.article_number(article) == "15"
    with translation.override("zh-hans"):
        assert figures.article_number(article) == "十五"
