"""What the portal keeps about people, and what the kit under all apps keeps."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.personal_data import Kept, declare

PUBLIC_DUTY = _("Needed for a public duty (Personal Information Protection Law, article 13)")

declare(
    Kept(
        name="core.1-audit",
        people=_("Everybody who changes a record"),
        what=_("Who did what, when and why, with before and after"),
        purpose=_("So that every change can be explained and none can be denied"),
        ground=PUBLIC_DUTY,
        period=_("For good: entries can be neither changed nor deleted"),
        readers=_(
            "The audit administrator; each person what concerns them; signed-in staff the history of records"
        ),
        protection=_("Sealed by hashes; passwords, addresses and factors are never written"),
        columns={
            "core.auditentry": (
                "actor",
                "actor_name",
                "through",
                "before",
                "after",
                "reason",
                "subject_label",
            ),
        },
    ),
    Kept(
        name="core.2-work",
        people=_("Staff who start jobs, open imports and store files"),
        what=_("Who started or stored it, and what was given with it"),
        purpose=_("To show people their own work and to go on with it"),
        ground=PUBLIC_DUTY,
        period=_("For good; there is no deletion yet"),
        readers=_("The person; the system administrator the state of jobs"),
        protection=_("The database holds imports of others back"),
        columns={
            "core.job": ("started_by", "arguments", "result", "error_parameters"),
            "core.importbatch": (
                "opened_by",
                "committed_by",
                "samples",
                "answers",
                "problems",
                "doubts",
            ),
            "core.importrow": ("cells", "values", "problems"),
            "core.storedfile": ("stored_by", "name"),
            "core.event": ("actor",),
        },
    ),
    Kept(
        name="portal.1-notices",
        people=_("Everybody with an account"),
        what=_("Notices, when they were read and sent, and the person's wishes about them"),
        purpose=_("To tell people of their duties in time"),
        ground=PUBLIC_DUTY,
        period=_("For good; there is no deletion yet"),
        readers=_("The person; the system administrator the delivery without its content"),
        protection=_("Nothing personal in a subject line; the database holds those of others back"),
        columns={
            "portal.notice": ("recipient", "code", "created_at", "read_at"),
            "portal.noticewish": ("user", "kind", "sending"),
            "portal.noticehours": ("user", "quiet_from", "quiet_to", "digest_at"),
            "portal.dispatch": ("notice", "sent_at", "error"),
        },
    ),
)
