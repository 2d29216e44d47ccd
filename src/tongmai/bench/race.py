"""`tongmai bench race`: writers that begin together fight for the last places, on an empty database of each kind.

Each database has a process of its own, since the settings are read once.  Every writer has its own connection.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tongmai.bench import apart, results
from tongmai.bench.results import Figure, Result

DATABASES = ("sqlite", "postgres")


def run(options: argparse.Namespace) -> int:
    """Run all races and publish what became of them; 1 when one does not hold."""
    started, at = time.monotonic(), datetime.now().astimezone()
    chosen = DATABASES if options.on == "both" else (options.on,)
    found = {
        database: apart.on_new_database("tongmai.bench.race", options.writers, kind=database) for database in chosen
    }
    result = Result(
        bench="race",
        at=at,
        seconds=time.monotonic() - started,
        figures=figures(found, options.writers),
        facts={"writers": options.writers, "databases": found},
        database=" and ".join(chosen),
        details="\n".join(table(found)),
    )
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1


def figures(found: dict[str, list[dict[str, Any]]], n: int) -> list[Figure]:
    """Return one line for each database."""
    lines = []
    for database, verdicts in found.items():
        held = sum(each["holds"] for each in verdicts)
        wrong = {name: sum(each[name] for each in verdicts) for name in ("lost", "twice")}
        wrong["errors"] = sum(len(each["errors"]) for each in verdicts)
        said = f"{held} of {len(verdicts)}; {wrong['errors']} errors, {wrong['lost']} lost, {wrong['twice']} twice"
        goal = "all; 0 errors, 0 lost, 0 twice"
        lines.append(Figure(f"races of {n} writers that hold, {database}", said, goal, held == len(verdicts)))
        slowest = max(each["slowest_ms"] for each in verdicts)
        lines.append(Figure(f"slowest writer, {database}", f"{slowest:.0f} ms"))
    return lines


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
    _inside(json.loads(sys.argv[1]))
