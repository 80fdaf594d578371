"""Promises about the styles that a machine can keep."""

import re
from pathlib import Path

import pytest

from zhiqiao.web.templatetags.ui import STYLESHEETS

STATIC = Path(__file__).parents[1] / "static" / "web"
LIGHT, DARK = 0, 1
TEXTS = ("ink", "ink-soft", "bridge", "bridge-deep", "jade", "amber-ink", "vermilion", "slate")
TINTS = {
    "jade": "jade-tint",
    "amber-ink": "amber-tint",
    "vermilion": "vermilion-tint",
    "bridge": "bridge-tint",
    "slate": "slate-tint",
}


def tokens(scheme):
    text = (STATIC / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.split("prefers-color-scheme: dark")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    return (
        found if scheme == LIGHT else found | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", dark))
    )


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "mist"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_on_its_ground(text, ground, scheme):
    colours = tokens(scheme)

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "tint"), TINTS.items())
def test_status_can_be_read_on_its_tint(text, tint, scheme):
    colours = tokens(scheme)

    assert contrast(colours[text], colours[tint]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_inputs_can_be_seen(scheme):
    colours = tokens(scheme)

    assert contrast(colours["edge"], colours["paper"]) >= 3


def test_every_style_file_is_linked_and_there_is_no_other():
    files = {path.stem for path in STATIC.glob("*.css")}

    assert files == set(STYLESHEETS)


def test_styles_stay_small_and_fetch_nothing():
    texts = [path.read_text(encoding="utf-8") for path in STATIC.glob("*.css")]

    assert sum(len(text.encode()) for text in texts) < 43_000
    assert [text for text in texts if "url(" in text or "@import" in text] == []


def test_vendored_script_is_the_one_that_its_note_names():
    note = (STATIC / "vendor" / "README.md").read_text(encoding="utf-8")
    script = (STATIC / "vendor" / "htmx.min.js").read_text(encoding="utf-8")

    version = re.search(r'version="([0-9.]+)"', script) or re.search(r'version:"([0-9.]+)"', script)
    assert version
    assert f"| {version[1]} |" in note
