"""Places on the organisation's page that higher apps fill, because only they know the records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from zhiqiao.apps.registry.models import Organisation
from zhiqiao.core.access import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the page: `template` is included with the `context` that the app returns."""

    title: str | Promise
    template: str
    context: Mapping[str, object]


PanelMaker = Callable[[Organisation, Actor], Panel | None]

_makers: dict[str, PanelMaker] = {}


def register_panel(name: str, maker: PanelMaker) -> None:
    """Offer a panel; `maker` returns None when there is nothing to show for this body."""
    _makers[name] = maker


def panels_of(organisation: Organisation, user: Actor) -> list[Panel]:
    made = (maker(organisation, user) for _, maker in sorted(_makers.items()))
    return [panel for panel in made if panel is not None]
