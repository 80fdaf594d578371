"""The ways out of the site: mail, and a hook for text messages or an official messaging app."""

import smtplib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from zhiqiao.apps.portal.choices import Channel
from zhiqiao.apps.portal.models import Notice
from zhiqiao.core.hooks import NotTakenError, post_signed

if TYPE_CHECKING:
    from zhiqiao.apps.portal.queries.notices import Person


class UndeliveredError(Exception):
    """The other side did not take the message; it says so in a word that is kept."""


def send_mail(person: "Person", notices: Sequence[Notice], batch: UUID) -> None:
    """Send one mail; its identity stays the same when it is sent again after a crash."""
    with translation.override(person.language):
        message = EmailMessage(
            subject=subject_of(notices),
            body=render_to_string("portal/notice_mail.txt", _context(notices)),
            to=[person.email],
            headers={"Message-ID": f"<{batch}@{settings.ZHIQIAO_MAIL_DOMAIN}>"},
        )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        raise UndeliveredError(type(error).__name__) from error


def send_by_hook(person: "Person", notices: Sequence[Notice], batch: UUID) -> None:
    """Post the message, signed with the shared key; the other side knows how to reach the person."""
    with translation.override(person.language):
        content = {
            "message": str(batch),
            "recipient": str(person.uid),
            "subject": subject_of(notices),
            "notices": [
                {"kind": one.kind, "task": one.code, "address": _absolute(one)} for one in notices
            ],
        }
    try:
        post_signed(settings.ZHIQIAO_HOOK_URL, content, key=settings.ZHIQIAO_HOOK_KEY)
    except NotTakenError as error:
        raise UndeliveredError(str(error)) from error


def subject_of(notices: Sequence[Notice]) -> str:
    """Say what it is about; no name, no number of a person and no text of a report."""
    if len(notices) == 1:
        words = {"kind": notices[0].get_kind_display(), "task": notices[0].code}
        return _("Zhiqiao: %(kind)s (%(task)s)") % words
    return _("Zhiqiao: %(number)d notices") % {"number": len(notices)}


def _context(notices: Sequence[Notice]) -> Mapping[str, object]:
    return {"notices": [(one, _absolute(one)) for one in notices]}


def _absolute(notice: Notice) -> str:
    return f"{settings.ZHIQIAO_SITE_URL}{notice.address}"


CHANNELS: Mapping[str, Callable[["Person", Sequence[Notice], UUID], None]] = {
    Channel.EMAIL: send_mail,
    Channel.HOOK: send_by_hook,
}
