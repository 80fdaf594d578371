"""What leaves the platform with names and scores: only for a reason, and written down."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from zhiqiao.apps.admissions.actions import hand_out_inputs
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Run
from zhiqiao.apps.admissions.tests.factories import play_until
from zhiqiao.core.errors import InputError, RefusedError

pytestmark = pytest.mark.django_db


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

    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("考生号", "姓名")
    assert [row[0] for row in rows[1:]] == ["2601", "2602", "2603", "2605"]
