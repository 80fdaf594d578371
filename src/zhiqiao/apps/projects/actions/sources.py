"""Published pages as evidence of many rows at once."""

from collections.abc import Iterable, Sequence
from datetime import date

from zhiqiao.apps.projects.actions.staging import StagedRow, Surroundings, source_of
from zhiqiao.apps.projects.models import Evidence
from zhiqiao.apps.projects.queries.sources import is_trusted
from zhiqiao.core.models import Citation

Page = tuple[str, str]


def attach_sources(
    rows: Sequence[tuple[int, StagedRow]], about: Surroundings, *, notice: int | None = None
) -> None:
    """Attach the page that each row cites, and the notice to all; what is attached stays."""
    pages = {page for _pk, row in rows if (page := source_of(row))}
    citations = _cited(pages, about.read_on)
    evidence = [
        Evidence(recognition_id=pk, citation_id=citations[page], confidence=row.confidence)
        for pk, row in rows
        if (page := source_of(row))
    ]
    if notice is not None:
        evidence += [Evidence(recognition_id=pk, file_id=notice) for pk, _row in rows]
    Evidence.objects.bulk_create(evidence, ignore_conflicts=True, batch_size=2_000)


def _cited(pages: Iterable[Page], read_on: date | None) -> dict[Page, int]:
    wanted = set(pages)
    known = _known(wanted, read_on)
    Citation.objects.bulk_create(
        (
            Citation(title=title, url=url, read_on=read_on, url_trusted=is_trusted(url))
            for title, url in sorted(wanted - known.keys())
        ),
        ignore_conflicts=True,
        batch_size=2_000,
    )
    return _known(wanted, read_on) if wanted - known.keys() else known


def _known(pages: set[Page], read_on: date | None) -> dict[Page, int]:
    titles = {title for title, _url in pages}
    found = Citation.objects.filter(title__in=titles, read_on=read_on).order_by()
    return {(title, url): pk for pk, title, url in found.values_list("pk", "title", "url")}
