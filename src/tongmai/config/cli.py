"""The command line.  Each command is a few lines here and a function where the work belongs."""

import argparse
import os
import sys

from tongmai.config import logs, memory

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("tongmai.config.demo.command", "build a demonstration county and serve it"),
    "serve": ("tongmai.config.serving", "serve the product"),
    "worker": ("tongmai.config.working", "deliver events and run the jobs"),
    "check": ("tongmai.config.checking", "prove that what is stored is whole; --deploy: what keeps it from real use"),
    "backup": ("tongmai.config.backups.backing_up", "copy everything into one file, while people work"),
    "restore": ("tongmai.config.backups.restoring", "fill an empty database from a backup, and prove it"),
    "catalog": ("tongmai.config.catalogs", "import the official code lists and divisions"),
    "import": ("tongmai.config.importing", "import a list of residents, staff or prices"),
    "residents": ("tongmai.config.matching", "say who is who in a register file; make the index of residents"),
    "receive": ("tongmai.config.receiving", "take HL7 v2 messages and shared documents (CDA) from files"),
    "serve-mllp": ("tongmai.config.mllp", "take HL7 v2 messages over the network (MLLP)"),
    "serve-dicom": ("tongmai.config.dicom", "take images from devices and tell them their worklist (DICOM)"),
    "start": ("tongmai.config.starting", "create the tables, the starter catalogue and the first administrators"),
    "bench": ("tongmai.bench.command", "take the product's figures: load data, run the journeys, find the limits"),
    "account": (
        "tongmai.config.accounts",
        "unlock an account, or reset a lost second factor or password, on the server",
    ),
    "manage": ("tongmai.config.managing", "Django's own commands, for operators"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 for done, 1 for a refusal or a finding, 2 for wrong words."""
    if argv is None:
        argv = sys.argv[1:]
        logs.guard_uncaught()
    parser = argparse.ArgumentParser(prog="tongmai", description="Tongmai (通脉)", add_help=True)
    parser.add_argument("command", choices=COMMANDS, metavar="command", help=_listing())
    if not argv or argv[0] in {"-h", "--help"}:
        parser.print_help()
        return 0 if argv else 2
    name = parser.parse_args(argv[:1]).command
    return _run(name, argv[1:])


def _listing() -> str:
    return "; ".join(f"{name}: {what}" for name, (_, what) in COMMANDS.items())


def _run(name: str, rest: list[str]) -> int:
    """Import the command's module only now: each sets what it needs in the environment before Django starts."""
    from importlib import import_module

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
    memory.look_seldom()
    module_path, what = COMMANDS[name]
    command = import_module(module_path)
    parser = argparse.ArgumentParser(prog=f"tongmai {name}", description=what)
    if hasattr(command, "arguments"):
        command.arguments(parser)
        return int(command.run(parser.parse_args(rest)) or 0)
    return int(command.run(rest) or 0)
