"""Published pages as evidence."""

from datetime import date

from zhiqiao.core.choices import Confidence
from zhiqiao.core.models import Citation


def cite(
    title: str,
    *,
    url: str = "",
    url_trusted: bool = False,
    read_on: date | None = None,
    confidence: str | Confidence = "",
    document: str = "",
) -> Citation:
    """Get the citation of a page, or keep it; the first words about it stand."""
    citation, _created = Citation.objects.get_or_create(
        title=title[:300],
        url=url[:1000],
        read_on=read_on,
        defaults={
            "url_trusted": url_trusted,
            "confidence": confidence,
            "document": document[:300],
        },
    )
    return citation
