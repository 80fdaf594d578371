"""What an applicant wrote, as it is read: section by section, without the names where they are hidden."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhiqiao.apps.projects.models import Application, Content
from zhiqiao.core.policy import spoken
from zhiqiao.packs import FieldKind, FieldWanted, Text

NAMING = frozenset({FieldKind.PEOPLE, FieldKind.BODIES})


@dataclass(frozen=True, slots=True)
class ContentPart:
    """A section of the form with the answers given to its fields."""

    title: Text
    answers: tuple[tuple[FieldWanted, tuple[str, ...]], ...]


def content_of(application: Application, *, with_names: bool) -> list[ContentPart]:
    """Return the answers; fields that tell who the applicant is are left out where names are hidden."""
    lifecycle = application.call.rules.lifecycle
    answers = dict(content.answers) if (content := _content(application)) else {}
    named: dict[str, list[str]] = defaultdict(list)
    for person in application.people.select_related("employer"):
        employer = person.employer.name if person.employer else person.employer_text
        words = (person.name, person.part, employer)
        named[person.field].append(" · ".join(word for word in words if word))
    for body in application.bodies.all():
        named[body.field].append(body.text)

    def written(name: str, wanted: FieldWanted) -> tuple[str, ...]:
        if wanted.kind in NAMING:
            return tuple(named[name])
        return _answer(wanted, answers.get(name))

    return [
        ContentPart(
            title,
            tuple(
                (wanted, written(name, wanted))
                for name, wanted in lifecycle.fields_of(section).items()
                if with_names or not wanted.names
            ),
        )
        for section, title in lifecycle.sections.items()
    ]


def _content(application: Application) -> Content | None:
    return Content.objects.filter(application=application).first()


def _answer(wanted: FieldWanted, given: object) -> tuple[str, ...]:
    if given in (None, ""):
        return ()
    if wanted.kind is FieldKind.FLAG:
        return (_("Yes") if given in (True, "yes", "true") else _("No"),)
    chosen = wanted.options.get(str(given))
    return (spoken(chosen) if chosen else str(given),)
