"""Who may come in, and how a refused form comes back."""

from django.forms import Form

from zhiqiao.apps.projects.rules import can_apply, can_keep_register
from zhiqiao.core.access import ALLOWED, Actor, Verdict
from zhiqiao.core.doors import only
from zhiqiao.core.errors import ZhiqiaoError

keepers_only = only(can_keep_register)
appliers_only = only(can_apply)


def _anybody(_actor: Actor) -> Verdict:
    return ALLOWED


signed_in_only = only(_anybody)


def note_refusal(form: Form, error: ZhiqiaoError) -> None:
    """Show a broken rule above the form, which keeps what was typed."""
    form.add_error(None, f"{error.message} {error.remedy}".strip())
