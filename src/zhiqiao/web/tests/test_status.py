import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.measures import ListState
from zhiqiao.web.components.status import APPEARANCES, define_status, status_badge

STATIC = Path(__file__).parents[1] / "static" / "web"


def test_badge_has_icon_word_and_tone():
    with translation.override("en"):
        shown = status_badge("not-met")

    assert shown.startswith('<span class="status status--bad"><svg')
    assert shown.endswith("</svg>Not met</span>")


def test_badge_follows_the_language_of_the_reader():
    with translation.override("en"):
        english = status_badge("no-data")
    with translation.override("zh-hans"):
        status_badge("no-data")
    with translation.override("en"):
        again = status_badge("no-data")

    assert english == again


def test_badge_of_an_unknown_status_shows_its_code_safely():
    assert status_badge("<new>") == '<span class="status status--mute">&lt;new&gt;</span>'


def test_badge_takes_enumerations_and_another_word():
    with translation.override("en"):
        assert status_badge(ListState.NOT_LOADED).endswith("List not loaded</span>")
        assert status_badge("met", "Done").endswith("Done</span>")


def test_apps_may_define_a_status():
    define_status("test-only", icon_name="check", tone="good", word=_("Met"))

    with translation.override("en"):
        assert status_badge("test-only").endswith("Met</span>")
    del APPEARANCES["test-only"]


@pytest.mark.parametrize("code", sorted(APPEARANCES))
def test_every_status_has_its_icon_in_the_sprite_and_its_tone_in_the_styles(code):
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    styles = (STATIC / "status.css").read_text(encoding="utf-8")

    assert f'id="{APPEARANCES[code].icon}"' in sprite
    assert f".status--{APPEARANCES[code].tone} " in styles


def test_every_icon_that_templates_name_is_in_the_sprite():
    sprite = set(re.findall(r'id="([a-z-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    source = Path(__file__).parents[2]
    named = {
        name
        for template in source.rglob("*.html")
        for name in re.findall(r'\{% icon "([a-z-]+)"', template.read_text(encoding="utf-8"))
    }

    assert named - sprite == set()
