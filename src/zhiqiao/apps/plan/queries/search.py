"""Finding articles, targets and mechanisms of the plan by their words."""

from collections.abc import Iterator

from django.urls import reverse

from zhiqiao.core.policy import current_pack


def search_plan(text: str, *, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield (label, title, address) of what carries the text in its title, in either language."""
    wanted = text.strip().casefold()
    if not wanted:
        return
    pack = current_pack()
    for target in pack.targets.values():
        if _matches(wanted, target.id, target.title):
            title = target.title.in_language(language)
            yield target.id, title, reverse("plan:target", args=[target.id])
    for article in pack.articles.values():
        if _matches(wanted, article.number, article.title):
            title = article.title.in_language(language)
            yield article.number, title, reverse("plan:article", args=[article.id])


def _matches(wanted: str, label: str, title: object) -> bool:
    texts = (label, getattr(title, "zh", ""), getattr(title, "en", ""))
    return any(wanted in text.casefold() for text in texts)
