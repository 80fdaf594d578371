"""Tests run on a real PostgreSQL: the embedded one in a folder of their own, or DATABASE_URL."""

import os

import pytest
from django.core.cache import caches
from hypothesis import HealthCheck, settings

# More and always the same examples where a change is judged; fewer where somebody is at work.
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

pytest_plugins = ["zhiqiao.core.tests.flushing"]


@pytest.fixture(autouse=True)
def _empty_cache():
    """Revisions roll back with a test's transaction; what was kept under them must go too."""
    for name in ("process", "template_fragments"):
        caches[name].clear()
