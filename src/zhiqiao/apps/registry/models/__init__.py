"""Tables of the registry: where things are, who the bodies are, and what they are called."""

from zhiqiao.apps.registry.models.catalogues import (
    CatalogueEdition,
    Cluster,
    Industry,
    Major,
    Occupation,
)
from zhiqiao.apps.registry.models.organisations import (
    Organisation,
    OrganisationName,
    OrganisationSuccession,
)
from zhiqiao.apps.registry.models.regions import Region, RegionSuccession

__all__ = [
    "CatalogueEdition",
    "Cluster",
    "Industry",
    "Major",
    "Occupation",
    "Organisation",
    "OrganisationName",
    "OrganisationSuccession",
    "Region",
    "RegionSuccession",
]
