import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_kept():
    """Revisions go back with the transaction of a test; what was kept under them must go too."""
    cache.clear()
