"""What leaves the platform with names and scores: only for a reason, and written down."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from zhiqiao.apps.admissions.actions import hand_out_inputs
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Run, RunLine
from zhiqiao.apps.admissions.tests.factories import play_until
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.core.errors import InputError, RefusedError

pytestmark = pytest.mark.django_db


def rows_of(answer):
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    return list(sheet.iter_rows(values_only=True))


def test_inputs_need_a_reason_and_the_bureau(world):
    play_until(world, Arrow.RUN_TRIAL)

    with pytest.raises(InputError):
        hand_out_inputs(world.again(), actor=world.clerk, reason=" ")
    with pytest.raises(RefusedError):
        hand_out_inputs(world.again(), actor=world.clerks["甲学院"], reason="想看")


def test_province_gets_its_own_headings(client, world):
    play_until(world, Arrow.PUBLISH)
    run = Run.objects.order_by("-number").first()
    client.force_login(world.clerk)
    page = reverse("admissions:hand_out_results", args=[run.uid])

    assert client.post(page, {"reason": ""}).status_code == 422
    answer = client.post(page, {"reason": "上报"})

    rows = rows_of(answer)
    assert rows[0] == (
        "考生号", "姓名", "考生类型", "科类", "院校代号", "院校名称", "专业代号", "志愿号", "总分", "录取专业",
    )  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["2601", "2602", "2603", "2605"]


def test_province_reads_words_codes_beside_names_and_numbers(client, world):
    play_until(world, Arrow.PUBLISH)
    Organisation.objects.filter(pk=world.colleges["职业大学"].pk).update(national_code="4150010001")
    client.force_login(world.clerk)
    client.cookies["zhiqiao_language"] = "en"
    run = Run.objects.latest("number")

    page = reverse("admissions:hand_out_results", args=[run.uid])
    _heading, first, second, *_more = rows_of(client.post(page, {"reason": "上报"}))

    scheme = world.season.rules
    kind, category = scheme.exam_types["secondary"].title.zh, scheme.categories["computer"].title.zh
    assert first[2:] == (
        kind, category, "4150010001", "云岭职业大学", "A1", 1, 690, "计算机应用技术",
    )  # fmt: skip
    assert second[4:7] == (None, "云岭甲学院", "B1")


def test_workbook_of_a_run_has_numbers_and_says_why_there_is_none(client, world):
    play_until(world, Arrow.PUBLISH)
    client.cookies["zhiqiao_language"] = "en"
    run = Run.objects.latest("number")
    places = {"A1": (1, 5, "690", 1), "B1": (9, 5, "", None), "C1": (1, 1, "630", 3)}
    for code, (seats, admitted, cutoff, position) in places.items():
        RunLine.objects.filter(run=run, line__code=code).update(
            places=seats, admitted=admitted, cutoff=cutoff, position=position
        )

    rows = rows_of(client.get(reverse("admissions:run_xlsx", args=[run.uid])))

    assert {row[0]: row[4:] for row in rows[1:]} == {
        "A1": (1, 5, 690, 1),
        "B1": (9, 5, "places left", "places left"),
        "C1": (1, 1, "kept back: fewer than three", "kept back: fewer than three"),
    }
