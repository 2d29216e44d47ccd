"""What every test gets: its own environment, a database of its own, and the fixtures of `tests/harness`."""

import gc
import os
from pathlib import Path

import django
import pytest

from tests.harness import environment, migrated
from tests.harness.needing import need

# What is loaded and collected stays to the end: looking through it for garbage takes a twentieth of a run.
gc.disable()
# Before anything else is loaded: conftest files further down, and the tests themselves, import models.
environment.prepare()
django.setup()

pytest_plugins = [
    "tests.harness.threads", "tests.harness.tables", "tests.harness.browser", "tests.harness.twice", "tests.harness.orthanc",
    "tests.harness.ohif",
]  # fmt: skip

ROOT = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Begin with the tables; on SQLite in a file: threads cannot share a database in memory."""
    from django.conf import settings

    database, worker = settings.DATABASES["default"], os.environ.get("PYTEST_XDIST_WORKER", "main")
    if environment.ON_POSTGRES:
        name = f"test_{worker}"
        migrated.fill(migrated.create(name))
    else:
        name = str(settings.VAR / f"test-{worker}.sqlite3")
        migrated.fill(f"sqlite:{name}")
    database.setdefault("TEST", {})["NAME"] = name


@pytest.fixture(scope="session")
def django_db_keepdb():
    """What has its tables is not made anew; it goes with the folder or the server of the run."""
    return True


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests():
    """Cheap passwords and static files without a manifest.  One test of the real hasher restores it."""
    from django.conf import settings
    from django.test import override_settings

    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(
        STORAGES=storages,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        REAL_PASSWORD_HASHERS=settings.PASSWORD_HASHERS,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly():
    """Tables in which nothing stands are not emptied."""
    from tests.harness import emptying  # of Django, which is to be set up first

    with pytest.MonkeyPatch.context() as patch:
        if environment.ON_POSTGRES:
            patch.setattr("django.db.backends.postgresql.operations.DatabaseOperations.sql_flush", emptying.sql_flush)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of reference data beside the repository, or where TONGMAI_SHARED_DATA says."""
    folder = Path(os.environ.get("TONGMAI_SHARED_DATA", ROOT.parent / "shared" / "data"))
    need((folder / "INDEX.md").is_file(), f"no reference data at {folder}; set TONGMAI_SHARED_DATA")
    return folder


def pytest_configure():
    """Whatever day it is outside."""
    from tests.harness import clock  # of Django, which is to be set up first

    clock.start()


def pytest_collection_finish():
    """From here on as in a process that serves."""
    from tongmai.config.memory import leave_what_is_loaded

    leave_what_is_loaded()
    gc.enable()


def pytest_collection_modifyitems(config, items):
    """Leave out what speaks to PostgreSQL alone where there is none, and mark the rest.

    Marked is what needs a database (`-m database` repeats it on PostgreSQL) or a browser (`-m browser`), and what proves
    a promise (`-m proof`): several people at once, the rules in the manual, the conventions."""
    from tests.harness.browser import is_driven_by  # a plugin: to be imported by pytest first

    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if "threads" in names or {"meta", "spec"} & set(item.path.relative_to(ROOT).parts):
            item.add_marker("proof")
        if {"page", "browser"} & names:
            assert is_driven_by(item.path), f"call it test_…_browser.py: {item.path}"
            item.add_marker("browser")
        elif item.get_closest_marker("django_db") or {"db", "transactional_db", "threads"} & names:
            item.add_marker("database")
    if not environment.ON_POSTGRES:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("postgres")])
        items[:] = [item for item in items if not item.get_closest_marker("postgres")]
