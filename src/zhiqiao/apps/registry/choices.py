from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegionLevel(TextChoices):
    PROVINCE = "province", _("Province or municipality")
    PREFECTURE = "prefecture", _("Prefecture or city")
    COUNTY = "county", _("County or district")


class CircleMembership(TextChoices):
    """Whether a region lies in the twin-city economic circle; empty when no source says so."""

    YES = "yes", _("Inside the twin-city circle")
    PARTIAL = "partial", _("Partly inside the twin-city circle")
    NO = "no", _("Outside the twin-city circle")


class RegionChange(TextChoices):
    MERGED = "merged", _("Merged into")
    RENAMED = "renamed", _("Renamed to")
    SPLIT = "split", _("Split into")
    BOUNDARY = "boundary", _("Gave or took territory")


class OrganisationKind(TextChoices):
    UNIVERSITY = "university", _("University")
    BACHELOR_VOCATIONAL = "bachelor-vocational", _("Bachelor-level vocational university")
    HIGHER_VOCATIONAL = "higher-vocational", _("Higher vocational college")
    SECONDARY_VOCATIONAL = "secondary-vocational", _("Secondary vocational school")
    TECHNICIAN_SCHOOL = "technician-school", _("Technician school")
    ENTERPRISE = "enterprise", _("Enterprise")
    PARK = "park", _("Industrial park")
    GOVERNMENT = "government", _("Government body")
    RESEARCH_INSTITUTE = "research-institute", _("Research institute")
    ASSOCIATION = "association", _("Association")
    CONSORTIUM = "consortium", _("Consortium")
    OVERSEAS = "overseas", _("Overseas body")
    OTHER = "other", _("Other body")
    UNKNOWN = "unknown", _("Kind not stated")


class Ownership(TextChoices):
    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private")
    UNKNOWN = "unknown", _("Ownership not stated")


class NameKind(TextChoices):
    """An official name has a period; a former name is one whose period no source states."""

    OFFICIAL = "official", _("Official name")
    FORMER = "former", _("Former name")
    SHORT = "short", _("Short name")


class OrganisationChange(TextChoices):
    MERGED = "merged", _("Merged into")
    RENAMED = "renamed", _("Renamed to")
    UPGRADED = "upgraded", _("Upgraded to")
    TRUSTED = "trusted", _("Entrusted to")
    GROUPED = "grouped", _("Joined the group")
    SPLIT = "split", _("Split into")
    CLOSED = "closed", _("Closed")


ENDING_CHANGES = frozenset(
    {
        OrganisationChange.MERGED,
        OrganisationChange.UPGRADED,
        OrganisationChange.SPLIT,
        OrganisationChange.CLOSED,
    }
)


# Who ended in another body, or only took another name, is that body now.
CARRYING_ON = ENDING_CHANGES | {OrganisationChange.RENAMED}


class MajorLevel(TextChoices):
    SECONDARY = "secondary", _("Secondary vocational")
    HIGHER = "higher", _("Higher vocational (associate)")
    BACHELOR = "bachelor", _("Higher vocational (bachelor)")


class OccupationLevel(TextChoices):
    MAJOR = "major", _("Major group of occupations")
    MIDDLE = "middle", _("Middle group of occupations")
    MINOR = "minor", _("Minor group of occupations")
    OCCUPATION = "occupation", _("Occupation")


class IndustryLevel(TextChoices):
    SECTION = "section", _("Section of industry")
    DIVISION = "division", _("Division of industry")
    GROUP = "group", _("Group of industry")
    CLASS = "class", _("Class of industry")


class ClusterTier(TextChoices):
    TRILLION = "trillion", _("Leading cluster (a trillion yuan)")
    HALF_TRILLION = "half-trillion", _("Pillar cluster (five hundred billion yuan)")
    HUNDRED_BILLION = "hundred-billion", _("Special cluster (a hundred billion yuan)")
    NEW_STAR = "new-star", _("New-star cluster")


class CatalogueName(TextChoices):
    MAJORS = "majors", _("Vocational majors")
    OCCUPATIONS = "occupations", _("Occupations")
    INDUSTRIES = "industries", _("Industries")
    CLUSTERS = "clusters", _("Manufacturing clusters")


CATALOGUE_PARTS: dict[str, type[TextChoices]] = {
    CatalogueName.MAJORS: MajorLevel,
    CatalogueName.OCCUPATIONS: OccupationLevel,
    CatalogueName.INDUSTRIES: IndustryLevel,
    CatalogueName.CLUSTERS: ClusterTier,
}


class EditionState(TextChoices):
    COMPLETE = "complete", _("Complete")
    PARTIAL = "partial", _("Partly loaded")
    NOT_LOADED = "not-loaded", _("Not loaded")


class MatchState(TextChoices):
    EXACT = "exact", _("Same name")
    FORMER = "former", _("Former name")
    NEAR = "near", _("Similar names")
    NONE = "none", _("No such name")


#: How the history of an organisation reads to a person.
VERBS = {
    "registry.organisation.created": _("The organisation was registered"),
    "registry.organisation.changed": _("A list changed the record"),
    "registry.organisation.renamed": _("A new name was recorded"),
    "registry.organisation.name_added": _("A further name was recorded"),
    "registry.succession.recorded": _("What followed was recorded"),
}
