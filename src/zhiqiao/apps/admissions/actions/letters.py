"""Letters of admission, issued by the admitting schools after publication, all in one go."""

import secrets
from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from zhiqiao.apps.admissions.actions.seasons import key_of, locked, worded
from zhiqiao.apps.admissions.choices import AnswerKind, SeasonState
from zhiqiao.apps.admissions.models import Answer, Letter, Result, Season
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season, stands_at
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import RuleError

CHUNK = 2_000
LONGEST_REASON = 300
# As many bytes of chance as a key has; nobody finds a letter by trying.
CODE_BYTES = 24


@transaction.atomic
def issue_letters(
    season: Season, *, schools: Collection[int] | None = None, actor: Actor
) -> list[Letter]:
    """Issue the letters of all who are admitted and did not decline; who has one keeps it.

    Without ``schools`` those of every school, which is for the bureau.
    """
    _require_all(actor, schools)
    season = locked(season)
    obey(stands_at(season, [SeasonState.PUBLISHED, SeasonState.CLOSED]))
    issued_before: Counter[int] = Counter(
        dict(
            Letter.objects.filter(line__season=season)
            .order_by()
            .values_list("line")
            .annotate(number=Count("pk"))
        )
    )
    now, letters = timezone.now(), []
    for result in _without_letter(season, schools).iterator(chunk_size=CHUNK):
        line, candidate = result.line, result.candidate
        assert line is not None  # noqa: S101 - only admitted candidates were read
        issued_before[line.pk] += 1
        letters.append(
            Letter(
                candidate=candidate,
                line=line,
                number=f"{season.year}-{line.code}-{issued_before[line.pk]:03d}",
                candidate_number=candidate.number,
                name=candidate.person.name,
                code=secrets.token_urlsafe(CODE_BYTES),
                issued_at=now,
                issued_by_id=key_of(actor),
            )
        )
    Letter.objects.bulk_create(letters, batch_size=CHUNK)
    changes = [audit.Change(one.candidate, None, {"letter": one.number}) for one in letters]
    audit.record_many(changes, actor=actor, verb="admissions.candidate.letter_issued")
    return letters


@transaction.atomic
def withdraw_letter(letter: Letter, *, actor: Actor, reason: str) -> Letter:
    """Withdraw a letter by hand, as the school that issued it or the bureau.

    The place stays: whoever is still admitted gets a new letter when letters are issued again.
    """
    require(can_act_for_school(actor, letter.line.school_id))
    letter = Letter.objects.select_for_update(of=("self",)).select_related("candidate").get(
        pk=letter.pk
    )  # fmt: skip
    if letter.withdrawn_at is not None:
        raise RuleError("admissions.letter-withdrawn")
    letter.why_withdrawn, letter.withdrawn_at = worded(reason)[:LONGEST_REASON], timezone.now()
    letter.save(update_fields=["withdrawn_at", "why_withdrawn"])
    change = audit.Change(
        letter.candidate, {"letter": letter.number}, None, reason=letter.why_withdrawn
    )
    audit.record_many([change], actor=actor, verb="admissions.candidate.letter_withdrawn")
    return letter


def _require_all(actor: Actor, schools: Collection[int] | None) -> None:
    if schools is None:
        require(can_run_season(actor))
        return
    for school in schools:
        require(can_act_for_school(actor, school))


def _without_letter(season: Season, schools: Collection[int] | None) -> QuerySet[Result]:
    run = season.runs.filter(published_at__isnull=False).order_by("-number").first()
    same = {"candidate": OuterRef("candidate"), "line": OuterRef("line")}
    declined = Answer.objects.filter(**same, says=AnswerKind.DECLINED)
    genuine = Letter.objects.filter(candidate=OuterRef("candidate"), withdrawn_at=None)
    rows = Result.objects.filter(~Exists(declined), ~Exists(genuine), run=run, line__isnull=False)
    if schools is not None:
        rows = rows.filter(line__school__in=schools)
    return rows.select_related("line", "candidate__person").order_by(
        "line__code", "candidate__number"
    )
