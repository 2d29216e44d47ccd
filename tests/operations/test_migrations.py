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
    """Every migration after an app's first is taken back and applied again, newest first."""
    steps = json.loads(loaded.python("-m", "tests.operations.migrating"))
    lost = {name: step["lost"] for name, step in steps.items() if step.get("lost")}
    assert not lost
    stuck = {name: step["irreversible"] for name, step in steps.items() if step.get("irreversible")}
    assert set(stuck) <= set(ONE_WAY), f"write the way back, or say in ONE_WAY why there is none: {stuck}"
    done = loaded.run("check", "all")
    assert done.returncode == 0, done.stdout


# Migrations that cannot be taken back, each with the reason.
ONE_WAY: dict[str, str] = {}
