"""The staged rows of an import of organisations, and the registered bodies that they mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from zhiqiao.apps.registry.choices import OrganisationKind, Ownership
from zhiqiao.apps.registry.models import Organisation, OrganisationName, Region
from zhiqiao.apps.registry.queries.names import folded
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports import staging
from zhiqiao.core.imports.models import ImportBatch

BACHELOR, ASSOCIATE = "bachelor", "associate"


@dataclass(frozen=True, slots=True)
class StagedBody:
    """One row: what it says of a body, with words already turned into our values."""

    number: int
    name: str
    folded: str
    kind: str
    national_code: str
    credit_code: str
    authority: str
    ownership: str
    location: str
    province: str
    source_title: str
    source_read_on: date | None
    confidence: str

    @property
    def provenance(self) -> str:
        """A row that names its published source is public; otherwise somebody reported it."""
        return Provenance.PUBLIC_SOURCE if self.source_title else Provenance.REPORTED


def staged_bodies(batch: ImportBatch) -> Iterator[StagedBody]:
    for number, values in staging.rows(batch):
        text = {name: str(value or "") for name, value in values.items()}
        read_on = text["source_read_on"]
        yield StagedBody(
            number=number,
            name=text["name"],
            folded=folded(text["name"]),
            kind=_kind(text, vocational=values["vocational"] is True),
            national_code=text["national_code"],
            credit_code=text["credit_code"],
            authority=text["authority"],
            ownership=_ownership(text),
            location=text["location"],
            province=text["province"],
            source_title=text["source_title"],
            source_read_on=date.fromisoformat(read_on) if read_on else None,
            confidence=text["confidence"],
        )


def _kind(text: Mapping[str, str], *, vocational: bool) -> str:
    if text["kind"]:
        return text["kind"]
    if text["level"] == ASSOCIATE:
        return OrganisationKind.HIGHER_VOCATIONAL
    if text["level"] == BACHELOR:
        university = OrganisationKind.UNIVERSITY
        return OrganisationKind.BACHELOR_VOCATIONAL if vocational else university
    return OrganisationKind.UNKNOWN


def _ownership(text: Mapping[str, str]) -> str:
    """Read the ministry's list as it is printed: it marks private schools and no others."""
    if text["remark"]:
        return text["remark"]
    return Ownership.PUBLIC if text["level"] else Ownership.UNKNOWN


class Places:
    """All regions by name and code; within a province a name is mostly unique."""

    def __init__(self) -> None:
        self._by_text: dict[str, list[Region]] = {}
        for region in Region.objects.order_by("path"):
            for text in {region.name, region.code or region.name}:
                self._by_text.setdefault(text, []).append(region)

    def find(self, location: str, province: str) -> Region | None:
        """Return the place, or None when it is not named, not known or not unique."""
        wanted = location or province
        found = self._by_text.get(wanted, [])
        above = self._only(self._by_text.get(province, [])) if province else None
        if above is not None:
            found = [region for region in found if region.path.startswith(above.path)]
        return self._only(found)

    @staticmethod
    def _only(regions: list[Region]) -> Region | None:
        existing = [region for region in regions if region.valid_to is None] or regions
        return existing[0] if len(existing) == 1 else None


@dataclass(frozen=True, slots=True)
class Meant:
    """What a row means: a registered body, several of one name, or (neither) a new one."""

    body: Organisation | None = None
    ambiguous: bool = False


class RegisteredBodies:
    """The registered bodies that rows may mean, by code, by name and by a person's answer."""

    def __init__(self, batch: ImportBatch, rows: list[StagedBody]) -> None:
        self._answers = {row.name: batch.answer("name", row.name) for row in rows}
        national = {row.national_code for row in rows} - {""}
        credit = {row.credit_code for row in rows} - {""}
        uids = {answer for answer in self._answers.values() if answer}
        names = OrganisationName.objects.filter(folded__in={row.folded for row in rows})
        pairs = set(names.values_list("folded", "organisation_id"))
        wanted = Q(national_code__in=national) | Q(credit_code__in=credit) | Q(uid__in=uids)
        wanted |= Q(pk__in={key for _name, key in pairs})
        bodies = Organisation.objects.filter(wanted).exclude(provenance=Provenance.DEMONSTRATION)
        known = {body.pk: body for body in bodies.select_related("region")}
        self._by_code = {body.national_code: body for body in known.values() if body.national_code}
        self._by_credit = {body.credit_code: body for body in known.values() if body.credit_code}
        self._by_uid = {str(body.uid): body for body in known.values()}
        self._by_name: dict[str, list[Organisation]] = {}
        for name, key in sorted(pairs):
            if key in known:
                self._by_name.setdefault(name, []).append(known[key])

    def meant_by(self, row: StagedBody) -> Meant:
        by_code = self._by_code.get(row.national_code) or self._by_credit.get(row.credit_code)
        if by_code is not None:
            return Meant(by_code)
        answered = self._by_uid.get(self._answers.get(row.name) or "")
        if answered is not None:
            return Meant(answered)
        named = self._by_name.get(row.folded, [])
        existing = [body for body in named if not body.ended] or named
        if len(existing) > 1:
            return Meant(ambiguous=True)
        return Meant(existing[0] if existing else None)

    def bears(self, body: Organisation, row: StagedBody) -> bool:
        """Say whether the row's name is one of the body's, or a person said that it means it."""
        answered = self._answers.get(row.name) == str(body.uid)
        return answered or body in self._by_name.get(row.folded, [])
