from dataclasses import dataclass
from datetime import date

from zhiqiao.core.citations import cite
from zhiqiao.core.models import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The published page or list that says so; the address is kept but not vouched for."""

    title: str
    read_on: date | None = None
    url: str = ""
    confidence: str = ""

    def citation(self) -> Citation:
        return cite(self.title, url=self.url, read_on=self.read_on, confidence=self.confidence)


def cited(source: Source | None) -> Citation | None:
    return source.citation() if source is not None and source.title else None
