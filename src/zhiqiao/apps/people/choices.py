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
    CONTACT = "contact", _("Being told by telephone or text message")


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
}
