"""The tree keeps our style, and every check is shown to catch what it is for."""

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture.checks import CHECKS

ROOT = Path(__file__).parents[2]

PLANTED = {
    "names": [
        ("src/zhiqiao/core/utils.py", "A = 1\n"),
        ("src/zhiqiao/core/mail.py", "class MailService:\n    pass\n"),
        ("src/zhiqiao/core/mail.py", "def process_mail():\n    pass\n"),
    ],
    "app_files": [("src/zhiqiao/apps/plan/logic.py", "A = 1\n")],
    "size": [
        ("src/zhiqiao/core/long.py", "A = 1\n" * 401),
        ("src/zhiqiao/core/long.py", "def f():\n" + "    a = 1\n" * 51),
        ("src/zhiqiao/apps/plan/views.py", "def f():\n" + "    a = 1\n" * 26),
    ],
    "edges": [
        ("src/zhiqiao/apps/plan/views.py", "def f(m):\n    return m.objects.all()\n"),
        ("src/zhiqiao/apps/plan/views/home.py", "def f(m):\n    m.save()\n"),
        ("src/zhiqiao/apps/plan/forms.py", "def f(t):\n    t.atomic()\n"),
    ],
    "hidden_logic": [
        ("src/zhiqiao/apps/plan/models.py", "class A:\n    def save(self):\n        pass\n"),
    ],
    "hollow_tests": [("tests/test_x.py", "def test_x():\n    print(1)\n")],
    "untranslated_text": [
        ("src/zhiqiao/apps/plan/views.py", "A = '看板'\n"),
        ("src/zhiqiao/apps/plan/templates/plan/a.html", "<p>Welcome</p>"),
    ],
    "inline_code": [
        ("src/zhiqiao/web/templates/a.html", '<p style="color:red">'),
        ("src/zhiqiao/web/templates/a.html", "<style>p{}</style>"),
        ("src/zhiqiao/web/templates/a.html", '<a onclick="f()">'),
        ("src/zhiqiao/web/templates/a.html", "<script>f()</script>"),
        ("src/zhiqiao/web/templates/a.html", '<a href="javascript:f()">'),
    ],
    "pure_engines": [
        ("src/zhiqiao/engines/a/solve.py", "import os\n"),
        ("src/zhiqiao/engines/a/solve.py", "def f():\n    return open('a')\n"),
        ("src/zhiqiao/engines/a/solve.py", "def f(d):\n    return d.today()\n"),
    ],
}


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "*.py", "*.html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_tree_passes_check(check):
    breaches = [
        breach
        for name in tracked_files()
        for breach in check(PurePosixPath(name), (ROOT / name).read_text(encoding="utf-8"))
    ]
    assert breaches == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_planted_violation_is_caught(check):
    missed = [
        (path, text)
        for path, text in PLANTED[check.__name__]
        if not list(check(PurePosixPath(path), text))
    ]
    assert missed == []
