import pytest

from zhiqiao.apps.admissions.tests.factories import make_season_world


@pytest.fixture
def world(db):
    return make_season_world()
