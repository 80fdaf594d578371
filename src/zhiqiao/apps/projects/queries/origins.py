"""Where an item of the register comes from: the call in which it was recognised."""

from zhiqiao.apps.projects.models import Application, Recognition


def origin_of(item: Recognition) -> Application | None:
    """Return the application that became the item, with its call; nothing for what was imported."""
    return Application.objects.select_related("call").filter(recognition=item).first()
