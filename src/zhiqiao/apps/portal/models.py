"""Notices to people, what each person wants of them, and how they leave the site."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.portal.choices import Channel, DispatchState, NoticeKind, Sending
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import any_of, has_role, is_person


class Notice(Identified):
    """One thing that one person is told.

    It holds facts and keys, never the text of a report or the name of another person: the words are
    made when it is read or sent, in the reader's language.
    """

    row_security = any_of(is_person("recipient_id"), has_role([Role.SYSTEM_ADMIN]))

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind.choices)
    # That of the event or of the deadline: told again, it stays one notice.
    key = models.UUIDField(_("cause"))
    code = models.CharField(_("task"), max_length=20)
    day = models.DateField(_("day"), null=True)
    address = models.CharField(_("address"), max_length=200)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notice_of_person"),
            models.Index(
                fields=["recipient"], name="notice_unread", condition=Q(read_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind", "key"], name="notice_told_once"),
            models.CheckConstraint(
                condition=Q(kind__in=NoticeKind.values), name="notice_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class NoticeWish(models.Model):
    """How a person wants one kind of notice; without a row it leaves at once."""

    row_security = is_person("user_id")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_wishes")
    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind.choices)
    sending = models.CharField(_("sending"), max_length=8, choices=Sending.choices)

    class Meta:
        verbose_name = _("wish about notices")
        verbose_name_plural = _("wishes about notices")
        ordering = ["user_id", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_wish_once"),
            models.CheckConstraint(
                condition=Q(sending__in=Sending.values), name="notice_wish_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class NoticeHours(models.Model):
    """When nothing may leave the site, and when the daily digest does, in the region's time."""

    row_security = is_person("user_id")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_hours"
    )
    quiet_from = models.TimeField(_("quiet from"), default=time(22))
    quiet_to = models.TimeField(_("quiet to"), default=time(7))
    digest_at = models.TimeField(_("digest at"), default=time(8))

    class Meta:
        verbose_name = _("hours of notices")
        verbose_name_plural = _("hours of notices")
        ordering = ["user_id"]

    def __str__(self) -> str:
        return str(self.user_id)


class Dispatch(Identified):
    """One notice on its way through one channel; visible, retried, and never sent in quiet hours.

    A digest joins the dispatches of a person that are due together; they share ``batch``, which is
    also the identity of the mail: sent twice after a crash, it is one to the receiving side.
    """

    # The policy of notices applies inside, so this is: of a notice that may be seen.
    row_security = "notice_id IN (SELECT id FROM portal_notice)"

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="dispatches")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    is_digest = models.BooleanField(_("in a digest"), default=False)
    state = models.CharField(
        _("state"), max_length=8, choices=DispatchState.choices, default=DispatchState.WAITING
    )
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    batch = models.UUIDField(_("message"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["-due_at", "-id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="dispatch_open",
                condition=Q(state__in=["waiting", "sending"]),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="dispatch_once"),
            models.CheckConstraint(
                condition=Q(state__in=DispatchState.values), name="dispatch_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="dispatch_sent_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel}"
