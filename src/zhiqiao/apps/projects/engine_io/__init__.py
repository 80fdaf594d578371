"""What of the selection comes from and goes to programs and papers beside the database."""

from zhiqiao.apps.projects.engine_io.scanning import scan_of

__all__ = [
    "scan_of",
]
