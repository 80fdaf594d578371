"""Letters that no longer hold: the place was declined, or a later result gave it to somebody else."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from zhiqiao.apps.admissions.models import Candidate, Letter, Result, Run
from zhiqiao.core import audit
from zhiqiao.core.access import Actor


def withdraw_letters_of(candidate: Candidate, *, actor: Actor) -> int:
    return _withdraw(Letter.objects.filter(candidate=candidate), actor)


def withdraw_outdated_letters(run: Run, *, actor: Actor) -> int:
    """Withdraw the letters for places that the result which is being published does not give."""
    given = Result.objects.filter(run=run, candidate=OuterRef("candidate"), line=OuterRef("line"))
    letters = Letter.objects.filter(candidate__season=run.season_id)
    return _withdraw(letters.exclude(Exists(given)), actor)


def _withdraw(letters: QuerySet[Letter], actor: Actor) -> int:
    held = letters.filter(withdrawn_at=None).select_for_update(of=("self",))
    outdated = list(held.select_related("candidate"))
    Letter.objects.filter(pk__in=[one.pk for one in outdated]).update(withdrawn_at=timezone.now())
    changes = [audit.Change(one.candidate, {"letter": one.number}, None) for one in outdated]
    audit.record_many(changes, actor=actor, verb="admissions.candidate.letter_withdrawn")
    return len(outdated)
