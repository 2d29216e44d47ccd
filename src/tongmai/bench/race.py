"""`tongmai bench race`: writers that begin together fight for the last places, on an empty database of each kind.

Each database has a process of its own, since the settings are read once.  Every writer has its own connection.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

WRITERS = 64
DATABASES = ("sqlite", "postgres")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--writers", type=int, default=WRITERS, help="at the barrier of each race (default 64)")
    parser.add_argument("--json", action="store_true", help="for a program")


def run(options: argparse.Namespace) -> int:
    """Run all races, print a table, keep the figures; 1 when one of them does not hold."""
    chosen = DATABASES if options.database == "both" else (options.database,)
    found = {database: _apart(database, options.writers) for database in chosen}
    if options.json:
        json.dump({"bench": "race", "writers": options.writers, "databases": found}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in table(found))
    return 0 if all(each["holds"] for verdicts in found.values() for each in verdicts) else 1


def table(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return the verdicts as a Markdown table, one line for each race and database."""
    lines = [
        "| race | database | allowed | succeeded | refused, by code | errors | lost | twice | counters | slowest writer |",
        "| --- | --- | ---: | ---: | --- | ---: | ---: | ---: | --- | ---: |",
    ]
    for database, verdicts in found.items():
        for each in verdicts:
            refused = ", ".join(f"{n} {code}" for code, n in sorted(each["refused"].items()))
            counters = f"{len(each['differences'])} differ" if each["differences"] else "equal"
            lines.append(
                f"| {each['scene']} | {database} | {each['allowed']} | {each['done']} | {refused} "
                f"| {len(each['errors'])} | {each['lost']} | {each['twice']} | {counters} | {each['slowest_ms']:.0f} ms |"
            )
    return lines


def verdicts(n: int) -> list[dict[str, Any]]:
    """Run every scene in the database of the settings, which has its tables and nothing else."""
    from django.utils import timezone

    from tongmai.bench import race_running, race_scenes
    from tongmai.commons.capacity import checks

    def differences() -> list[str]:
        return [str(each) for each in checks.compare_counters()]

    county = race_scenes.County(timezone.now())
    ran = [race_running.run(scene, differences=differences) for scene in race_scenes.scenes(county, n=n)]
    return [asdict(each) | {"holds": each.holds} for each in ran]


def _apart(database: str, n: int) -> list[dict[str, Any]]:
    """Run the races in a new process on a new database that goes away with it."""
    from tongmai.bench import postgres

    with tempfile.TemporaryDirectory(prefix="tongmai-race-") as folder:
        server = postgres.start(postgres.DURABLE) if database == "postgres" else None
        url = server.url if server else f"sqlite:{Path(folder) / 'race.sqlite3'}"
        environment = {"TONGMAI_DEMO": "1", "TONGMAI_VAR": folder, "TONGMAI_DATABASE": url}
        command = [sys.executable, "-m", "tongmai.bench.race", str(n)]
        try:
            ran = subprocess.run(command, env=os.environ | environment, stdout=subprocess.PIPE, check=True)
        finally:
            if server:
                server.stop()
    return json.loads(ran.stdout)


def _inside(n: int) -> None:
    """The new process: a connection for each writer, the tables, the races, their verdicts on the standard output."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
    import django
    from django.conf import settings

    django.setup()
    if pool := settings.DATABASES["default"]["OPTIONS"].get("pool"):
        pool.update(min_size=n, max_size=n + 1)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    json.dump(verdicts(n), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    _inside(int(sys.argv[1]))
