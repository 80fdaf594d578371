"""Letters of admission: for the candidate, the admitting school and the bureau; by its code for everybody."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.models import Candidate, Letter, Season
from zhiqiao.apps.admissions.queries.pathways import pathway_words
from zhiqiao.apps.admissions.rules import is_own, is_staff, schools_of
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import format_date
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.reach import SYSTEM, reaching


@dataclass(frozen=True, slots=True)
class LetterTold:
    """All that anybody learns with the code of a letter."""

    number: str
    school: str
    major: str
    year: int
    masked_name: str
    is_genuine: bool
    season: Season


@dataclass(frozen=True, slots=True)
class LetterWords:
    """What stands on the paper, in the language in which it is asked for."""

    language: str
    title: str
    school: str
    greeting: str
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    day: str
    check: str
    address: str
    warning: str


def letters_visible_to(user: Actor, season: Season) -> QuerySet[Letter]:
    """Return all for the bureau and those for its own programmes for a school."""
    rows = Letter.objects.filter(line__season=season).select_related("line__school")
    if not is_staff(user):
        rows = rows.filter(line__school__in=schools_of(user))
    return rows.order_by("line__code", "number")


def letter_visible_to(user: Actor, uid: UUID) -> Letter:
    """Return a letter for the bureau, the admitting school, and the candidate."""
    found = Letter.objects.select_related("line__school", "line__season").filter(uid=uid).first()
    if found is None:
        raise MissingError("admissions.missing")
    is_of_school = found.line.school_id in schools_of(user)
    own = Candidate.objects.filter(pk=found.candidate_id).first()
    if not (is_staff(user) or is_of_school or (own is not None and is_own(user, own))):
        raise MissingError("admissions.missing")
    return found


def letter_of_code(code: str) -> LetterTold:
    """Say whether the paper with this code is genuine; the name is masked.

    Whoever asks holds the paper, so the policies are passed for exactly this one row.
    """
    with reaching(SYSTEM):
        found = Letter.objects.select_related("line__school", "line__season").filter(code=code).first()  # fmt: skip
    if found is None:
        raise MissingError("admissions.letter-unknown")
    return LetterTold(
        number=found.number,
        school=found.line.school.name,
        major=found.line.major,
        year=found.line.season.year,
        masked_name=masked(found.name),
        is_genuine=found.withdrawn_at is None,
        season=found.line.season,
    )


def open_letter(code: str) -> LetterTold:
    """Say the same as open data, which letters of demonstration seasons never are."""
    told = letter_of_code(code)
    if told.season.provenance == Provenance.DEMONSTRATION:
        raise MissingError("admissions.letter-unknown")
    return told


def masked(name: str) -> str:
    """Keep the first character of a name and as many stars as others follow."""
    return name[:1] + "*" * (len(name) - 1)


def letter_words(letter: Letter, *, address: str) -> LetterWords:
    line, season = letter.line, letter.line.season
    language, scheme = get_language() or "zh-hans", letter.line.season.rules
    is_sample = season.provenance == Provenance.DEMONSTRATION
    pathway = pathway_words(season)[line.pathway]
    facts = (
        (_("Number of the letter"), letter.number),
        (_("Candidate number"), letter.candidate_number),
        (_("Major"), line.major),
        (_("Programme code"), line.code),
        (_("Batch"), scheme.batch(line.batch).title.in_language(language)),
        *(((_("Pathway"), pathway),) if pathway else ()),
    )
    admitted = _(
        "You are admitted to %(school)s in %(year)s, to study %(major)s. The admission was decided by the published rules and can be checked by anybody."
    ) % {"school": line.school.name, "year": season.year, "major": line.major}
    return LetterWords(
        language="zh" if language.startswith("zh") else "en",
        title=_("Letter of admission"),
        school=line.school.name,
        greeting=_("Dear %(name)s,") % {"name": letter.name},
        sentences=(admitted, _("The school tells you when and where to enrol. Bring this letter and your identity card.")),
        facts=facts,
        day=format_date(letter.issued_at),
        check=_("Whether this letter is genuine can be checked here:"),
        address=address,
        warning=_("Demonstration data: this is not a letter of admission.") if is_sample else "",
    )  # fmt: skip
