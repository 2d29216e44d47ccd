"""`tongmai check …`: prove that what is stored is whole."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator

Findings = Iterator[str]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["seals", "capacity", "all"])
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--link", default="", help="the end of the chain as noted elsewhere: NUMBER:HEX")


def run(options: argparse.Namespace) -> int:
    """Print every finding; exit 1 when there is one."""
    import django

    django.setup()
    checks: dict[str, Callable[[argparse.Namespace], Findings]] = {"seals": _seals, "capacity": _capacity}
    wanted = checks if options.what == "all" else {options.what: checks[options.what]}
    found = {name: list(check(options)) for name, check in wanted.items()}
    if options.json:
        json.dump({"findings": found}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        for name, findings in found.items():
            sys.stdout.write(f"{name}: {'ok' if not findings else f'{len(findings)} finding(s)'}\n")
            sys.stdout.writelines(f"  {finding}\n" for finding in findings)
    return 1 if any(found.values()) else 0


def _seals(options: argparse.Namespace) -> Findings:
    from django.utils import timezone

    from tongmai.foundation.audit import seals

    noted = seals.Link.parse(options.link) if options.link else None
    for finding in seals.check(now=timezone.now(), noted=noted):
        yield str(finding)


def _capacity(options: argparse.Namespace) -> Findings:
    from tongmai.commons.capacity import checks

    for finding in checks.compare_counters():
        yield str(finding)
