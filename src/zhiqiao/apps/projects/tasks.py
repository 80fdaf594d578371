"""What the worker does for calls and applications."""

from zhiqiao.apps.projects.actions import lapse_overdue, scan_waiting
from zhiqiao.core.dates import today
from zhiqiao.core.jobs import MORNING, upkeep


@upkeep("projects.lapse", cron=MORNING)
def lapse() -> int:
    """Let lapse what was due before today."""
    return lapse_overdue(today())


@upkeep("projects.scan")
def scan() -> int:
    """Ask the scanner about files that came in while it was away."""
    return scan_waiting()
