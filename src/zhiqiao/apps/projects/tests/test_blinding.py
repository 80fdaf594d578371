"""Copies for blind review: what is taken out, and what is kept back because nobody can be sure."""

import zipfile
import zlib
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.projects.actions.blinding import make_blind_copies
from zhiqiao.apps.projects.engine_io.blinding import blind_copy_of
from zhiqiao.apps.projects.models import ApplicationFile, Content, NamedPerson
from zhiqiao.apps.projects.queries.reading import reading_of
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.projects.tests.reviewing import read_by, set_rules, signed_in_expert
from zhiqiao.core import files
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db
NAMES = ["云岭学院", "王小明"]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(*runs, author="王小明", more=None) -> bytes:
    """Write a small document whose one paragraph is cut into runs."""
    text = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body><w:p>{text}</w:p></w:body></w:document>',
        "word/comments.xml": f'<w:comments xmlns:w="{WORD}"><w:comment w:author="{author}"><w:p><w:r><w:t>{author}</w:t></w:r></w:p></w:comment></w:comments>',
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="c"><dc:creator xmlns:dc="d">{author}</dc:creator></cp:coreProperties>',
        **(more or {}),
    }
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def parts_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def png_chunk(kind: bytes, data: bytes) -> bytes:
    checked = zlib.crc32(kind + data).to_bytes(4)
    return len(data).to_bytes(4) + kind + data + checked


def test_document_loses_author_comments_and_names_even_across_runs():
    copy = blind_copy_of("plan.docx", document("由云岭", "学院的王小明", "负责"), NAMES)

    parts = parts_of(copy)
    assert "王小明" not in "".join(parts.values())
    assert "云岭" not in parts["word/document.xml"]
    assert "由***的***负责" in parts["word/document.xml"]
    assert "creator" not in parts["docProps/core.xml"]
    assert "<w:p>" not in parts["word/comments.xml"]


def test_document_with_another_inside_or_a_name_in_an_address_is_kept_back():
    inside = document("正文", more={"word/embeddings/sheet.bin": "x"})
    linked = document("正文", more={"word/_rels/x.rels": '<R Target="http://云岭学院"/>'})

    assert blind_copy_of("plan.docx", inside, NAMES) is None
    assert blind_copy_of("plan.docx", linked, NAMES) is None
    assert blind_copy_of("plan.docx", b"PK\x03\x04 damaged", NAMES) is None


def test_pictures_lose_their_notes_and_keep_the_picture():
    head, end = png_chunk(b"IHDR", b"1" * 13), png_chunk(b"IEND", b"")
    beginning = b"\x89PNG\r\n\x1a\n"
    told = png_chunk(b"tEXt", b"Author\0Wang")
    assert blind_copy_of("a.png", beginning + head + told + end, NAMES) == beginning + head + end

    exif = b"\xff\xe1\x00\x0aExif\0\0AB"
    scan = b"\xff\xda\x00\x04AB" + b"picture\xff\xd9"
    app0 = b"\xff\xe0\x00\x04AB"
    picture = b"\xff\xd8" + app0 + exif + scan
    assert blind_copy_of("a.jpg", picture, NAMES) == b"\xff\xd8" + app0 + scan


def test_what_nobody_can_be_sure_of_gets_no_copy():
    assert blind_copy_of("scan.pdf", b"%PDF-1.7", NAMES) is None
    assert blind_copy_of("a.png", b"no picture", NAMES) is None


def blind_application():
    call = set_rules(make_call(), blind=True)
    lifecycle = call.kept_rules["lifecycle"]
    lifecycle["files"]["annexes"]["names"] = False
    call.rules_digest += "+annexes"
    call.save()
    application = make_application(call, state="reviewing", title="云岭学院虚拟仿真基地")
    NamedPerson.objects.create(
        application=application, field="contact_people", position=1, name="王小明"
    )
    answers = {"basis": "云岭学院的王小明主持。", "goals": "建成基地。"}
    Content.objects.filter(application=application).update(answers=answers)
    return application


def attached(application, wanted, name, content):
    return ApplicationFile.objects.create(
        application=application,
        wanted=wanted,
        file=files.store(name, content, actor=None),
        added_at=timezone.now(),
    )


def test_blind_reading_names_nobody_and_an_open_one_does():
    application = blind_application()

    blind, plain = (reading_of(application, is_blind=one) for one in (True, False))
    shown = [field.text for _title, fields in blind.sections for field in fields]
    assert (blind.title, blind.applicant) == ("***虚拟仿真基地", "")
    assert set(shown) == {"***的***主持。", "建成基地。"}
    said = {field.text for _title, fields in plain.sections for field in fields}
    assert plain.applicant == "云岭学院"
    assert said == {"王小明", "云岭学院的王小明主持。", "建成基地。"}


@pytest.mark.parametrize("is_blind", [True, False])
def test_every_reviewer_reads_the_budget_as_it_was_planned(is_blind):
    application = blind_application()
    assert reading_of(application, is_blind=is_blind).budget is None
    planned = {"lines": {"equipment": {"2026": "1000.50", "2027": "500"}}}
    Content.objects.filter(application=application).update(budget=planned)

    budget = reading_of(application, is_blind=is_blind).budget
    sums = {row.name: row.total for row in budget.lines.rows if row.total}
    assert sums == {"equipment": Decimal("1500.50")}


def test_copies_are_made_by_rule_and_originals_stay_as_they_were():
    application = blind_application()
    original = document("云岭学院")
    kept = attached(application, "annexes", "云岭学院方案.docx", original)
    held = attached(application, "annexes", "证书.pdf", b"%PDF-1.7 x")
    attached(application, "sealed_copy", "盖章.pdf", b"%PDF-1.7 y")

    assert make_blind_copies(application.pk) == {"made": 1, "withheld": 1}
    kept.refresh_from_db()
    held.refresh_from_db()
    with files.open_file(kept.file) as content:
        assert content.read() == original
    assert (kept.blind_copy.name, held.blind_copy) == ("annexes.docx", None)
    assert AuditEntry.objects.filter(verb="projects.blind_copy.added").count() == 1


def test_blind_reviewer_gets_the_copy_under_a_plain_name_and_nothing_else(client):
    application = blind_application()
    expert, account = signed_in_expert(1)
    attached(application, "annexes", "云岭学院方案.docx", document("云岭学院"))
    attached(application, "annexes", "王小明证书.pdf", b"%PDF-1.7 x")
    make_blind_copies(application.pk)
    review = read_by(application, expert, account)
    client.force_login(account)

    page = client.get(reverse("projects:own_review", args=[review.uid])).content.decode()
    assert "云岭学院" not in page
    assert "王小明" not in page
    sent = client.get(reverse("projects:read_file", args=[review.uid, 1]))
    assert sent.headers["Content-Disposition"] == 'attachment; filename="annexes-1.docx"'
    assert "云岭学院" not in str(parts_of(b"".join(sent)))
    assert client.get(reverse("projects:read_file", args=[review.uid, 2])).status_code == 404


def test_applicant_is_shown_to_one_reviewer_by_a_reasoned_act_alone(client):
    application = blind_application()
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    clerk = people()["clerk"]
    client.force_login(clerk)
    address = reverse("projects:show_names", args=[review.uid])

    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "需要核对实地条件"})
    client.force_login(account)
    page = client.get(reverse("projects:own_review", args=[review.uid])).content.decode()
    assert "云岭学院" in page
    assert AuditEntry.objects.get(verb="projects.review.names_shown").reason == "需要核对实地条件"
