"""The pages of the portal."""

from zhiqiao.apps.portal.views.home import show_about, show_accessibility, show_home
from zhiqiao.apps.portal.views.language import choose_language
from zhiqiao.apps.portal.views.search import find

__all__ = [
    "choose_language",
    "find",
    "show_about",
    "show_accessibility",
    "show_home",
]
