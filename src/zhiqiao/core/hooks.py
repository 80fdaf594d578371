"""Messages to a gateway beside this site: JSON, posted with a signature that the other side checks."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

SECONDS = 10
SIGNATURE = "X-Zhiqiao-Signature"


class NotTakenError(Exception):
    """The other side did not take the message; its word names the fault and nothing of the message."""


def post_signed(url: str, content: Mapping[str, object], *, key: str) -> None:
    """Post once; any answer from 200 to 299 means that it was taken."""
    body = json.dumps(content, ensure_ascii=False).encode()
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", SIGNATURE: f"sha256={signature}"}
    request = Request(url, body, headers)  # noqa: S310 - https or http, see env
    try:
        with urlopen(request, timeout=SECONDS):  # noqa: S310 - the same
            pass
    except HTTPError as error:
        with error:
            raise NotTakenError(f"HTTP {error.code}") from error
    except (URLError, OSError) as error:
        raise NotTakenError(type(error).__name__) from error
