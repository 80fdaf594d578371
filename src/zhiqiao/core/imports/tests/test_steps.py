"""The steps of an import as a person takes them, with real jobs."""

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.imports import KEEP, actions, queries, spec
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.imports.doubts import open_doubts
from zhiqiao.core.imports.models import ImportRow
from zhiqiao.core.imports.summary import summary_of
from zhiqiao.core.imports.tests.citation_import import Questions
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW, clerk, pasted, uploaded, workbook
from zhiqiao.core.jobs import request_cancel, run_queued_jobs
from zhiqiao.core.models import AuditEntry, Citation, StoredFile

pytestmark = pytest.mark.django_db

TABLE = pasted(HEADINGS, ROW)


def opened(text=TABLE, *, actor=None, key="tests.citations"):
    return actions.open_batch(key, actor=actor or clerk(), text=text)


def checked(batch):
    actions.request_check(batch, actor=batch.opened_by)
    run_queued_jobs()
    batch.refresh_from_db()
    return batch


def committed(batch):
    actions.request_commit(batch, actor=batch.opened_by)
    run_queued_jobs()
    batch.refresh_from_db()
    return batch


def test_pasted_table_goes_the_whole_road():
    batch = checked(opened())
    assert (batch.state, batch.counts["added"], Citation.objects.count()) == ("checked", 1, 0)

    committed(batch)

    assert (batch.state, batch.committed_by, Citation.objects.count()) == (
        "committed",
        batch.opened_by,
        1,
    )
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["imports.batch.opened", "imports.batch.committed"]


def test_uploaded_file_is_kept_with_its_hash(tmp_path):
    path = workbook([ROW], path=tmp_path / "名单.xlsx")

    batch = actions.open_batch("tests.citations", actor=clerk(), file=uploaded(path))

    assert batch.file.name == "名单.xlsx"
    assert batch.file.size == path.stat().st_size
    assert len(batch.file.sha256) == 64


def test_refused_file_leaves_no_trace(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"not a workbook")

    with pytest.raises(InputError):
        actions.open_batch("tests.citations", actor=clerk(), file=uploaded(path))

    assert StoredFile.objects.count() == 0


def test_unknown_columns_wait_for_the_person_and_are_remembered():
    person = clerk()
    batch = opened("公告名\t备注\n公报\tx\n标题\t\n".replace("备注", "文号"), actor=person)
    assert (batch.state, batch.mapping) == ("uploaded", {"1": "document"})

    actions.map_columns(batch, {"0": "title", "1": "document"}, actor=person)

    again = opened("公告名\t文号\n年报\t1\n", actor=person)
    assert (again.state, again.mapping) == ("mapped", {"0": "title", "1": "document"})


def test_memory_of_columns_is_each_persons_own():
    person = clerk()
    batch = opened("公告名\t文号\n公报\tx\n", actor=person)
    actions.map_columns(batch, {"0": "title", "1": "document"}, actor=person)

    other = opened("公告名\t文号\n年报\t1\n", actor=clerk("other"))

    assert other.state == "uploaded"


def test_dry_run_counts_what_would_change_and_writes_nothing():
    Citation.objects.create(title="公报", document="旧文号")
    Citation.objects.create(title="年报")

    batch = checked(opened(pasted(HEADINGS[:2], ["公报", "新文号"], ["年报", ""], ["通知", ""])))

    counts = {name: batch.counts[name] for name in ("added", "changed", "unchanged", "errors")}
    assert counts == {"added": 1, "changed": 1, "unchanged": 1, "errors": 0}
    assert batch.changes == [[2, "公报", "document", "旧文号", "新文号"]]
    assert sorted(Citation.objects.values_list("title", "document")) == [
        ("公报", "旧文号"),
        ("年报", ""),
    ]


def test_file_brought_in_twice_changes_nothing_and_says_so():
    first = committed(checked(opened()))
    second = checked(opened(actor=first.opened_by))

    assert summary_of(second).earlier == first
    assert (second.counts["added"], second.counts["unchanged"]) == (0, 1)
    assert (committed(second).state, Citation.objects.count()) == ("committed", 1)


def test_doubtful_name_waits_for_an_answer():
    Citation.objects.create(title="Gongbao")
    batch = checked(opened(pasted(HEADINGS[:2], ["GONGBAO", "1"])))
    assert (batch.state, batch.counts["doubts"]) == ("checked", 1)

    with pytest.raises(RuleError) as caught:
        actions.request_commit(batch, actor=batch.opened_by)

    assert caught.value.code == "imports.open_doubts"


@pytest.mark.parametrize(
    ("answer", "counts", "titles"),
    [
        ("Gongbao", (0, 1), ["Gongbao"]),
        (KEEP, (1, 0), ["GONGBAO", "Gongbao"]),
    ],
)
def test_answer_decides_whether_a_name_is_new(answer, counts, titles):
    Citation.objects.create(title="Gongbao")
    batch = checked(opened(pasted(HEADINGS[:2], ["GONGBAO", "1"])))

    actions.answer_doubts(batch, {"title": {"GONGBAO": answer}}, actor=batch.opened_by)
    batch.refresh_from_db()
    checked(batch)

    assert open_doubts(batch) == []
    assert (batch.counts["added"], batch.counts["changed"]) == counts
    committed(batch)
    assert sorted(Citation.objects.values_list("title", flat=True)) == titles


def test_answer_that_was_not_offered_is_refused():
    Citation.objects.create(title="Gongbao")
    batch = checked(opened(pasted(HEADINGS[:2], ["GONGBAO", "1"])))

    with pytest.raises(InputError) as caught:
        actions.answer_doubts(batch, {"title": {"GONGBAO": "else"}}, actor=batch.opened_by)

    assert caught.value.code == "imports.unknown_answer"


def test_questions_must_be_answered_before_the_check():
    batch = opened(key="tests.asking")

    with pytest.raises(RuleError) as caught:
        actions.request_check(batch, actor=batch.opened_by)

    assert caught.value.code == "imports.options_missing"


def test_answers_are_kept_as_json_and_the_notice_as_a_file():
    batch = opened(key="tests.asking")
    notice = SimpleUploadedFile("通知.pdf", b"%PDF-1.7 notice")
    form = Questions({"basis": "教委通知", "as_of": "2026-11-23"}, {"notice": notice})

    actions.set_options(batch, form, actor=batch.opened_by)

    batch.refresh_from_db()
    kept = StoredFile.objects.get(name="通知.pdf")
    assert batch.options == {
        "basis": "教委通知",
        "as_of": "2026-11-23",
        "notice": str(kept.uid),
    }


def test_wrong_answers_are_refused():
    batch = opened(key="tests.asking")

    with pytest.raises(InputError) as caught:
        actions.set_options(batch, Questions({}), actor=batch.opened_by)

    assert caught.value.code == "imports.options_wrong"


def test_records_that_changed_since_the_check_stop_the_commit():
    batch = checked(opened(pasted(HEADINGS[:2], ["GONGBAO", "1"])))
    Citation.objects.create(title="Gongbao")

    committed(batch)

    assert (batch.state, batch.counts["doubts"]) == ("checked", 1)
    assert list(Citation.objects.values_list("title", flat=True)) == ["Gongbao"]


def test_commit_that_runs_again_writes_nothing_twice():
    batch = committed(checked(opened()))

    with pytest.raises(RuleError) as caught:
        actions.request_commit(batch, actor=batch.opened_by)

    assert caught.value.code == "imports.wrong_state"
    assert Citation.objects.count() == 1


def test_app_that_does_not_account_for_every_row_is_stopped(monkeypatch):
    lazy = {"added": 0, "changed": 0, "unchanged": 0}
    monkeypatch.setitem(spec("tests.citations").__dict__, "commit", lambda *_: lazy)

    batch = checked(opened())

    assert batch.state == "refused"
    assert [problem["code"] for problem in batch.problems] == ["imports.rows_left_out"]


def test_stopped_check_can_be_asked_for_again():
    batch = opened()
    job = actions.request_check(batch, actor=batch.opened_by)

    request_cancel(job, actor=batch.opened_by)

    batch.refresh_from_db()
    assert batch.state == "mapped"
    assert checked(batch).state == "checked"


def test_check_that_fails_says_so_and_can_be_asked_for_again(monkeypatch):
    def fault(_batch):
        raise ZeroDivisionError

    batch = opened()
    with monkeypatch.context() as patch:
        patch.setitem(spec("tests.citations").__dict__, "check", fault)
        actions.request_check(batch, actor=batch.opened_by)
        with pytest.raises(ZeroDivisionError):
            run_queued_jobs()
    batch.refresh_from_db()

    assert batch.state == "failed"
    with override("en"):
        assert "the fault is ours" in summary_of(batch).failure
    assert checked(batch).state == "checked"


def test_import_that_is_given_up_keeps_its_file_and_drops_its_rows():
    batch = checked(opened())

    actions.cancel_batch(batch, actor=batch.opened_by)

    batch.refresh_from_db()
    assert (batch.state, ImportRow.objects.count()) == ("cancelled", 0)
    assert StoredFile.objects.filter(pk=batch.file_id).exists()


@pytest.mark.parametrize(
    "step", [actions.request_check, actions.request_commit, actions.cancel_batch]
)
def test_nobody_touches_the_import_of_somebody_else(step):
    batch = checked(opened())

    with pytest.raises(InputError) as caught:
        step(batch, actor=clerk("other"))

    assert (caught.value.code, caught.value.status) == ("imports.not_yours", 403)


def test_nobody_sees_the_import_of_somebody_else():
    mine, other = opened(), clerk("other")

    assert list(queries.batches_visible_to(mine.opened_by)) == [mine]
    assert list(queries.batches_visible_to(other)) == []


def test_person_without_the_role_may_not_open_an_import():
    with pytest.raises(RefusedError):
        actions.open_batch("tests.citations", actor=AnonymousUser(), text=TABLE)


def test_another_sheet_can_be_chosen(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "一"
    for name, title in (("一", "公报"), ("二", "年报")):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.append(HEADINGS)
        sheet.append([title, *ROW[1:]])
    book.save(tmp_path / "a.xlsx")
    batch = actions.open_batch("tests.citations", actor=clerk(), file=uploaded(tmp_path / "a.xlsx"))
    assert (batch.sheet, batch.other_sheets) == ("一", ["二"])

    actions.choose_sheet(batch, "二", actor=batch.opened_by)

    batch.refresh_from_db()
    assert (batch.sheet, batch.samples[0][0], batch.state) == ("二", "年报", BatchState.MAPPED)
