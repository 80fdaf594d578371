"""How a write of a program is answered: once for a key, and with the version that it made."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhiqiao.apps.accounts.actions import Answer, answer_once
from zhiqiao.core.errors import RuleError
from zhiqiao.core.versions import PASSED, Keyed, tag


def answered(
    request: HttpRequest, response: HttpResponse, said: Keyed, write: Callable[[], Answer]
) -> Any:
    """Write once for a key, and tell a version that has passed as HTTP does.

    What has no versions answers with version 0, which is no tag.
    """
    version = getattr(said, "if_match", "")
    asked = f"{request.method} {request.path} {version}\n".encode() + request.body
    token = request.auth.token  # type: ignore[attr-defined] # set by the door
    try:
        answer = answer_once(token, said.idempotency_key, asked, write)
    except RuleError as error:
        if error.code == "admissions.changed-meanwhile":
            raise RuleError(PASSED) from error
        raise
    if answer.version:
        tag(response, answer.version)
    if answer.is_kept:
        response["Idempotent-Replayed"] = "true"
    return answer.content
