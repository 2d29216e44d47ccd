"""Migrations on a loaded database: back to each earlier state as far as the way goes, forward again, nothing lost."""

import json

import pytest

from tests.operations import installation

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    made = installation.new(tmp_path_factory.mktemp("migrations"), "loaded")
    made.python("-m", "tests.operations.seeding")
    return made


def test_forward_on_a_loaded_database_keeps_every_row(loaded):
    """All migrations after each app's first are taken back one by one, and applied again."""
    said = json.loads(loaded.python("-m", "tests.operations.migrating"))
    assert not said["lost"]
    assert not said["irreversible"], "write the way back"
    done = loaded.run("check", "all")
    assert done.returncode == 0, done.stdout
