"""A second installation beside the test's own: its database, its var folder, its commands in processes of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness import migrated

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 900


@dataclass
class Installation:
    """`url` names its database, which is empty at first."""

    var: Path
    url: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of its commands."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("TONGMAI_")}
        settings = {"TONGMAI_DEMO": "1", "TONGMAI_VAR": str(self.var), "TONGMAI_DATABASE": self.url}
        return own | {"DJANGO_SETTINGS_MODULE": "tongmai.config.settings"} | settings | self.more

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        """Run `tongmai …` to its end."""
        return self._run([sys.executable, "-m", "tongmai", *words], environment)

    def python(self, *words: str) -> str:
        """Run Python to its end; return what it printed."""
        done = self._run([sys.executable, *words], {})
        assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def _run(self, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )


def new(folder: Path, name: str) -> Installation:
    """Return an installation with an empty database: on PostgreSQL one more of the test's own server."""
    var = folder / name
    var.mkdir(exist_ok=True)
    return Installation(var, empty_database(folder, name))


def seeded(folder: Path, name: str, **more: str) -> Installation:
    """Return an installation in which something of everything happened."""
    made = new(folder, name)
    made.more |= more
    migrated.fill(made.url)
    made.python("-m", "tests.operations.seeding")
    return made


def empty_database(folder: Path, name: str) -> str:
    """Return the address of a database that holds nothing."""
    url = os.environ["TONGMAI_DATABASE"]
    if url.startswith("sqlite:"):
        return f"sqlite:{folder / name}.sqlite3"
    unique = f"{name}_{os.getpid()}_{abs(hash(folder)) % 10**8}"
    return migrated.create(unique)
