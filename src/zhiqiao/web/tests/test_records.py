from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import translation

from zhiqiao.web.components import records


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def page(**changes):
    facts = {
        "title": "A <list>",
        "url": "https://example.org/a",
        "url_trusted": True,
        "read_on": None,
        "document": "",
        "confidence": "",
    }
    return SimpleNamespace(**facts | changes)


def test_citation_links_a_trusted_address_and_escapes_its_title():
    assert records.citation(page()) == (
        '<span class="citation"><cite class="citation__title"><a href="https://example.org/a" '
        'rel="external noopener noreferrer">A &lt;list&gt;</a></cite></span>'
    )


@pytest.mark.parametrize(
    "changes",
    [{"url_trusted": False}, {"url": "javascript:alert(1)"}, {"url": ""}],
    ids=["not trusted", "script", "no address"],
)
def test_citation_without_trusted_web_address_is_plain_text(changes):
    assert records.citation(page(**changes)) == (
        '<span class="citation"><cite class="citation__title">A &lt;list&gt;</cite></span>'
    )


def test_citation_tells_document_day_and_confidence():
    source = page(
        url="", document="No. 12", read_on=date(2026, 8, 2), confidence="multiple", title="A"
    )

    assert records.citation(source) == (
        '<span class="citation"><cite class="citation__title">A</cite> '
        '<span class="citation__notes">No. 12 \u00b7 read on 2 Aug 2026 \u00b7 '
        "several sources agree</span></span>"
    )


def test_ribbon_is_shown_for_demonstrations_alone():
    assert records.ribbon(SimpleNamespace(provenance="public-source")) == ""
    assert "Demonstration data" in records.ribbon(SimpleNamespace(provenance="demonstration"))
