"""Where the parts of the platform declare what they can say about themselves when asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version

from django.db import DatabaseError
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

Source = Callable[[], Iterable[Metric]]
_SOURCES: dict[str, Source] = {}


def source(name: str) -> Callable[[Source], Source]:
    """Declare a function that answers at every question of Prometheus; it must be quick."""

    def kept(function: Source) -> Source:
        _SOURCES[name] = function
        return function

    return kept


def gauge(name: str, told: str, value: float | None) -> Iterator[Metric]:
    """Give one figure; what is not known is left out and never 0."""
    if value is not None:
        yield GaugeMetricFamily(f"zhiqiao_{name}", told, value=value)


def by_state(name: str, told: str, counts: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"zhiqiao_{name}", told, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


class StateCollector:
    """Asks every source; when the database is away, the figure that says so is the answer."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("zhiqiao_build", "Version.", value={"version": _version()})
        try:
            asked = [metric for each in _SOURCES.values() for metric in each()]
        except DatabaseError:
            asked = []
            yield GaugeMetricFamily("zhiqiao_database_up", "1 when it answers.", value=0)
        else:
            yield GaugeMetricFamily("zhiqiao_database_up", "1 when it answers.", value=1)
        yield from asked


@cache
def _version() -> str:
    return version("zhiqiao")
