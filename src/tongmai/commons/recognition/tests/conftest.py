"""Images are kept by nobody unless a test says so, and what a test said ends with it."""

import pytest

from tongmai.commons.recognition import kept


@pytest.fixture(autouse=True)
def _keepers():
    before = dict(kept._keepers)
    kept._keepers.clear()
    yield
    kept._keepers.clear()
    kept._keepers.update(before)
