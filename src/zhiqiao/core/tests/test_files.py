import hashlib
import subprocess
import sys
import textwrap
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage

from zhiqiao.core.errors import InputError, TooLargeError, UnavailableError
from zhiqiao.core.files import open_file, path_of, store
from zhiqiao.core.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def test_file_comes_back_as_it_was_given():
    stored = store("名单.csv", [b"kind,name\n", "双高,重庆\n".encode()], actor=None)
    content = "kind,name\n双高,重庆\n".encode()
    with open_file(stored) as opened:
        assert opened.read() == content
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (stored.name, stored.media_type) == ("名单.csv", "text/csv")


def test_same_content_lies_on_disk_once():
    first, second = (store(name, b"a,b\n", actor=None) for name in ("a.csv", "b.csv"))
    assert path_of(first) == path_of(second)
    assert list(Path(default_storage.path("incoming")).iterdir()) == []
    assert StoredFile.objects.count() == 2


def test_changed_content_is_noticed_when_it_is_read():
    stored = store("a.csv", b"a,b\n", actor=None)
    path_of(stored).write_bytes(b"a,c\n")
    with pytest.raises(UnavailableError) as caught:
        open_file(stored)
    assert caught.value.code == "core.file_damaged"


def zipped(name):
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr(name, b"x")
    return content.getvalue()


def test_archive_that_holds_what_its_kind_does_is_kept():
    assert store("a.docx", zipped("word/document.xml"), actor=None).size > 0


def test_lost_content_is_told_as_lost():
    stored = store("a.csv", b"a,b\n", actor=None)
    path_of(stored).unlink()
    with pytest.raises(UnavailableError):
        open_file(stored)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"kind,name\n", "core.file_kind_differs"),
        ("a.pdf", b"<html>", "core.file_kind_differs"),
        ("a.csv", b"PK\x03\x04\x00\x00", "core.file_kind_differs"),
        ("a.docx", b"PK\x03\x04notreally", "core.file_kind_differs"),
        ("a.docx", zipped("evil.exe"), "core.file_kind_differs"),
        ("a.docx", zipped("xl/workbook.xml"), "core.file_kind_differs"),
        ("a.png", b"\xff\xd8\xff", "core.file_kind_differs"),
        ("a.exe", b"MZ", "core.file_kind_unknown"),
        ("a.svg", b"<svg/>", "core.file_kind_unknown"),
        ("a.html", b"<html>", "core.file_kind_unknown"),
        ("csv", b"a", "core.file_kind_unknown"),
        ("a.csv", b"", "core.file_empty"),
    ],
)
def test_content_must_fit_the_name(name, content, code):
    with pytest.raises(InputError) as caught:
        store(name, content, actor=None)
    assert caught.value.code == code
    assert StoredFile.objects.count() == 0


def test_too_large_file_is_stopped_on_its_way(settings):
    settings.ZHIQIAO_LARGEST_FILE = 1024**2
    taken = []

    def chunks():
        for number in range(1000):
            taken.append(number)
            yield b"x" * 65536

    with pytest.raises(TooLargeError):
        store("a.csv", chunks(), actor=None)
    assert len(taken) == 17
    assert list(Path(default_storage.path("incoming")).iterdir()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\x\\名单.csv", "名单.csv"),
        ("a\x00\n\u202eb.csv", "ab.csv"),
        ("长" * 300 + ".csv", "长" * 196 + ".csv"),
    ],
)
def test_name_is_only_a_name(given, kept):
    assert store(given, b"a,b\n", actor=None).name == kept


def test_utf16_text_is_text():
    assert store("a.csv", "甲,乙".encode("utf-16"), actor=None).media_type == "text/csv"


def test_full_disk_leaves_nothing_and_is_told_as_unavailable(settings):
    script = textwrap.dedent(
        f"""
        import os, resource, sys
        import django
        from django.conf import settings
        django.setup()
        settings.MEDIA_ROOT = {str(settings.MEDIA_ROOT)!r}
        from zhiqiao.core.errors import translated
        from zhiqiao.core.files import store
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            store("a.csv", [b"x" * 65536] * 4, actor=None)
        except OSError as error:
            print(translated(error).code, os.listdir(settings.MEDIA_ROOT + "/incoming"))
        """
    )
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert run.stdout.split("\n")[0] == "core.disk_full []"
