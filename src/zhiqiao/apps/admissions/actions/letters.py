"""Letters of admission, issued by the admitting schools after publication, all in one go."""

import secrets
from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from zhiqiao.apps.admissions.actions.seasons import key_of, locked
from zhiqiao.apps.admissions.choices import AnswerKind, SeasonState
from zhiqiao.apps.admissions.models import Answer, Letter, Result, Season
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season, stands_at
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require

CHUNK = 2_000
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
