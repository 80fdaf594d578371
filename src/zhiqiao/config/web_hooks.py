"""What the web server does around its worker processes; gunicorn reads these names."""

from typing import Any

from zhiqiao.core.metrics.folder import take_over


def child_exit(_server: object, worker: Any) -> None:
    take_over(worker.pid)
