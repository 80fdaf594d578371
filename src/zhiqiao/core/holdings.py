"""What a person holds: asked of every app when the person leaves, so that nothing is left behind.

An app that lets people hold something registers a source here; it is told by the event
``accounts.handed_over`` to pass it on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing; ``organisation`` is where a successor must work, ``stays`` says why there is none."""

    kind: str | Promise
    name: str
    address: str
    organisation: int | None = None
    organisation_name: str = ""
    stays: str | Promise = ""


HoldingSource = Callable[[AbstractBaseUser], list[Holding]]
_SOURCES: dict[str, HoldingSource] = {}


def holding_source(name: str) -> Callable[[HoldingSource], HoldingSource]:
    def kept(source: HoldingSource) -> HoldingSource:
        _SOURCES[name] = source
        return source

    return kept


def holdings_of(person: AbstractBaseUser) -> list[Holding]:
    """List everything that the person holds, source after source."""
    return [holding for name in sorted(_SOURCES) for holding in _SOURCES[name](person)]
