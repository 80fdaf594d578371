"""Pages of the board, the articles and the frozen boards."""

from zhiqiao.apps.plan.views.board import (
    download_board,
    list_articles,
    list_duties,
    list_freezes,
    list_mechanisms,
    list_published_figures,
    print_board,
    show_article,
    show_board,
    show_freeze,
    show_target,
    show_wall,
)

__all__ = [
    "download_board",
    "list_articles",
    "list_duties",
    "list_freezes",
    "list_mechanisms",
    "list_published_figures",
    "print_board",
    "show_article",
    "show_board",
    "show_freeze",
    "show_target",
    "show_wall",
]
