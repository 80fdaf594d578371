"""One world for all tests of a module; making it takes a second, and a hundred tests need it."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from pytest_django import DjangoDbBlocker

from tests.architecture.access_world import World, make_world, taken_back


@pytest.fixture(scope="module")
def made_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Make it in a transaction around those of the tests, which is never committed."""
    with django_db_blocker.unblock(), taken_back():
        yield make_world()


@pytest.fixture
def world(made_world: World, db: None) -> World:
    """Give the test objects of its own; what it does to their rows is rolled back as always."""
    return deepcopy(made_world)
