"""The entries of the site's navigation, offered by the highest app because only it knows them all."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the main navigation; ``prefixes`` are the paths on which it is the current one."""

    name: str
    label: Promise
    prefixes: tuple[str, ...]

    def address(self) -> str | None:
        """Return the path of the entry, or nothing while its app is not installed."""
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return None


_entries: list[Entry] = []


def offer(*entries: Entry) -> None:
    """Add entries in the given order; an entry that is known already is left as it is."""
    _entries.extend(entry for entry in entries if entry not in _entries)


def entries() -> tuple[Entry, ...]:
    return tuple(_entries)
