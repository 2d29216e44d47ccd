"""The environment of a test run.  Set before Django reads its settings, so that no test ever meets a real database."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tongmai.bench import postgres

ON_POSTGRES = os.environ.get("TONGMAI_TEST_DB", "sqlite") == "postgres"


def prepare() -> None:
    """Point the settings at a temporary folder and, where asked for, at a private PostgreSQL.

    A worker of pytest-xdist inherits what its parent prepared, so all workers share one server.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    var = Path(tempfile.mkdtemp(prefix="tongmai-test-"))
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    static = var / "static"
    static.mkdir()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tongmai.config.settings",
        TONGMAI_DEMO="1",
        TONGMAI_RATE_LIMITS="0",
        TONGMAI_VAR=str(var),
        TONGMAI_STATIC=str(static),
        TONGMAI_DATABASE=postgres.start().url if ON_POSTGRES else f"sqlite:{var / 'tongmai.sqlite3'}",
    )
    for name in (
        "TONGMAI_SECRET_KEY",
        "TONGMAI_SEAL_KEY",
        "TONGMAI_HOSTS",
        "TONGMAI_ORIGINS",
        "TONGMAI_HTTPS",
        "TONGMAI_PACS",
    ):
        os.environ.pop(name, None)
