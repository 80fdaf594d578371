"""What the worker does for calls and applications."""

from zhiqiao.apps.projects.actions import scan_waiting
from zhiqiao.core.jobs import upkeep


@upkeep("projects.scan")
def scan() -> int:
    """Ask the scanner about files that came in while it was away."""
    return scan_waiting()
