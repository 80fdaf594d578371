"""Where a recognised item is ended: in the register, or by a move of the application that led to it."""

from dataclasses import dataclass

from zhiqiao.apps.projects.models import Application, Recognition
from zhiqiao.core.access import ALLOWED, Verdict, refused
from zhiqiao.core.policy import spoken
from zhiqiao.packs import RECOGNISED, Effect, Move


@dataclass(frozen=True, slots=True)
class Ending:
    """The application of an item and the move by which both end."""

    application: Application
    move: Move


def ending_of(recognition: Recognition) -> Ending | None:
    """Return how the item ends by its application, as long as that one stands in the register.

    Of several moves the one of the present state is named; where there is none, another state comes first.
    """
    rows = Application.objects.select_related("call")
    application = rows.filter(recognition=recognition, phase__in=RECOGNISED).first()
    if application is None:
        return None
    moves = application.call.rules.flow.moves.values()
    ends = [one for one in moves if one.does is Effect.END_RECOGNITION]
    ends.sort(key=lambda one: application.state in one.from_)
    return Ending(application, ends[-1]) if ends else None


def ends_in_the_register(recognition: Recognition) -> Verdict:
    ending = ending_of(recognition)
    if ending is None:
        return ALLOWED
    return refused(
        "projects.ends-by-move",
        number=ending.application.number,
        move=spoken(ending.move.title),
    )
