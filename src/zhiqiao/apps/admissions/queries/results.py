"""Results: a candidate's own, a school's files, and what everybody may read of a published run."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.models import (
    Answer,
    Appeal,
    Candidate,
    Run,
    RunLine,
    Season,
    SentFile,
    StrikeOut,
)
from zhiqiao.apps.admissions.queries.lots import is_seed_sealed
from zhiqiao.apps.admissions.queries.pathways import pathway_words
from zhiqiao.apps.admissions.queries.seasons import seasons_visible_to
from zhiqiao.apps.admissions.rules import SMALLEST_SHOWN, is_staff, schools_of
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.reach import SYSTEM, reaching
from zhiqiao.core.signing import key_that_signed, public_key
from zhiqiao.engines.matching.bundle import canonical


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A line of the public table; the score is kept back where few were admitted."""

    outcome: RunLine
    pathway: str
    cutoff: str
    position: int | None
    is_hidden: bool

    @property
    def without_score(self) -> str:
        """Say why no lowest score is shown; nothing where one is."""
        if self.is_hidden:
            return _("kept back: fewer than three")
        if self.cutoff:
            return ""
        return _("places left") if self.outcome.places else _("no places")


def runs_visible_to(user: Actor, season: Season) -> QuerySet[Run]:
    rows = Run.objects.filter(season=season)
    if not is_staff(user):
        rows = rows.filter(published_at__isnull=False)
    return rows.defer("bundle").order_by("-number")


def run_visible_to(user: Actor, uid: UUID) -> Run:
    found = Run.objects.select_related("season__rehearsal_of").filter(uid=uid).first()
    if found is None or not runs_visible_to(user, found.season).filter(pk=found.pk).exists():
        raise MissingError("admissions.missing")
    return found


def open_run(uid: UUID) -> Run:
    """Return a published run as open data, which those of demonstration seasons never are."""
    rows = Run.objects.filter(season__in=seasons_visible_to(None), published_at__isnull=False)
    found = rows.select_related("season").filter(uid=uid).first()
    if found is None:
        raise MissingError("admissions.missing")
    return found


def published_runs() -> QuerySet[Run]:
    """Return every published run, for a check by the system itself."""
    rows = Run.objects.filter(published_at__isnull=False)
    return rows.select_related("season", "leaves").order_by("season", "number")


def signed_bundle(run: Run) -> dict[str, object]:
    """Return the audit bundle with its signature; without a name, number or score of a person.

    Where lots were drawn the seed stands in it, so it waits for the publication.
    """
    if is_seed_sealed(run.season, run.round):
        raise RuleError("admissions.seed-sealed")
    key = key_that_signed(canonical(run.bundle), run.signature) or public_key()
    signature = {"algorithm": "Ed25519", "public_key": key, "value": run.signature}
    return {**run.bundle, "signature": signature}


def open_outcomes(run: Run, *, text: str = "") -> QuerySet[RunLine]:
    """Return the outcomes of a published run; a line that was kept back, or that is not, is null."""
    small = Q(admitted__gt=0, admitted__lt=SMALLEST_SHOWN)
    shown = outcomes_visible_to(AnonymousUser(), run, text=text)
    return shown.annotate(
        is_kept_back=Case(When(small, then=True), default=False, output_field=BooleanField()),
        shown_cutoff=Case(When(small, then=None), default=NullIf("cutoff", Value(""))),
        shown_position=Case(When(small, then=None), default="position"),
    )


def outcomes_visible_to(user: Actor, run: Run, *, text: str = "") -> QuerySet[RunLine]:
    """Return the outcome of each programme of a run that the person may read."""
    rows = RunLine.objects.filter(run=run).select_related("line__school")
    if run.published_at is None and not is_staff(user):
        return rows.none()
    if text:
        rows = rows.filter(
            Q(line__code__istartswith=text)
            | Q(line__major__icontains=text)
            | Q(line__school__name__icontains=text)
        )
    return rows.order_by("line__code")


def outcome_rows(season: Season, outcomes: Sequence[RunLine]) -> list[OutcomeRow]:
    words = pathway_words(season)
    return [
        OutcomeRow(
            outcome,
            pathway=words[outcome.line.pathway],
            cutoff="" if _is_small(outcome) else outcome.cutoff,
            position=None if _is_small(outcome) else outcome.position,
            is_hidden=_is_small(outcome),
        )
        for outcome in outcomes
    ]


def _is_small(outcome: RunLine) -> bool:
    return 0 < outcome.admitted < SMALLEST_SHOWN


def files_visible_to(user: Actor, season: Season) -> QuerySet[SentFile]:
    """Return the files that are open to the schools of the person at present; all for the bureau."""
    rows = SentFile.objects.filter(candidate__season=season, closed_at=None)
    if not is_staff(user):
        rows = rows.filter(school__in=schools_of(user))
    return rows.select_related("candidate", "line__school").order_by(
        "line__code", "candidate__number"
    )


def names_in_files(files: Sequence[SentFile]) -> dict[int, str]:
    """Return the names of candidates whose files the person was just let through to.

    Another school keeps the file of the person, which the policy of people holds back; that the
    candidate's file was sent is what opens the name, and nothing but the name.
    """
    keys = [file.candidate_id for file in files]
    with reaching(SYSTEM):
        return dict(Candidate.objects.filter(pk__in=keys).values_list("pk", "person__name"))


def file_visible_to(user: Actor, uid: UUID) -> SentFile:
    found = SentFile.objects.select_related("line__season").filter(uid=uid).first()
    if found is None or not files_visible_to(user, found.line.season).filter(pk=found.pk).exists():
        raise MissingError("admissions.missing")
    return files_visible_to(user, found.line.season).select_related("line__season").get(pk=found.pk)


def strike_out_visible_to(user: Actor, uid: UUID) -> StrikeOut:
    found = StrikeOut.objects.select_related("candidate__season").filter(uid=uid).first()
    if found is None or not strike_outs_visible_to(user, found.candidate.season).filter(
        pk=found.pk
    ).exists():  # fmt: skip
        raise MissingError("admissions.missing")
    return found


def strike_outs_visible_to(user: Actor, season: Season) -> QuerySet[StrikeOut]:
    rows = StrikeOut.objects.filter(candidate__season=season)
    if not is_staff(user):
        rows = rows.filter(line__school__in=schools_of(user))
    return rows.select_related("candidate", "line__school", "decided_by").order_by("-id")


def answers_visible_to(user: Actor, season: Season) -> QuerySet[Answer]:
    """Return what candidates said to their offers: all for the bureau, a school's own for it."""
    rows = Answer.objects.filter(candidate__season=season)
    if not is_staff(user):
        rows = rows.filter(line__school__in=schools_of(user))
    return rows.order_by("-id")


def appeals_visible_to(user: Actor, season: Season) -> QuerySet[Appeal]:
    rows = Appeal.objects.filter(candidate__season=season)
    if not is_staff(user):
        rows = rows.filter(candidate__account=getattr(user, "pk", None))
    return rows.select_related("candidate__person", "answered_by").order_by("-id")


def appeal_visible_to(user: Actor, uid: UUID) -> Appeal:
    found = Appeal.objects.select_related("candidate__season", "candidate__person").filter(uid=uid)
    appeal = found.first()
    if appeal is None or not appeals_visible_to(user, appeal.candidate.season).filter(
        pk=appeal.pk
    ).exists():  # fmt: skip
        raise MissingError("admissions.missing")
    return appeal
