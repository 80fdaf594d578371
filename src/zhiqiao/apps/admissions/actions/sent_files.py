"""The files that are open to schools: while they review, and once a result is published."""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from zhiqiao.apps.admissions.models import Result, Run, Season, SentFile
from zhiqiao.apps.admissions.queries.enrolments import admitted_of
from zhiqiao.core.copying import NOTHING, copy_new


def send_files(season: Season) -> int:
    """Open to each school the files of whom the last run places there."""
    run = Run.objects.filter(season=season).order_by("-number").first()
    if run is None:
        return 0
    return _send(Result.objects.filter(run=run, line__isnull=False, rank__isnull=False))


def send_admitted(season: Season) -> int:
    """Open to each school the files of all whom the published result admits, of whatever round."""
    return _send(admitted_of(season))


def _send(rows: QuerySet[Result]) -> int:
    now = timezone.now()
    listed = rows.annotate(school=F("line__school")).values_list("candidate", "line", "school")
    files = [
        SentFile(candidate_id=candidate, line_id=line, school_id=school, sent_at=now)
        for candidate, line, school in listed.iterator()
    ]
    return len(copy_new(files, conflict=NOTHING))


def close_files(season: Season) -> int:
    """Close the files that are open: a school sees them only while it reviews."""
    open_ = SentFile.objects.filter(candidate__season=season, closed_at=None)
    return open_.update(closed_at=timezone.now())


def close_others(season: Season) -> int:
    """Close the files of those whom the schools do not admit; the others are enrolled with them."""
    admitted = admitted_of(season).filter(candidate=OuterRef("candidate"), line=OuterRef("line"))
    open_ = SentFile.objects.filter(~Exists(admitted), candidate__season=season, closed_at=None)
    return open_.update(closed_at=timezone.now())
