"""Measuring in a process of its own: settings are read once, and memory is counted from nothing.

The module that is named runs as `__main__`; its plan is the JSON of its only argument, its answer JSON on the standard output.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tongmai.bench import databases, postgres


def call(module: str, plan: Any, environment: Mapping[str, str] | None = None) -> Any:
    """Run the module and return its answer.

    Raises:
        CalledProcessError: it ended with an error, which it has said itself.
    """
    command = [sys.executable, "-m", module, json.dumps(plan)]
    ran = subprocess.run(command, env=os.environ | (environment or {}), stdout=subprocess.PIPE, check=True)
    return json.loads(ran.stdout)


def on_new_database(
    module: str,
    plan: Any,
    *,
    kind: str,
    settings: Mapping[str, str] = postgres.DURABLE,
    more: Mapping[str, str] | None = None,
) -> Any:
    """Run the module on a new database, `kind` "sqlite" or "postgres", that goes away with it; `more`: of its environment."""
    with tempfile.TemporaryDirectory(prefix="tongmai-bench-") as folder:
        server = postgres.start(settings) if kind == "postgres" else None
        url = server.url if server else f"sqlite:{Path(folder) / 'bench.sqlite3'}"
        try:
            environment = databases.environment(url, Path(folder)) | {"TONGMAI_DEMO": "1"} | (more or {})
            return call(module, plan, environment)
        finally:
            if server:
                server.stop()


def answer(measured: Callable[[Any], Any]) -> None:
    """Be that process: prepare the tables of the new database, measure by the plan, answer; a test client may ask it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import override_settings

    call_command("migrate", verbosity=0, interactive=False)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        json.dump(measured(json.loads(sys.argv[1])), sys.stdout)
