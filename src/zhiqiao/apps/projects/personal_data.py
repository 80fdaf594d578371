"""What the registers keep about people."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.personal_data import Kept, declare

declare(
    Kept(
        name="projects.1-holders",
        people=_("People named in published lists of recognised items"),
        what=_("The name as the list gives it, with the item and the organisation"),
        purpose=_("To count and to show what was recognised"),
        ground=_("Published by an authority (Personal Information Protection Law, article 27)"),
        period=_("As long as the register"),
        readers=_("Everybody"),
        protection=_("Nothing beyond the published list is kept"),
        columns={
            "projects.recognition": (
                "name",
                "holder_text",
                "remark",
                "name_key",
                "search_text",
                "natural_key",
            ),
            "projects.recognitionpartner": ("text",),
        },
    ),
    Kept(
        name="projects.2-decisions",
        people=_("Staff who decide about records"),
        what=_("Who decided or declared what, and when"),
        purpose=_("To say who answers for a figure"),
        ground=_("Needed for a public duty (Personal Information Protection Law, article 13)"),
        period=_("As long as the register"),
        readers=_("The bureau"),
        protection=_("Shown by name to signed-in staff alone"),
        columns={
            "projects.judgement": ("decided_by", "decided_at", "reason"),
            "projects.listdeclaration": ("declared_by", "declared_at"),
        },
    ),
)
