import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from zhiqiao.core.errors import RefusedError, define
from zhiqiao.core.metrics.folder import alone, folder
from zhiqiao.core.metrics.sources import StateCollector

NO_KEY = define(
    "core.metrics_key_missing",
    message=_("The figures of operation are for the monitoring system, which has a key."),
    remedy=_("Set ZHIQIAO_METRICS_KEY and send it as a bearer token."),
)


@never_cache
@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Answer who sends the key; without a key in the settings nobody may ask."""
    if not _has_key(request):
        raise RefusedError(NO_KEY)
    state = CollectorRegistry()
    state.register(StateCollector())
    return HttpResponse(_counted() + generate_latest(state), content_type=CONTENT_TYPE_LATEST)


def _has_key(request: HttpRequest) -> bool:
    key: str = settings.ZHIQIAO_METRICS_KEY
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    return bool(key) and hmac.compare_digest(given, f"Bearer {key}".encode())


def _counted() -> bytes:
    """Join what all web processes counted; a single process has it in memory."""
    where = folder()
    if where is None:
        return generate_latest(REGISTRY)
    joined = CollectorRegistry()
    MultiProcessCollector(joined, path=str(where))  # type: ignore[no-untyped-call] # prometheus_client has no types here
    with alone(where):
        return generate_latest(joined)
