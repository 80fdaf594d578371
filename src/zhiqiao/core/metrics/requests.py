"""What the web processes count themselves: requests by route, and refused sign-ins."""

import time
from collections.abc import Callable

from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Gauge, Histogram

METHODS = frozenset({"GET", "HEAD", "POST"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "zhiqiao_http_requests", "Requests that were answered.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "zhiqiao_http_request_seconds", "Seconds until the answer.", ["route"], buckets=BUCKETS
)
REFUSED = Counter("zhiqiao_sign_ins_refused", "Sign-ins with a wrong name or password.")
POOL = Gauge(
    "zhiqiao_database_pool",
    "Connections of the web processes, and requests that wait for one.",
    ["state"],
    multiprocess_mode="livesum",
)
_POOL_STATES = {"size": "pool_size", "idle": "pool_available", "waiting": "requests_waiting"}

Respond = Callable[[HttpRequest], HttpResponseBase]


class CountRequests:
    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        route = _route(request)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(route, method, f"{response.status_code // 100}xx").inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        _measure_pool()
        return response


def _route(request: HttpRequest) -> str:
    """Name the route: there are as many as the URL table has, whatever people ask for."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "none"


def _measure_pool() -> None:
    pool = getattr(connection, "pool", None)
    if pool is None:
        return
    figures = pool.get_stats()
    for state, name in _POOL_STATES.items():
        POOL.labels(state).set(figures.get(name, 0))


def _count_refusal(**_of_the_signal: object) -> None:
    REFUSED.inc()


user_login_failed.connect(_count_refusal, dispatch_uid="metrics.refused")
