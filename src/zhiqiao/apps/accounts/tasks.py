"""What accounts do in the background: sending invitations, and tidying up by the clock."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from zhiqiao.apps.accounts.actions import (
    end_expired_tokens,
    end_overdue_invitations,
    forget_answers,
    forget_applications_leftovers,
    forget_ended_sessions,
    forget_guests,
)
from zhiqiao.apps.accounts.queries import invitation_to_send
from zhiqiao.core.jobs import MORNING, Progress, job_kind, upkeep
from zhiqiao.core.sealing import unseal


@job_kind("accounts.send_invitation", title=gettext_lazy("Sending of an invitation"))
def send_invitation(progress: Progress, *, invitation: int, sealed_token: str) -> Mapping[str, int]:
    """Mail the address of the invitation; the subject names nobody."""
    progress.begin(None)
    found = invitation_to_send(invitation)
    if found is None:
        return {"sent": 0}
    address = settings.ZHIQIAO_SITE_URL + reverse("accounts:accept", args=[unseal(sealed_token)])
    with translation.override(found.language):
        subject = gettext("Invitation to the platform Zhiqiao")
        text = gettext(
            "You are invited to open an account. The address below works once, for seven days:\n\n"
            "%(address)s\n\nIf you expect no invitation, do nothing."
        )
        body = text % {"address": address}
    EmailMessage(subject=subject, body=body, to=[found.email]).send()
    return {"sent": 1}


upkeep("accounts.overdue_invitations", cron=MORNING)(end_overdue_invitations)
upkeep("accounts.expired_tokens", cron=MORNING)(end_expired_tokens)
upkeep("accounts.kept_answers", cron=MORNING)(forget_answers)
upkeep("accounts.systems", cron=MORNING)(forget_applications_leftovers)
upkeep("accounts.ended_sessions", cron=MORNING)(forget_ended_sessions)
upkeep("accounts.old_invitations", cron=MORNING)(forget_guests)
