"""The recognised items on the page of an organisation."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects import queries
from zhiqiao.apps.registry.queries import Panel, line_of
from zhiqiao.core.access import Actor
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack

if TYPE_CHECKING:
    from zhiqiao.apps.registry.models import Organisation

SHOWN = 30


def recognitions_panel(organisation: "Organisation", user: Actor) -> Panel | None:
    """Show what the body and those that it replaced hold, and where they take part."""
    line = line_of(organisation)
    is_sample = organisation.provenance == Provenance.DEMONSTRATION
    rows = queries.recognitions_of_organisations(user, line, demonstration=is_sample)
    shown = list(rows[:SHOWN])
    if not shown:
        return None
    kinds = current_pack().kinds
    items = [
        (row, kinds[row.kind].title if row.kind in kinds else row.kind, row.holder_id in line)
        for row in shown
    ]
    more = rows.count() - SHOWN if len(shown) == SHOWN else 0
    return Panel(
        _("Recognised items"),
        "projects/organisation_panel.html",
        {"rows": items, "more": max(more, 0)},
    )
