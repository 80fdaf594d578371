"""Bodies and places for tests, written through the actions."""

from zhiqiao.apps.registry.actions import NewOrganisation, create_organisation
from zhiqiao.apps.registry.actions.regions import path_of
from zhiqiao.apps.registry.models import Organisation, Region
from zhiqiao.core.fields import Provenance
from zhiqiao.core.search import searchable_fields


def make_region(code="990000", name="云岭省", *, parent=None, **fields) -> Region:
    level = {True: "province", False: "county"}[parent is None]
    region = Region(
        code=code,
        name=name,
        parent=parent,
        **{"level": level, **fields},
        **searchable_fields(name=name, codes=[code] if code else []),
    )
    region.path = path_of(region)
    region.save(force_insert=True)
    return region


def make_organisation(name="云岭职业技术学院", **fields) -> Organisation:
    facts = {"kind": "higher-vocational", "provenance": Provenance.PUBLIC_SOURCE, **fields}
    return create_organisation(NewOrganisation(name=name, **facts), actor=None)
