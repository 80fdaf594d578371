"""What a page needs so that the browser asks for a key (WebAuthn)."""

import json

from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

SCRIPTS = ("mfa/js/webauthn-json.js", "mfa/js/webauthn.js", "account/js/onload.js")
DATA = "key-data"
# As Django's json_script does: nothing in a block of data may end it.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def key_scripts(data: object, function: str, **ids: str) -> SafeString:
    """Return the data block, the names of the parts of the form, and allauth's three scripts.

    ``ids`` are the ids of button and field; the blocks are data, so the policy for content allows them.
    """
    named = {**ids, "data": DATA} if data is not None else ids
    setup = json.dumps({"ids": named}).translate(_ESCAPES)
    sources = format_html(
        "".join('<script src="{}" defer></script>' for _ in SCRIPTS),
        *(static(name) for name in SCRIPTS),
    )
    return format_html(
        '{}<script type="application/json" data-allauth-onload="allauth.webauthn.forms.{}">{}</script>{}',
        json_script(data, DATA) if data is not None else "",
        function,
        SafeString(setup),
        sources,
    )
