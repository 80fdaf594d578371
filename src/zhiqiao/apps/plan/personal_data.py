"""What the work on the plan keeps about people."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.personal_data import Kept, declare

declare(
    Kept(
        name="plan.1-work",
        people=_("Staff who assign, report, review and supervise"),
        what=_(
            "Who was given a part, wrote, reviewed, asked or answered, when, and what they wrote"
        ),
        purpose=_("To say who answers for a task and for what was reported"),
        ground=_("Needed for a public duty (Personal Information Protection Law, article 13)"),
        period=_("As long as the record of the plan"),
        readers=_("The bureau and the bodies that take part in the task"),
        protection=_("The database holds tasks of other bodies back"),
        columns={
            "plan.taskpart": ("person", "assigned_by", "assigned_at"),
            "plan.task": ("opened_by", "opened_at"),
            "plan.progressreport": (
                "written_by",
                "submitted_at",
                "reviewed_by",
                "reviewed_at",
                "progress",
                "difficulties",
                "next_steps",
                "review_note",
            ),
            "plan.progressreport_writers": ("user",),
            "plan.supervision": (
                "issued_by",
                "issued_at",
                "answered_by",
                "answered_at",
                "text",
                "answer",
            ),
            "plan.sideview": ("written_by", "written_at", "text"),
            "plan.boardfreeze": ("frozen_by", "reason"),
        },
    ),
)
