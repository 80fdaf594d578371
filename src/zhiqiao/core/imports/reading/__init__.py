"""From an uploaded file or pasted text to one table of cells, refusing what is not safe.

``read_file`` and ``read_paste`` are the two doors; everything that they return is text.
"""

from zhiqiao.core.imports.reading.sources import read_file, read_paste
from zhiqiao.core.imports.reading.table import Mark, Table

__all__ = ["Mark", "Table", "read_file", "read_paste"]
