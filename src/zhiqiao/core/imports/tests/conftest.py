"""The small table of these tests is registered like an app's own."""

import pytest

from zhiqiao.core.tests.flushing import _guarded_tables_can_be_flushed  # noqa: F401


@pytest.fixture(autouse=True, scope="session")
def _citations_can_be_imported():
    from zhiqiao.core.imports.tests import citation_import  # noqa: PLC0415 # needs loaded apps

    assert citation_import.CITATIONS.key == "tests.citations"
