"""Versions in the API: what a reader saw (ETag), and what a writer says that it saw (If-Match)."""

import re

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from zhiqiao.core.errors import InputError, define

UNREADABLE = define(
    "core.version_unreadable",
    message=_("The header If-Match holds no version of this record."),
    remedy=_('Send the ETag of the last answer as it stands, such as "3".'),
)
NEEDED = define(
    "core.version_needed",
    message=_("This record exists already, and the request does not say which version was seen."),
    remedy=_("Read the record and send its ETag in the header If-Match."),
    status=428,
)
PASSED = define(
    "core.version_passed",
    message=_("Somebody else changed this record after the version that the request names."),
    remedy=_("Read it again, put the two together, and send the new ETag in If-Match."),
    status=412,
)


class Keyed(Schema):
    """What a writer says of the write beside its content."""

    idempotency_key: str = Field(
        "",
        max_length=100,
        pattern=r"^[\x21-\x7e]*$",
        description="Your own number of this write: sent again with it, it is done once.",
    )


class Said(Keyed):
    """The same, and which version of the record the writer saw."""

    if_match: str = Field("", max_length=20, description="The ETag of the version that was seen.")


def seen_version(header: str) -> int | None:
    """Read the version that a writer saw; without the header it says nothing."""
    if not header:
        return None
    found = re.fullmatch(r'"(\d{1,9})"', header.strip())
    if found is None:
        raise InputError(UNREADABLE)
    return int(found[1])


def tag(response: HttpResponse, version: int) -> None:
    response["ETag"] = f'"{version}"'
