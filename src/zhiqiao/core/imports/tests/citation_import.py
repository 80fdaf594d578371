"""A small table to import: citations, with a choice, a day, an address and doubtful titles."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from django import forms
from django.db import connection
from pydantic import BaseModel, Field

from zhiqiao.core.access import ALLOWED, Verdict, refused
from zhiqiao.core.imports import (
    Candidate,
    Change,
    Choice,
    Column,
    Doubt,
    ImportSpec,
    Problem,
    register,
    staging,
)
from zhiqiao.core.imports.cells import Address, Day, Text
from zhiqiao.core.models import Citation

FIELDS = ("document", "url", "read_on", "confidence")
STAGED = """
    SELECT number, values ->> 'title' AS title, COALESCE(values ->> 'document', '') AS document,
           COALESCE(values ->> 'url', '') AS url, (values ->> 'read_on')::date AS read_on,
           COALESCE(values ->> 'confidence', '') AS confidence
    FROM core_importrow WHERE batch_id = %s
"""


class CitationRow(BaseModel):
    title: Annotated[Text, Field(max_length=300)]
    document: Annotated[Text, Field(max_length=300)] = ""
    url: Address | None = None
    read_on: Day | None = None
    confidence: str = ""


class Questions(forms.Form):
    basis = forms.CharField(max_length=100)
    as_of = forms.DateField(required=False)
    notice = forms.FileField(required=False)


def may(actor) -> Verdict:
    allowed = actor is None or getattr(actor, "is_authenticated", False)
    return ALLOWED if allowed else refused("core.refused")


def check(batch) -> Iterable[Problem]:
    repeated = staging.conflicts(batch, key=["title"], fields=list(FIELDS))
    conflicting = {problem.row for problem in repeated}
    same = staging.duplicates(batch, ["title"])
    return repeated + [problem for problem in same if problem.row not in conflicting]


def doubts(batch) -> Iterable[Doubt]:
    known = {title.casefold(): title for title in Citation.objects.values_list("title", flat=True)}
    for number, values in staging.rows(batch):
        near = known.get(values["title"].casefold())
        if near and near != values["title"]:
            yield Doubt((number,), "title", values["title"], (Candidate(near, near),), near)


def preview(batch) -> Iterable[Change]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.number, s.title, c.document, s.document FROM ({STAGED}) s"  # noqa: S608 # a constant
            " JOIN core_citation c USING (title) WHERE c.document <> s.document ORDER BY 1",
            [batch.pk],
        )
        for number, title, before, after in cursor.fetchall():
            yield Change(number, title, "document", before, after)


def commit(batch, actor, progress) -> Mapping[str, int]:
    added = changed = unchanged = 0
    existing = {citation.title: citation for citation in Citation.objects.all()}
    new = []
    for count, (_number, values) in enumerate(staging.rows(batch), start=1):
        progress.advance()
        if count % 100 == 0:
            progress.check_cancelled()
        title = batch.answer("title", values["title"]) or values["title"]
        wanted = {name: values[name] or (None if name == "read_on" else "") for name in FIELDS}
        found = existing.get(title)
        if found is None:
            new.append(Citation(title=title, **wanted))
            added += 1
        elif all(str(getattr(found, name) or "") == (wanted[name] or "") for name in FIELDS):
            unchanged += 1
        else:
            Citation.objects.filter(pk=found.pk).update(**wanted)
            changed += 1
    Citation.objects.bulk_create(new)
    return {"added": added, "changed": changed, "unchanged": unchanged}


def confidences() -> list[Choice]:
    return [Choice("single", "一处来源"), Choice("multiple", "多处来源")]


COLUMNS = (
    Column(
        "title", "标题", required=True, aliases=("Title", "名称"), help="写全称", example="《公报》"
    ),
    Column("document", "文号", aliases=("Document",)),
    Column("url", "网址", aliases=("Address",)),
    Column("read_on", "查阅日期", aliases=("Read on",), help="例如 2023-05-16"),
    Column("confidence", "可信度", aliases=("Confidence",), choices=confidences),
)

CITATIONS = ImportSpec(
    key="tests.citations",
    title="引用",
    columns=COLUMNS,
    row_model=CitationRow,
    may=may,
    check=check,
    doubts=doubts,
    commit=commit,
    preview=preview,
)
ASKING = ImportSpec(
    key="tests.asking",
    title="引用（带问题）",
    columns=COLUMNS,
    row_model=CitationRow,
    may=may,
    check=check,
    doubts=doubts,
    commit=commit,
    options_form=Questions,
)
register(CITATIONS)
register(ASKING)
SECRET = replace(
    CITATIONS,
    key="tests.secret",
    columns=(COLUMNS[0], replace(COLUMNS[1], is_secret=True), *COLUMNS[2:]),
    is_personal=True,
)
register(SECRET)
