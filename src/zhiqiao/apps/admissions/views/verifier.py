"""The public verifier as a page and as one file, given to everybody as it stands in its folder."""

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from zhiqiao.core.errors import MissingError

TYPES = {
    "leaf.html": "text/html; charset=utf-8",
    "leaf.js": "text/javascript; charset=utf-8",
    "leaf.css": "text/css; charset=utf-8",
    "zhiqiao_verify.py": "text/x-python; charset=utf-8",
}
# Its own script may run and nothing may be sent, not even to this site.
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": ["data:"],
    "font-src": [NONE],
    "connect-src": [NONE],
    "form-action": [NONE],
}


@csp_replace(POLICY)  # type: ignore[arg-type] # typed for addresses without a part
@require_safe
def send_verifier(_request: HttpRequest, name: str) -> FileResponse:
    if name not in TYPES:
        raise MissingError("admissions.missing")
    content = (settings.ZHIQIAO_VERIFIER / name).open("rb")
    is_program = name.endswith(".py")
    return FileResponse(content, content_type=TYPES[name], filename=name, as_attachment=is_program)
