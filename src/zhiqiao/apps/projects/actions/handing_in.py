"""Handing in: the digest over everything that was said, and the number of the application."""

from django.utils import timezone

from zhiqiao.apps.projects.actions.moves import take_move
from zhiqiao.apps.projects.actions.phases import on_leaving
from zhiqiao.apps.projects.models import Application, Call, Content, Step
from zhiqiao.apps.projects.queries import digest_of, hand_in_move, written_of
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import RuleError
from zhiqiao.packs import Party, Phase


def hand_in(application: Application, *, actor: Actor) -> Step:
    """Take the move by which this kind of applicant hands in; its needs are judged there."""
    move = hand_in_move(application)
    if move is None:
        raise RuleError("projects.no-hand-in")
    return take_move(application, move, actor=actor)


@on_leaving(Phase.DRAFTING)
def settle_content(application: Application, step: Step, _actor: Actor) -> None:
    """Fix what is handed in; a draft that is withdrawn or lapses is not, and gets no number."""
    if step.party != Party.APPLICANT or _goes_to(application, step) is Phase.WITHDRAWN:
        return
    digest = digest_of(written_of(application))
    Content.objects.filter(application=application).update(digest=digest)
    step.digest = digest
    application.handed_in_at = timezone.now()
    if not application.number:
        application.number = next_number(application.call)


def next_number(call: Call) -> str:
    """Give the next number of a call: one at a time, and none is left out.

    Whoever asks holds the call until the handing in is done or undone as a whole.
    """
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    # No number is ever taken back, so their count says which is next.
    numbered = Application.objects.filter(call=call).exclude(number="").count()
    return f"{call.year}-{numbered + 1:05d}"


def _goes_to(application: Application, step: Step) -> Phase:
    return application.call.rules.flow.states[step.to_state].phase
