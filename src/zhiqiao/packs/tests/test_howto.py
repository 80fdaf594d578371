"""The walk-through for authors, followed word by word."""

import re
import shutil
from pathlib import Path

from zhiqiao.packs import check

ROOT = Path(__file__).parents[4]
GUIDE = (ROOT / "docs" / "howto" / "write-a-pack.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```yaml\n(# ([a-z/]+\.yaml)\n.*?)```", re.DOTALL)


def follow(directory, files=None):
    shutil.copytree(ROOT / "packs" / "cn-core", directory / "packs" / "cn-core")
    pack = directory / "packs" / "nanhu-2030"
    for content, file in BLOCK.findall(GUIDE):
        if files is None or file in files:
            path = pack / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as opened:
                opened.write(content)
    return pack


def console(number):
    return re.findall(r"```console\n\$ [^\n]*\n(.*?)```", GUIDE, re.DOTALL)[number]


def test_guide_ends_with_a_pack_without_problems(tmp_path):
    report = check(follow(tmp_path))

    assert report.problems == ()
    assert [*report.lines(), "No problems."] == console(-1).splitlines()


def test_guide_shows_what_the_check_says_about_the_header_alone(tmp_path):
    report = check(follow(tmp_path, {"pack.yaml"}))

    said = [line.replace(f"{tmp_path}/", "") for line in report.lines()]
    assert said[0].startswith(console(0).splitlines()[0].removesuffix("…").rstrip())
