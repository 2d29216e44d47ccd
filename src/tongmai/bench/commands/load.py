"""`tongmai bench load`."""

import argparse
import json
import sys
import time

from tongmai.bench import databases


def run(options: argparse.Namespace) -> int:
    """Fill the given database, or a private one that is kept."""
    size = _size(options)
    if not options.database:
        if options.keep is None:
            sys.stderr.write("--database or --keep: where shall the data stay?\n")
            return 2
        found = databases.on_postgres(size, keep=options.keep)
        sys.stdout.write(f"{found.url}\n")
        return 0
    databases.use(options.database)
    from django.utils import timezone

    from tongmai.bench import loading, stage

    plan = loading.Plan(size.residents, size.encounters, size.referrals, seed=options.seed)
    started = time.monotonic()
    try:
        there = loading.load(plan, options.database, now=timezone.now())
    except stage.NotEmpty as full:
        sys.stderr.write(f"{full}\n")
        return 1
    said = there | {"seconds": round(time.monotonic() - started)}
    sys.stdout.write(json.dumps(said) + "\n" if options.json else _sentence(said))
    return 0


def _size(options: argparse.Namespace) -> databases.Size:
    encounters = options.encounters or round(options.residents * options.encounters_per)
    referrals = options.residents if options.referrals is None else options.referrals
    return databases.Size(options.residents, encounters, referrals)


def _sentence(said: dict[str, int]) -> str:
    return "  ".join(f"{name} {number:,}" for name, number in said.items()) + "\n"
