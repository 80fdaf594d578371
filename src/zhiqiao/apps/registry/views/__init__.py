"""Pages of the registry: reading is open to everybody, writing to clerks of the bureau."""

from zhiqiao.apps.registry.views.organisations import (
    export_organisations,
    show_organisation,
    show_organisations,
)
from zhiqiao.apps.registry.views.reference import (
    show_catalogue,
    show_catalogues,
    show_region,
    show_regions,
)
from zhiqiao.apps.registry.views.writing import (
    register_organisation,
    rename,
    write_succession,
)

__all__ = [
    "export_organisations",
    "register_organisation",
    "rename",
    "show_catalogue",
    "show_catalogues",
    "show_organisation",
    "show_organisations",
    "show_region",
    "show_regions",
    "write_succession",
]
