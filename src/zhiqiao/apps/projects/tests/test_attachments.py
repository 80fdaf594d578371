"""Files of a draft: what they are, how large, whether they carry a virus, and who gets them."""

import socket
import threading
from contextlib import contextmanager

import pytest
from django.urls import reverse

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.apps.projects.actions import Upload, attach_file_to, scan_waiting
from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.models import ApplicationFile, Review
from zhiqiao.apps.projects.queries import (
    attachment_visible_to,
    file_to_send,
    problems_of,
    written_of,
    written_visible_to,
)
from zhiqiao.apps.projects.tests.calls import make_expert, people
from zhiqiao.apps.projects.tests.writing import (
    PDF,
    attach,
    begin,
    complete,
    make_form_call,
    make_school,
)
from zhiqiao.core import files
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RuleError, TooLargeError
from zhiqiao.core.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    school, clerk = make_school()
    return begin(make_form_call(), school, clerk), clerk


@contextmanager
def scanner(place, answer=b"stream: OK\0"):
    """Listen where clamd would, speak its protocol, and keep what was sent."""
    received = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(place))
        listening.listen()
        thread = threading.Thread(target=_answer, args=(listening, received, answer))
        thread.start()
        yield received
        thread.join(10)


def _answer(listening, received, answer):
    spoken, _address = listening.accept()
    with spoken, spoken.makefile("rb") as stream:
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(stream.read(4), "big"):
            content += stream.read(size)
        received.append(content)
        spoken.sendall(answer)


def test_file_of_another_kind_is_refused_by_ending_and_by_content(draft):
    application, clerk = draft
    with pytest.raises(InputError) as caught:
        attach(application, clerk, name="表.xlsx", content=b"PK\x03\x04")
    assert caught.value.code == "projects.file-ending"
    with pytest.raises(InputError) as caught:
        attach(application, clerk, name="扫描.pdf", content=b"MZ\x90\x00 a program")
    assert caught.value.code == "core.file_kind_differs"
    assert (ApplicationFile.objects.count(), StoredFile.objects.count()) == (0, 0)
    picture = attach(application, clerk, "annexes", "照片.JPEG", b"\xff\xd8\xff\xe0 picture")
    assert picture.file.media_type == "image/jpeg"


def test_size_is_counted_as_it_comes_and_not_as_announced(draft):
    application, clerk = draft
    with pytest.raises(TooLargeError):
        attach(application, clerk, content=PDF + bytes(1024**2))
    drawn = []

    def endless():
        yield PDF
        while True:
            drawn.append(1)
            yield bytes(1 << 16)

    with pytest.raises(TooLargeError):
        attach_file_to(application, "sealed_copy", Upload("扫描.pdf", 10, endless()), actor=clerk)
    assert len(drawn) == 16
    assert ApplicationFile.objects.count() == 0


def test_huge_upload_is_refused_before_a_byte_of_it_is_read(draft, client):
    """Two gigabytes are announced; the body is a counter that nobody may ask."""
    application, clerk = draft
    client.force_login(clerk)
    asked = []

    class Body:
        def read(self, size=-1):
            asked.append(size)
            return b""

        readline = read

    address = reverse("projects:attach", args=[application.uid, "sealed_copy"])
    announced = {
        "wsgi.input": Body(),
        "CONTENT_TYPE": "multipart/form-data; boundary=xx",
        "CONTENT_LENGTH": str(2 * 1024**3),
    }
    answer = client.post(address, data=b"", content_type="text/plain", **announced)
    assert (answer.status_code, asked) == (413, [])


def test_as_many_files_as_wanted_and_none_twice(draft):
    application, clerk = draft
    attach(application, clerk)
    with pytest.raises(RuleError) as caught:
        attach(application, clerk, content=PDF + b"%other")
    assert caught.value.code == "projects.files-enough"
    attach(application, clerk, "annexes")
    with pytest.raises(RuleError) as caught:
        attach(application, clerk, "annexes")
    assert caught.value.code == "projects.file-twice"


def test_file_without_a_scanner_stays_unchecked_until_one_looks_at_it(draft, settings, tmp_path):
    application, clerk = draft
    added = attach(application, clerk)
    assert added.scan == FileState.UNCHECKED
    assert scan_waiting() == 0

    settings.ZHIQIAO_SCANNER = f"unix:{tmp_path / 'clamd'}"
    with scanner(tmp_path / "clamd") as received:
        assert scan_waiting() == 1
    added.refresh_from_db()
    assert (added.scan, received) == (FileState.CLEAN, [PDF])


def test_scanner_gets_every_byte_in_pieces(draft, settings, tmp_path):
    application, clerk = draft
    settings.ZHIQIAO_SCANNER = f"unix:{tmp_path / 'clamd'}"
    long = PDF + bytes(range(256)) * 800
    with scanner(tmp_path / "clamd") as received:
        added = attach(application, clerk, content=long)
    assert (added.scan, received) == (FileState.CLEAN, [long])


def test_infected_file_is_kept_blocked_and_does_not_count(draft, settings, tmp_path, client):
    application, clerk = draft
    settings.ZHIQIAO_SCANNER = f"unix:{tmp_path / 'clamd'}"
    with scanner(tmp_path / "clamd", b"stream: Win.Test.EICAR_HDB-1 FOUND\0"):
        added = attach(application, clerk)

    assert added.scan == FileState.INFECTED
    client.force_login(clerk)
    answer = client.get(reverse("projects:attachment", args=[added.uid]))
    assert (answer.status_code, PDF in answer.content) == (409, False)
    own = client.get(reverse("portal:file", args=[added.file.uid]))
    assert own.status_code == 404
    anchors = [one.anchor for one in problems_of(written_of(application))]
    assert anchors.count("file-sealed_copy") == 2


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"?"])
def test_scanner_that_says_nothing_leaves_the_file_unchecked(draft, settings, tmp_path, answer):
    application, clerk = draft
    settings.ZHIQIAO_SCANNER = f"unix:{tmp_path / 'clamd'}"
    with scanner(tmp_path / "clamd", answer):
        assert attach(application, clerk).scan == FileState.UNCHECKED


def test_scanner_that_is_away_leaves_the_file_unchecked(draft, settings, tmp_path):
    application, clerk = draft
    settings.ZHIQIAO_SCANNER = f"unix:{tmp_path / 'nobody'}"
    assert attach(application, clerk).scan == FileState.UNCHECKED


def test_files_are_sent_to_those_who_see_the_content_alone(draft, client):
    application, clerk = draft
    added = attach(application, clerk)
    staff = people()
    address = reverse("projects:attachment", args=[added.uid])
    for who, status in ((clerk, 200), (staff["clerk"], 404), (make_user("stranger"), 404)):
        client.force_login(who)
        answer = client.get(address)
        assert answer.status_code == status
        if status == 200:
            assert b"".join(answer.streaming_content) == PDF
            assert answer["Content-Disposition"].startswith("attachment")


def test_blind_reviewer_is_shut_out_of_this_door_even_where_there_is_a_copy_without_names(draft):
    application, clerk = draft
    review = {"reviews": 1, "blind": True}
    sheet = {"criteria": {"basis": {"title": {"zh": "基础", "en": "b"}, "weight": 1, "most": 10}}}
    call = make_form_call(batch="盲评", review=review, sheet=sheet)
    application = begin(call, application.applicant, clerk, title="盲评的申请")
    complete(application, clerk)
    added = attach(application, clerk, "annexes", "云岭学院证明.pdf")
    reader = make_user("the-reviewer")
    application.phase, application.state = "reviewing", "reviewing"
    application.save()
    Review.objects.create(
        application=application,
        expert=make_expert(account=reader),
        state="accepted",
        letter="A",
        asked_at=application.begun_at,
        accepted_at=application.begun_at,
        due_on=today(),
    )

    added.blind_copy = files.store("云岭学院.pdf", PDF + b"%blind", actor=None)
    added.save()
    with pytest.raises(MissingError):
        attachment_visible_to(reader, added.uid)
    with pytest.raises(MissingError):
        written_visible_to(reader, application)
    assert file_to_send(attachment_visible_to(clerk, added.uid)).name == "云岭学院证明.pdf"


def test_handed_in_file_stays(draft, client):
    application, clerk = draft
    added = attach(application, clerk)
    application.phase, application.state = "checking", "checking"
    application.save()
    client.force_login(clerk)
    client.post(reverse("projects:detach", args=[added.uid]))
    assert ApplicationFile.objects.filter(pk=added.pk).exists()
