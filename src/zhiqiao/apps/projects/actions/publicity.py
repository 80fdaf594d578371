"""Public notice: until when it runs, in the days that the lifecycle counts."""

from zhiqiao.apps.projects.actions.phases import on_entering
from zhiqiao.apps.projects.models import Application, Step
from zhiqiao.apps.projects.queries import notice_ends
from zhiqiao.core.access import Actor
from zhiqiao.packs import Phase


@on_entering(Phase.PUBLICITY)
def begin_notice(application: Application, _step: Step, _actor: Actor) -> None:
    """Count the notice anew, also for what moved up from the reserve.

    Where the flow gives the state no term of its own, the end of the notice is the day due.
    """
    until = notice_ends(application)
    application.publicity_until = until.day
    if application.due_on is None:
        application.due_on, application.due_is_provisional = until.day, until.is_provisional
