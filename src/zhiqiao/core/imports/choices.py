"""Words and limits of imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """Where an import stands. ``refused``: the check found problems and nothing may be written."""

    UPLOADED = "uploaded", _("columns to be confirmed")
    MAPPED = "mapped", _("columns confirmed")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    COMMITTING = "committing", _("being written")
    COMMITTED = "committed", _("written")
    REFUSED = "refused", _("problems found")
    FAILED = "failed", _("stopped by a fault")
    CANCELLED = "cancelled", _("cancelled")


class BatchSource(models.TextChoices):
    FILE = "file", _("file")
    PASTE = "paste", _("pasted table")


MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
#: A sheet of two cells in opposite corners is opened as one full rectangle.
MAX_CELLS = 8_000_000
MAX_CELL_LENGTH = 32_767
#: An xlsx of text shrinks ten- to thirtyfold; a bomb shrinks a thousandfold.
MAX_UNPACKED_BYTES = 600 * 1024 * 1024
#: Text of shared strings, copied into every cell that names it, and parts that are read as a tree.
MAX_SHARED_TEXT = 100 * 1024 * 1024
MAX_TREE_BYTES = 2 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 2_000
#: The heading may stand below a title; it is looked for in so many rows.
HEADING_SEARCH_ROWS = 10
SHOWN_CHANGES = 200
SHOWN_PROBLEMS = 50
#: Faulty rows beyond this are counted but no longer marked one by one.
KEPT_PROBLEMS = 20_000
#: Rows are counted and cancelling is asked for once in so many.
CHUNK = 500
