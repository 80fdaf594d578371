"""Candidates for the bureau, their school and themselves; choices for themselves alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import Eligibility, RequestState
from zhiqiao.apps.admissions.models import (
    Candidate,
    ChoiceChange,
    ChoiceList,
    PlaceLine,
    RunLine,
    ScoreSheet,
    Season,
)
from zhiqiao.apps.admissions.queries.pathways import pathway_words
from zhiqiao.apps.admissions.rules import is_own, is_staff, schools_of
from zhiqiao.apps.registry.queries import wholes_of
from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.models import AuditEntry

FEW_CHOICES = 3


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    text: str = ""
    eligibility: str = ""
    unlocked: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A chosen programme with last year's line beside it, as far as there was one."""

    line: PlaceLine
    place: int
    pathway: str = ""
    last_cutoff: str = ""
    last_position: int | None = None


def candidates_visible_to(
    user: Actor, season: Season, *, wanted: CandidateFilter | None = None
) -> QuerySet[Candidate]:
    """Return all for the bureau, a school's own for it, and otherwise oneself."""
    rows = Candidate.objects.filter(season=season).select_related("person", "school", "region")
    if not is_staff(user):
        own = Q(account=user.pk) if isinstance(user, AbstractBaseUser) else Q(pk=None)
        rows = rows.filter(own | Q(school__in=schools_of(user)))
    asked = wanted or CandidateFilter()
    if asked.text:
        rows = rows.filter(
            Q(number__istartswith=asked.text) | Q(person__name__icontains=asked.text)
        )
    if asked.eligibility:
        rows = rows.filter(eligibility=asked.eligibility)
    if asked.unlocked:
        rows = rows.exclude(locked_round=season.round)
    return rows.order_by("number")


def candidates_listed_for(
    user: Actor, season: Season, *, wanted: CandidateFilter
) -> QuerySet[Candidate]:
    """Return the same with whether the choices of this round are locked; never what they are."""
    locked = ExpressionWrapper(Q(locked_round=season.round), output_field=BooleanField())
    return candidates_visible_to(user, season, wanted=wanted).annotate(is_locked=locked)


def candidate_visible_to(user: Actor, uid: UUID) -> Candidate:
    found = (
        Candidate.objects.select_related("season", "person", "school", "region")
        .filter(uid=uid)
        .first()
    )
    if found is None or not candidates_visible_to(user, found.season).filter(pk=found.pk).exists():
        raise MissingError("admissions.missing")
    return found


def candidacies_of(user: Actor) -> list[Candidate]:
    """Return the seasons in which the person who signed in takes or took part."""
    if not isinstance(user, AbstractBaseUser):
        return []
    rows = Candidate.objects.filter(account=user.pk).select_related("season", "person", "school")
    return list(rows.order_by("-season__year", "-pk"))


def scores_of(user: Actor, candidate: Candidate) -> ScoreSheet | None:
    """Return the marks for the candidate and the bureau, once they are sealed; nobody else."""
    if not (is_own(user, candidate) or is_staff(user)) or not candidate.season.scores_sealed_at:
        return None
    return ScoreSheet.objects.filter(candidate=candidate, marks__isnull=False).first()


def choice_list_of(user: Actor, candidate: Candidate) -> ChoiceList | None:
    """Return the list of the present round, for the candidate alone."""
    if not is_own(user, candidate):
        return None
    return ChoiceList.objects.filter(candidate=candidate, round=candidate.season.round).first()


def choice_history(user: Actor, candidate: Candidate) -> list[ChoiceChange]:
    """Return every version of the candidate's lists, for the candidate alone."""
    if not is_own(user, candidate):
        return []
    rows = ChoiceChange.objects.filter(candidate=candidate)
    return list(rows.select_related("made_by", "second").order_by("-id"))


def lines_open_to(candidate: Candidate, *, text: str = "", batch: str = "") -> QuerySet[PlaceLine]:
    """Return the programmes that a candidate may list."""
    rows = PlaceLine.objects.filter(
        Q(region=None) | Q(region__in=wholes_of(candidate.region_id)),
        season=candidate.season,
        state=RequestState.APPROVED,
        places__gt=0,
        exam_type=candidate.exam_type,
        contract=candidate.contract_id,
    )
    if not candidate.season.rules.lists_any_category:
        rows = rows.filter(category=candidate.category)
    if text:
        rows = rows.filter(
            Q(code__istartswith=text) | Q(major__icontains=text) | Q(school__name__icontains=text)
        )
    if batch:
        rows = rows.filter(batch=batch)
    return rows.select_related("school").order_by("code")


def choice_rows(season: Season, keys: Sequence[int]) -> list[ChoiceRow]:
    """Return programmes in the order of a list, each with the line of the year before."""
    found = PlaceLine.objects.select_related("school").in_bulk(keys)
    last = _last_year(season, list(found.values()))
    words = pathway_words(season)
    return [
        ChoiceRow(
            found[key], place, words[found[key].pathway], *last.get(found[key].code, ("", None))
        )
        for place, key in enumerate(keys, start=1)
        if key in found
    ]


def _last_year(season: Season, lines: Sequence[PlaceLine]) -> dict[str, tuple[str, int | None]]:
    """Return last year's line and position by programme code, from its published result."""
    rows = RunLine.objects.filter(
        run__season__scheme=season.scheme,
        run__season__year=season.year - 1,
        run__season__provenance=season.provenance,
        run__published_at__isnull=False,
        line__code__in=[line.code for line in lines],
        line__school__in=[line.school_id for line in lines],
    ).order_by("run__number")
    return {
        code: (cutoff, position)
        for code, cutoff, position in rows.values_list("line__code", "cutoff", "position")
    }


def warnings_of(rows: Sequence[ChoiceRow], total: str | None) -> list[Promise]:
    """Say in words what is risky about a list."""
    told: list[Promise] = []
    if not rows:
        return [_("Your list is empty.")]
    if len(rows) < FEW_CHOICES:
        told.append(_("Your list is short: if these programmes fill up, you get no place."))
    known = [float(row.last_cutoff) for row in rows if row.last_cutoff]
    if total and known and min(known) > float(total):
        told.append(_("By last year's lines none of your choices is safe for your score."))
    if total and not known:
        told.append(_("There are no lines of last year to compare with."))
    return told


def candidate_counts(user: Actor, season: Season) -> dict[str, int]:
    """Count all, those who may take part, and those who locked their choices in this round."""
    rows = candidates_visible_to(user, season).order_by()
    counted: dict[str, int] = rows.aggregate(
        all=Count("pk"),
        eligible=Count("pk", filter=Q(eligibility=Eligibility.ELIGIBLE)),
        locked=Count("pk", filter=Q(locked_round=season.round)),
    )
    return counted


def words_of(candidate: Candidate) -> dict[str, str]:
    """Return exam type and category in the words of the scheme."""
    language = get_language() or "zh-hans"
    scheme = candidate.season.rules
    return {
        "exam_type": scheme.exam_types[candidate.exam_type].title.in_language(language),
        "category": scheme.categories[candidate.category].title.in_language(language),
    }


def names_of(candidates: Sequence[Candidate]) -> dict[int, str]:
    rows = Candidate.objects.filter(pk__in=[one.pk for one in candidates])
    return dict(rows.values_list("pk", "person__name"))


def score_rows(candidate: Candidate, sheet: ScoreSheet) -> list[tuple[str, str, str]]:
    """Return the title, the mark and the most of every item, then the sums."""
    language = get_language() or "zh-hans"
    kind = candidate.season.rules.exam_types[candidate.exam_type]
    marks, sums = sheet.marks or {}, sheet.sums or {}
    items = [
        (item.title.in_language(language), marks[name], f"{item.most:f}")
        for name, item in kind.items.items()
        if name in marks
    ]
    totals = [
        (total.title.in_language(language), sums[name], "")
        for name, total in kind.sums.items()
        if name in sums
    ]
    return items + totals


def history_of_candidate(candidate: Candidate) -> list[AuditEntry]:
    return list(audit.history_of(candidate)[:100])
