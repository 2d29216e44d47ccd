"""Imports go down only (the contracts are in pyproject.toml)."""

import subprocess
import sys


def test_the_contracts_are_kept():
    """In a process of its own: the program switches off every logger that it finds."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
