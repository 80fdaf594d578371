"""Tests run on a real PostgreSQL: the embedded one in a folder of their own, or DATABASE_URL."""

import pytest
from django.core.cache import cache

pytest_plugins = ["zhiqiao.core.tests.flushing"]


@pytest.fixture(autouse=True)
def _empty_cache():
    """Revisions roll back with a test's transaction; what was kept under them must go too."""
    cache.clear()
