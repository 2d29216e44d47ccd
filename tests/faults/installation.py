"""An installation of the product as it really runs: a database, a server process, a worker process.  They can be killed."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.harness import migrated
from tests.harness.environment import ON_POSTGRES
from tongmai.bench import postgres

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180


class Installation:
    """Everything below `folder`; `url` is the database's.  Children are ended by their own ids."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.port = postgres.free_port()
        self.children: dict[str, subprocess.Popen] = {}
        self.orphans: list[int] = []  # what a killed child had started; it ends by itself
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TONGMAI_")} | {
            "DJANGO_SETTINGS_MODULE": "tongmai.config.settings",
            "TONGMAI_DEMO": "1",
            "TONGMAI_VAR": str(folder),
            "TONGMAI_DATABASE": url,
            "PYTHONUNBUFFERED": "1",
        }
        self.county: dict[str, Any] = {}

    def seed(self) -> None:
        """Make the tables and the smallest county."""
        migrated.fill(self.url)
        self.county = json.loads(self.said("-m", "tests.faults.seeding"))

    def said(self, *words: str) -> str:
        """Run Python with `words` to its end; return what it printed."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def serve(self, **environment: str) -> None:
        """Start the server and wait until it answers."""
        self.run("server", "serve", "--port", str(self.port), **environment)
        self.wait_until_answered()

    def work(self, **environment: str) -> None:
        """Start a worker beside the server.  On SQLite it runs inside the server."""
        if ON_POSTGRES:
            self.run("worker", "worker", **environment)

    def run(self, name: str, *words: str, **environment: str) -> subprocess.Popen:
        """Start `tongmai …` as the child called `name`."""
        with self.log(name).open("a") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-m", "tongmai", *words],
                cwd=self.folder, env=self.environment | environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.children[name]

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def wait_until_answered(self) -> None:
        """A server that meets two quick ends of its processes gives up, and is started anew by its supervisor."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.children["server"].poll() is not None:
                self.run("server", "serve", "--port", str(self.port))
            try:
                if self.ask("GET", "/static/none").status == 404:
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(self.log("server").read_text()[-4000:])

    def ask(self, method: str, path: str, body: Any = None, *, timeout: float = 30, **headers: str) -> "Answer":
        """Send one request on a connection of its own.

        Raises:
            OSError, http.client.HTTPException: no answer came.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def call(
        self, role: str, method: str, path: str, body: Any = None, *, timeout: float = 30, **headers: str
    ) -> "Answer":
        """Call the API in a post of that role."""
        return self.ask(
            method,
            f"/api/v1/{path}",
            json.dumps(body, default=str) if body is not None else None,
            timeout=timeout,
            Authorization=f"Bearer {self.county['tokens'][role]}",
            Content_Type="application/json",
            **headers,
        )

    def members(self, name: str) -> list[int]:
        """Return the ids of the processes of a child: itself and those it has started."""
        child = self.children[name]
        if child.poll() is not None:
            return []
        kept = Path(f"/proc/{child.pid}/task/{child.pid}/children")
        return [child.pid, *map(int, kept.read_text().split())]

    def kill(self, name: str, *, only_children: bool = False, only_parent: bool = False) -> None:
        """End a child (and what it started) without a word, as the system does when memory is short."""
        members = self.members(name)
        self.orphans += members[1:] if only_parent else []
        for process_id in members[1:] if only_children else members[:1] if only_parent else members:
            try:
                os.kill(process_id, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if not only_children:
            self.children[name].wait(timeout=30)

    def keep_alive(self) -> None:
        """Start anew what has ended, as the system's supervisor would, and wait until the server answers."""
        if "worker" in self.children and self.children["worker"].poll() is not None:
            self.work()
        if self.children["server"].poll() is not None:
            self.run("server", "serve", "--port", str(self.port))
        self.wait_until_answered()

    def stop(self, name: str, *, within: float = 40) -> int:
        """End a child as an operator would; return its exit status."""
        child = self.children[name]
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        return child.wait(timeout=within)

    def remove(self) -> None:
        """End everything that still runs; fail when something had to be ended that should have ended by itself."""
        for name in self.children:
            self.kill(name)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (alive := [each for each in self.orphans if self._runs(each)]) and time.monotonic() < deadline:
            time.sleep(0.2)
        self.orphans.clear()
        for each in alive:
            os.kill(each, signal.SIGKILL)
        assert not alive, "these outlived the process that had started them"

    def _runs(self, process_id: int) -> bool:
        """Whether that process is one of this installation's, and no other that got its number since."""
        try:
            return Path(f"/proc/{process_id}/cwd").resolve() == self.folder.resolve()
        except OSError:
            return False

    def findings(self) -> str:
        """Return what `tongmai check all` finds; empty when all is well."""
        done = subprocess.run(
            [sys.executable, "-m", "tongmai", "check", "all"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        return "" if done.returncode == 0 else done.stdout + done.stderr[-4000:]

    def rows(self, sql: str) -> list[tuple]:
        """Ask the database itself."""
        if self.url.startswith("sqlite:"):
            import sqlite3

            connection: Any = sqlite3.connect(self.url.removeprefix("sqlite:"), timeout=30)
        else:
            import psycopg

            connection = psycopg.connect(self.url)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def grouped(self, sql: str) -> dict[str, list[tuple]]:
        """Return rows (key, …) as key → [(…)], ids without their dashes."""
        found: dict[str, list[tuple]] = {}
        for resident, *rest in self.rows(sql):
            plain = tuple(str(each).replace("-", "") for each in rest)
            found.setdefault(str(resident).replace("-", ""), []).append(plain)
        return found


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: Any, content: bytes) -> None:
        self.status, self.headers, self.content = status, headers, content

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    def __repr__(self) -> str:
        return f"<{self.status} {self.text[:400]}>"
