"""Files as people make them, good and bad."""

import datetime as dt
from pathlib import Path

import openpyxl
import xlsxwriter
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import TemporaryUploadedFile

HEADINGS = ["标题", "文号", "网址", "查阅日期", "可信度"]
ROW = ["公报", "渝府发〔2023〕22号", "https://example.org/a", "2023-05-16", "一处来源"]


def workbook(rows, *, path: Path, headings=HEADINGS, change=None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    if headings is not None:
        sheet.append(headings)
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    book.save(path)
    return path


def large_workbook(path: Path, count: int, *, faulty=()) -> Path:
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for number in range(1, count + 1):
            day = "soon" if number in faulty else "2023-05-16"
            sheet.write_row(number, 0, [f"公报{number}", *ROW[1:3], day, ROW[4]])
    return path


def uploaded(path: Path, *, name: str = "") -> TemporaryUploadedFile:
    content = path.read_bytes()
    file = TemporaryUploadedFile(name or path.name, "application/octet-stream", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def saved(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


def pasted(*rows) -> str:
    return "\n".join("\t".join(row) for row in rows)


def clerk(login: str = "clerk"):
    joined = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    return get_user_model().objects.create(login=login, name=login, date_joined=joined)
