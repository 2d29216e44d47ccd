"""Migrations on a loaded database: back to each earlier state as far as the way goes, forward again, nothing lost."""

import json

import pytest

from tests.operations import installation

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return installation.seeded(tmp_path_factory.mktemp("migrations"), "loaded")


# Apps whose newest migrations cannot be taken back on such data, each with the reason.
ONE_WAY = {
    "encounters": "a diagnosis that came with a referral has a certainty that the older state does not know",
    "exchange": "the rows of an import stand in the order of its head: the older state had them by field",
    "results": "a shared document has a format that the older state does not know",
    "orgs": "what cannot be taken back of exchange hangs on it",
}


def test_forward_on_a_loaded_database_keeps_every_row(loaded):
    """All migrations after each app's first are taken back one by one, and applied again."""
    said = json.loads(loaded.python("-m", "tests.operations.migrating"))
    assert not said["lost"]
    assert set(said["stuck"]) <= set(ONE_WAY), (
        f"write the way back, or say in ONE_WAY why there is none: {said['stuck']}"
    )
    indexed = loaded.run("residents", "index")  # as after every upgrade from a state that had no index
    assert indexed.returncode == 0, indexed.stdout + indexed.stderr
    done = loaded.run("check", "all")
    findings = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    # Reports, documents and images are of the newer state alone: they came back empty; what other systems call them, and the
    # files of the images, stayed.
    stayed = ("target_id names results_", "imaging_instance")
    assert not [line for line in findings if not any(each in line for each in stayed)], done.stdout
