"""What may be written in the registry."""

from zhiqiao.apps.registry.actions.importing import (
    organisation_changes,
    organisation_doubts,
    organisation_problems,
    record_organisations,
)
from zhiqiao.apps.registry.actions.loading import LoadReport, load_catalogues, load_successions
from zhiqiao.apps.registry.actions.organisations import (
    NewOrganisation,
    add_other_name,
    create_organisation,
    rename_organisation,
)
from zhiqiao.apps.registry.actions.regions import state_region_code
from zhiqiao.apps.registry.actions.sources import Source
from zhiqiao.apps.registry.actions.successions import Step, record_succession

__all__ = [
    "LoadReport",
    "NewOrganisation",
    "Source",
    "Step",
    "add_other_name",
    "create_organisation",
    "load_catalogues",
    "load_successions",
    "organisation_changes",
    "organisation_doubts",
    "organisation_problems",
    "record_organisations",
    "record_succession",
    "rename_organisation",
    "state_region_code",
]
