"""Which machine and which versions a figure was taken with: no name of the machine, no path."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from tongmai.bench.databases import memory_mb

PACKAGES = ("django", "granian", "psycopg", "jinja2")


def machine() -> dict[str, str | int]:
    """Return cores, processor, memory and system."""
    return {
        "cores": os.cpu_count() or 1,
        "processor": _processor(),
        "memory_gb": round(memory_mb() / 1024),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
    }


def versions(database: str = "") -> dict[str, str]:
    """Return the versions of what does the work; `database` as it names itself."""
    known = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    return known | ({"database": database} if database else {})


def commit() -> str:
    """Return the commit of the source, with a plus where it was changed since; blank outside of a repository."""
    here = Path(__file__).parent
    try:
        head = _said(["git", "rev-parse", "--short", "HEAD"], here)
        return head + ("+" if _said(["git", "status", "--porcelain", "--untracked-files=no"], here) else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _said(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
