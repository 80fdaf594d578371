"""A part of an xlsx in pieces that never cut a tag in two."""

from collections.abc import Iterator

from zhiqiao.core.imports.reading.container import Package


def whole_tags(package: Package, part: str) -> Iterator[bytes]:
    """Give the pieces; each but the last ends just before a tag."""
    rest = b""
    for chunk in package.chunks(part):
        text = rest + chunk
        cut = text.rfind(b"<")
        # Without a tag at all there is nothing to keep together.
        cut = len(text) if cut < 0 else cut
        rest = text[cut:]
        yield text[:cut]
    yield rest
