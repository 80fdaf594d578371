"""What the selection asks of programs beside the database."""

from zhiqiao.apps.projects.engine_io.scanning import scan_of

__all__ = ["scan_of"]
