"""What was recognised through calls as open data, and building reports for programs of one's own bodies."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Schema

from zhiqiao.apps.projects import queries
from zhiqiao.apps.projects.api.calls import OPEN, OWN, calls_router
from zhiqiao.core.api import PROBLEMS, DeepPaging, Listed
from zhiqiao.core.dates import today
from zhiqiao.core.listing import Listing, answer_list


class CallItemOut(Schema):
    """An item that was recognised in a call, and whether its certificate holds today."""

    item: UUID = Field(description="The row of the register: /recognitions/{uid}.")
    call: UUID
    name: str
    holder: str
    holder_uid: UUID
    kind: str
    level: str
    year: int
    announced: str
    valid_to: date | None
    certificate: str = Field(description="genuine, certificate-expired or revoked.")


class BuildReportOut(Schema):
    """A report of building; a number that was not reported is absent, which is not 0."""

    uid: UUID
    application: UUID
    number: str
    report: str
    due_on: date
    state: str
    verdict: str
    reached: dict[str, Decimal]
    spent: dict[str, Decimal]


CALL_ITEMS = Listing(
    "call-items",
    CallItemOut,
    columns={
        "item": "recognition__uid",
        "call": "call__uid",
        "name": "recognition__name",
        "holder": "recognition__holder_text",
        "holder_uid": "applicant__uid",
        "kind": "recognition__kind",
        "level": "recognition__level",
        "year": "call__year",
        "announced": "recognition__announced",
        "valid_to": "recognition__valid_to",
        "certificate": "standing_of_item",
    },
    revision="plan",
)
OWN_REPORTS = Listing(
    "own-building-reports",
    BuildReportOut,
    columns={
        "uid": "uid",
        "application": "application__uid",
        "number": "application__number",
        "report": "report",
        "due_on": "due_on",
        "state": "state",
        "verdict": "verdict",
        "reached": "reached",
        "spent": "spent",
    },
    is_open_data=False,
)


@calls_router.get(
    "/call-items",
    auth=OPEN,
    response={200: Listed[CallItemOut], **PROBLEMS},
    summary="Items recognised through calls",
)
def read_call_items(request: HttpRequest, paging: Query[DeepPaging]) -> Any:
    """Give what was recognised through calls, the latest first, with the state of its certificate."""
    return answer_list(request, queries.recognised_through_calls(today=today()), paging, CALL_ITEMS)


@calls_router.get(
    "/own-building-reports",
    auth=OWN,
    response={200: Listed[BuildReportOut], **PROBLEMS},
    summary="Building reports of one's own bodies",
)
def read_own_reports(request: HttpRequest, paging: Query[DeepPaging]) -> Any:
    """Give the reports that the bodies of the token's owner owe or handed in, by their days."""
    return answer_list(request, queries.own_reports(request.user), paging, OWN_REPORTS)
