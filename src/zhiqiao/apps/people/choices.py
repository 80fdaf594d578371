from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class Relation(TextChoices):
    """What a guardian is to the person."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    OTHER = "other", _("Other guardian")


class Purpose(TextChoices):
    """What a person, or a guardian for a minor, agrees to."""

    ADMISSION = "admission", _("Taking part in admission")
    EXPERT = "expert", _("Being kept as an expert and asked to judge")
    CONTACT = "contact", _("Being told by telephone or text message")


class ExpertCategory(TextChoices):
    """Where an expert comes from; quotas of panels count by it."""

    INDUSTRY = "industry", _("Industry or firm")
    VOCATIONAL = "vocational", _("Vocational school or college")
    UNIVERSITY = "university", _("University")
    RESEARCH = "research", _("Research institute")
    ASSOCIATION = "association", _("Association")
    GOVERNMENT = "government", _("Public administration")


class ExpertState(TextChoices):
    ACTIVE = "active", _("May be asked")
    PAUSED = "paused", _("Not to be asked for now")
    ENDED = "ended", _("No longer an expert")


class TieKind(TextChoices):
    """What may make an expert partial."""

    EMPLOYER = "employer", _("Former employer")
    JOINT_WORK = "joint-work", _("Joint project or publication")
    KINSHIP = "kinship", _("Kinship")
    TEACHER = "teacher", _("Teacher or student")
    OTHER = "other", _("Another tie")


#: How the history of a person's file reads.
VERBS = {
    "people.person.registered": _("The file was opened"),
    "people.person.corrected": _("The file was corrected"),
    "people.person.shown": _("The whole identity number was shown"),
    "people.person.moved": _("The file went to another school"),
    "people.person.merged": _("Two files of one person were joined"),
    "people.guardian.added": _("A guardian was entered"),
    "people.consent.given": _("Consent was given"),
    "people.consent.withdrawn": _("Consent was withdrawn"),
    "people.expert.entered": _("The person was entered as an expert"),
    "people.expert.changed": _("What is known of the expert changed"),
    "people.expert.tie_declared": _("A tie of the expert was declared"),
    "people.expert.tie_removed": _("A tie of the expert was taken out"),
}
