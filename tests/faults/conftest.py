"""An installation on the database kind of this run: a file, or a server whose acknowledged writes are on the disk."""

import pytest

from tests.faults.database import Database
from tests.faults.installation import Installation
from tests.harness.environment import ON_POSTGRES

# A file has no server that could go away.
collect_ignore = [] if ON_POSTGRES else ["test_database_away.py"]


@pytest.fixture(scope="session")
def database():
    """The durable PostgreSQL of this run; None on SQLite."""
    if not ON_POSTGRES:
        yield None
        return
    server = Database()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def installation(tmp_path_factory, database):
    """The smallest county, served by nobody yet."""
    folder = tmp_path_factory.mktemp("installation")
    made = Installation(folder, database.url if database else f"sqlite:{folder / 'tongmai.sqlite3'}")
    made.seed()
    yield made
    made.remove()


@pytest.fixture
def served(installation):
    """The same, with a server and a worker that run."""
    installation.serve()
    installation.work()
    yield installation
    installation.remove()
