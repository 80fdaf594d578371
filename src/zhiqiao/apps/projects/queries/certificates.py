"""Certificates: the words on the paper, and what its code tells to whoever holds it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.apps.projects.choices import RecognitionState
from zhiqiao.apps.projects.models import Application, Call, Certificate, Recognition
from zhiqiao.core.dates import format_date, local
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import current_pack, spoken
from zhiqiao.core.reach import SYSTEM, reaching


class Standing(StrEnum):
    """Whether a certificate holds on a day."""

    GENUINE = "genuine"
    REPLACED = "certificate-replaced"
    EXPIRED = "certificate-expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CertificateTold:
    """All that anybody learns with the code: what the public register says, and whether it holds."""

    number: str
    standing: Standing
    item: Recognition
    kind: str
    issued_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class CertificateWords:
    """What stands on the paper, in the language in which it is asked for."""

    language: str
    title: str
    issuer: str
    holder: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    day: str
    check: str
    address: str
    warning: str


def certificate_in_force(application: Application) -> Certificate | None:
    """Return the certificate that was not replaced, of an item that is still recognised."""
    rows = Certificate.objects.select_related("recognition__holder", "application__call__area")
    recognised = rows.filter(recognition__state=RecognitionState.RECOGNISED)
    return recognised.filter(application=application, replaced_at=None).first()


def certificate_of(application: Application) -> Certificate:
    found = certificate_in_force(application)
    if found is None:
        raise MissingError("projects.no-certificate")
    return found


def certificate_of_code(code: str, *, today: date) -> CertificateTold:
    """Say whether the paper with this code holds; whoever asks has the paper, so the policies are passed."""
    with reaching(SYSTEM):
        rows = Certificate.objects.select_related("recognition__area", "recognition__holder")
        found = rows.filter(code=code).first()
    if found is None:
        raise MissingError("projects.certificate-unknown")
    item = found.recognition
    return CertificateTold(
        number=found.number,
        standing=_standing(found, today),
        item=item,
        kind=_kind(item.kind),
        issued_on=local(found.issued_at).date(),
        ended_on=item.ended_on,
    )


def _standing(found: Certificate, today: date) -> Standing:
    item = found.recognition
    if item.state != RecognitionState.RECOGNISED:
        return Standing.REVOKED
    if found.replaced_at is not None:
        return Standing.REPLACED
    if item.valid_to is not None and item.valid_to < today:
        return Standing.EXPIRED
    return Standing.GENUINE


def certificate_words(found: Certificate, *, address: str) -> CertificateWords:
    item, call = found.recognition, found.application.call
    language = get_language() or "zh-hans"
    is_sample = item.provenance == Provenance.DEMONSTRATION
    words = {"holder": item.holder_text, "name": item.name, "kind": _kind(item.kind)}
    until = format_date(found.valid_to) if found.valid_to else _("without an end")
    facts = (
        (_("Number of the certificate"), found.number),
        (_("Level"), item.get_level_display()),
        (_("Batch"), item.batch),
        (_("Document"), item.document or "—"),
        (_("Valid from"), format_date(item.valid_from)),
        (_("Valid to"), until),
    )
    return CertificateWords(
        language="zh" if language.startswith("zh") else "en",
        title=_("Certificate of recognition"),
        issuer=call.area.name,
        holder=item.holder_text,
        sentence=_("“%(name)s” of %(holder)s is recognised as: %(kind)s.") % words,
        facts=facts,
        day=format_date(found.issued_at),
        check=_("Whether this certificate holds can be checked here:"),
        address=address,
        warning=_("Demonstration data: this is not a certificate.") if is_sample else "",
    )


def recognised_in(call: Call, *, today: date) -> QuerySet[Application]:
    """Return what of a call stood or stands in the register, for everybody, and whether it holds."""
    rows = Application.objects.filter(call=call, recognition__isnull=False)
    rows = rows.exclude(recognition__state=RecognitionState.WITHDRAWN)
    return with_standing(rows, today=today).order_by("number", "id")


def recognised_through_calls(*, today: date) -> QuerySet[Application]:
    """Return the real items of every call, the latest first, for everybody."""
    rows = Application.objects.filter(recognition__isnull=False)
    rows = rows.exclude(call__provenance=Provenance.DEMONSTRATION)
    rows = rows.exclude(recognition__state=RecognitionState.WITHDRAWN)
    return with_standing(rows, today=today).order_by("-recognition__announced_to", "-id")


def with_standing(rows: QuerySet[Application], *, today: date) -> QuerySet[Application]:
    """Say of each item whether its certificate holds, by the register alone."""
    ended = ~Q(recognition__state=RecognitionState.RECOGNISED)
    return rows.select_related("recognition", "applicant", "call").annotate(
        standing_of_item=Case(
            When(ended, then=Value(str(Standing.REVOKED))),
            When(recognition__valid_to__lt=today, then=Value(str(Standing.EXPIRED))),
            default=Value(str(Standing.GENUINE)),
            output_field=CharField(),
        ),
        item_name=F("recognition__name"),
    )


def _kind(kind: str) -> str:
    found = current_pack().kinds.get(kind)
    return spoken(found.title) if found else kind
