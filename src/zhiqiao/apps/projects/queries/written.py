"""What an application says, as a whole, and the digest of it.

The canonical text is what a person can write down again from the pages: no keys, no clock. The
identity of a person stands in it as it is shown, so that no secret is needed to check the digest.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.models import (
    Application,
    ApplicationFile,
    Content,
    NamedBody,
    NamedPerson,
    UnsuitableExpert,
)
from zhiqiao.apps.projects.queries.calls import sighted_viewers
from zhiqiao.apps.projects.rules import Part, may_see
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.packs import Lifecycle

Row = TypeVar("Row")
SEALED_COPY = "sealed_copy"
AMOUNTS = ("lines", "sources")


@dataclass(frozen=True, slots=True)
class Written:
    """Everything that an application says, read with the same few questions whatever its size."""

    application: Application
    content: Content
    people: Mapping[str, Sequence[NamedPerson]]
    bodies: Mapping[str, Sequence[NamedBody]]
    files: Mapping[str, Sequence[ApplicationFile]]
    unsuitable: Sequence[UnsuitableExpert]

    @property
    def lifecycle(self) -> Lifecycle:
        return self.application.call.rules.lifecycle

    def sound_files(self, wanted: str) -> list[ApplicationFile]:
        """Return the files of one kind in which no virus was found."""
        return [row for row in self.files.get(wanted, ()) if row.scan != FileState.INFECTED]


def written_visible_to(user: Actor, application: Application) -> Written:
    """Return the content for whoever may see it in this phase; to others it is not there."""
    if not may_see(sighted_viewers(user, application), Part.CONTENT, phase=application.phase):
        raise MissingError("projects.missing")
    return written_of(application)


def written_of(application: Application) -> Written:
    content = Content.objects.filter(application=application).first()
    if content is None:
        raise MissingError("projects.missing")
    people = NamedPerson.objects.filter(application=application).select_related("employer")
    bodies = NamedBody.objects.filter(application=application).select_related("organisation")
    files = ApplicationFile.objects.filter(application=application)
    return Written(
        application,
        content,
        _by_name((row.field, row) for row in people),
        _by_name((row.field, row) for row in bodies),
        _by_name((row.wanted, row) for row in files.select_related("file")),
        list(UnsuitableExpert.objects.filter(application=application)),
    )


def digest_of(written: Written) -> str:
    """Return the digest of everything that is handed in."""
    return _digest(written, leaving_out=frozenset())


def paper_digest_of(written: Written) -> str:
    """Return the digest that stands on the paper copy: of everything but the scan of that paper."""
    return _digest(written, leaving_out=frozenset({SEALED_COPY}))


def is_paper_outdated(written: Written) -> bool:
    """Say whether something was changed after the paper was printed whose scan is here."""
    now = paper_digest_of(written)
    scans = written.sound_files(SEALED_COPY)
    return any(row.printed_digest and not now.startswith(row.printed_digest) for row in scans)


def seal_of(written: Written, part: str) -> str:
    """Return a short mark of what one part of the form says now, to tell when others changed it."""
    return sha256(_canonical(_said_in(written, part)).encode()).hexdigest()[:16]


def _said_in(written: Written, part: str) -> object:
    content, fields = written.content, written.lifecycle.fields_of(part)
    own: Mapping[str, object] = {
        "form-budget": content.budget,
        "form-indicators": content.indicators,
        "form-declarations": content.declared,
        "form-unsuitable": [
            [row.name, row.employer_text, row.reason] for row in written.unsuitable
        ],
    }
    if part in own:
        return own[part]
    return {
        "answers": {name: content.answers.get(name, "") for name in fields},
        "people": [_person(row) for name in fields for row in written.people.get(name, ())],
        "bodies": [_body(row) for name in fields for row in written.bodies.get(name, ())],
    }


def _digest(written: Written, *, leaving_out: frozenset[str]) -> str:
    application, content = written.application, written.content
    told = {
        "call": str(application.call.uid),
        "applicant": str(application.applicant.uid),
        "title": application.title,
        "answers": {name: text for name, text in content.answers.items() if text},
        "budget": content.budget,
        "indicators": content.indicators,
        "declared": content.declared,
        "people": [_person(row) for rows in written.people.values() for row in rows],
        "bodies": [_body(row) for rows in written.bodies.values() for row in rows],
        "files": sorted(
            [wanted, row.file.name, row.file.sha256]
            for wanted, rows in written.files.items()
            if wanted not in leaving_out
            for row in rows
        ),
    }
    return sha256(_canonical(told).encode()).hexdigest()


def _person(row: NamedPerson) -> list[object]:
    # The employer as written: the register may rename a body without the applicant's doing.
    return [row.field, row.position, row.name, row.part, row.employer_text, row.identity_hint]


def _body(row: NamedBody) -> list[object]:
    return [
        row.field,
        row.position,
        row.text,
        str(row.organisation.uid if row.organisation else ""),
    ]


def _canonical(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _by_name(pairs: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for name, row in pairs:
        found.setdefault(name, []).append(row)
    return found
