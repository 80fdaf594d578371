"""What other apps may ask of the registry."""

from zhiqiao.apps.registry.queries.catalogues import (
    editions_of,
    entries_of,
    unknown_major_codes,
)
from zhiqiao.apps.registry.queries.matching import (
    Candidate,
    NameMatch,
    bodies_exactly_named,
    organisations_named,
)
from zhiqiao.apps.registry.queries.organisations import (
    History,
    OrganisationFilter,
    bodies_named,
    bodies_today,
    former_bodies,
    history_of_organisation,
    holds_demonstration,
    line_of,
    organisations_by_address,
    organisations_matching,
    organisations_visible_to,
)
from zhiqiao.apps.registry.queries.panels import Panel, panels_of, register_panel
from zhiqiao.apps.registry.queries.regions import (
    area_path,
    changes_of,
    districts_of,
    region_by_name,
    regions_named,
    regions_visible_to,
    valid_on,
    wholes_of,
)

__all__ = [
    "Candidate",
    "History",
    "NameMatch",
    "OrganisationFilter",
    "Panel",
    "area_path",
    "bodies_exactly_named",
    "bodies_named",
    "bodies_today",
    "changes_of",
    "districts_of",
    "editions_of",
    "entries_of",
    "former_bodies",
    "history_of_organisation",
    "holds_demonstration",
    "line_of",
    "organisations_by_address",
    "organisations_matching",
    "organisations_named",
    "organisations_visible_to",
    "panels_of",
    "region_by_name",
    "regions_named",
    "regions_visible_to",
    "register_panel",
    "unknown_major_codes",
    "valid_on",
    "wholes_of",
]
