"""`tongmai bench limit`: hot requests over HTTP, with authentication, against the same data asked straight in SQL.

Both lines have the same number of clients in the same number of processes, one after the other in the same run.  Then
every request goes through a server of one thread that wears a watch (limit_timers.py): where the rest goes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tongmai.bench import databases, harness, results
from tongmai.bench.limit_clients import Load
from tongmai.bench.results import Figure, Result

GOAL = 0.5
PROCESSES, THREADS = 2, 4
WATCHED = 300  # requests of each kind in the breakdown
PATIENCE_SECONDS = 60


def run(options: argparse.Namespace) -> int:
    """Measure and publish; 1 where a goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    found = databases.on_postgres(databases.COUNTY, url=options.database, keep=options.keep)
    with databases.copied(found) as copy:
        databases.use(copy.url)
        lines = measured(copy.url, options)
    result = Result(
        bench="limit",
        at=at,
        seconds=time.monotonic() - started,
        figures=figures(lines),
        facts={"clients": PROCESSES * THREADS, "requests": lines},
        database="PostgreSQL",
        settings=dict(found.server.settings) if found.server else {},
        details="\n".join([*table(lines), "", EXPLAINED, "", *breakdown(lines)]),
    )
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in result.figures) else 1


def figures(lines: list[dict[str, Any]]) -> list[Figure]:
    """Return what is compared with a goal."""
    found = [
        Figure(
            f"{line['name']}: share of the bare SQL's rate",
            f"{line['ratio']:.0%}",
            f"≥ {GOAL:.0%}",
            line["ratio"] >= GOAL,
        )
        for line in lines
    ]
    found += [
        Figure(
            f"{line['name']}: CPU of the server", f"{line['cpu_ms']:.1f} ms", _goal(line["goal_cpu_ms"]),
            line["cpu_ms"] <= line["goal_cpu_ms"],
        )
        for line in lines
        if line["goal_cpu_ms"]
    ]  # fmt: skip
    wrong = sum(len(line["failures"]) for line in lines)
    return [*found, Figure("refused or failed", str(wrong), "0", wrong == 0)]


EXPLAINED = (
    "Where the server's CPU goes, in microseconds a request (one thread, one client, the watch of limit_timers.py on):"
)


def measured(url: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return one entry for each kind of request: both lines, their ratio, the server's CPU, and where it goes."""
    from django.utils import timezone

    from tongmai.bench import limit_cases

    who = limit_cases.people(timezone.now())
    lines = []
    with _serving(url, options.port, ["-m", "tongmai", "serve", "--trial", "--port", str(options.port)]) as server:
        for caller in (who.doctor, who.specialist):
            caller.sign_in(options.port)
        cases = []
        for case in limit_cases.cases(who):  # each is prepared when its turn comes: what it writes slows no other
            if options.only in case.name:
                rounds = [_round(case, url, options, server, i) for i in range(options.rounds)]
                lines.append(_middle(case, rounds))
                cases.append(case)
    with _serving(url, options.port, ["-m", "tongmai.bench.limit_serving", str(options.port)]):
        for case, line in zip(cases, lines, strict=True):
            line["watch"] = _watched(case, options.port)
    return lines


def table(lines: list[dict[str, Any]]) -> list[str]:
    """Return the comparison as a Markdown table."""
    head = [
        "| request | HTTP, a second | bare SQL, a second | of the limit | goal | HTTP p95 | server CPU, a request | goal |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    return head + [
        f"| {line['name']} | {line['http']:.0f} | {line['sql']:.0f} | {line['ratio']:.0%} | {GOAL:.0%} "
        f"| {line['http_p95_ms']:.1f} ms | {line['cpu_ms']:.2f} ms "
        f"| {_goal(line['goal_cpu_ms'])} |"
        for line in lines
    ]


def _goal(ms: float | None) -> str:
    return f"≤ {ms:g} ms" if ms else ""


def breakdown(lines: list[dict[str, Any]]) -> list[str]:
    """Return where the server's CPU goes, in microseconds a request, as a Markdown table."""
    kinds = list(lines[0]["watch"]["cpu_us"]) if lines else []
    head = [
        f"| request | {' | '.join(kinds)} | server | statements | waiting for the database |",
        f"| --- |{' ---: |' * (len(kinds) + 3)}",
    ]
    return head + [
        f"| {line['name']} | {' | '.join(f'{us:.0f}' for us in line['watch']['cpu_us'].values())} "
        f"| {line['watch']['server_us']:.0f} | {line['watch']['n_statements']:g} | {line['watch']['waited_us']:.0f} |"
        for line in lines
    ]


def _round(case: Any, url: str, options: argparse.Namespace, server: int, i: int) -> dict[str, Any]:
    """Return both lines of one round; what is used once is divided among the rounds."""
    requests, asks = case.requests, case.asks
    if case.once:
        requests, asks = _part(requests, i, options.rounds), _part(asks, i, options.rounds)
    bare = _loaded("sql", url, asks, case, options.seconds)
    before = harness.cpu_seconds(server)
    served = _loaded("http", str(options.port), requests, case, options.seconds)
    cpu = (harness.cpu_seconds(server) - before) / max(1, served["n"])
    return {"sql": bare, "http": served, "cpu_ms": cpu * 1000}


def _middle(case: Any, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    rates = {kind: statistics.median(r[kind]["rate"] for r in rounds) for kind in ("sql", "http")}
    return {
        "name": case.name,
        **{kind: round(rate, 1) for kind, rate in rates.items()},
        "ratio": round(rates["http"] / rates["sql"], 3) if rates["sql"] else 0.0,
        "http_p95_ms": statistics.median(r["http"]["p95_ms"] for r in rounds),
        "sql_p95_ms": statistics.median(r["sql"]["p95_ms"] for r in rounds),
        "cpu_ms": round(statistics.median(r["cpu_ms"] for r in rounds), 3),
        "goal_cpu_ms": case.ms_of_cpu,
        "n": sum(r["http"]["n"] for r in rounds),
        "failures": [failure for r in rounds for kind in ("sql", "http") for failure in r[kind]["failures"]],
    }


def _loaded(kind: str, target: str, asks: list[Any], case: Any, seconds: float) -> dict[str, Any]:
    """Let all client processes ask at once, and add up what they were answered."""
    with tempfile.TemporaryDirectory(prefix="tongmai-limit-") as folder:
        started = []
        for i in range(PROCESSES):
            mine = _part(asks, i, PROCESSES) if len(asks) >= PROCESSES else asks
            file = Path(folder) / f"{i}.json"
            load = Load(kind, target, seconds, THREADS, mine, case.once, case.statements if kind == "sql" else [])
            file.write_text(json.dumps(asdict(load)), encoding="utf-8")
            command = [sys.executable, "-m", "tongmai.bench.limit_clients", str(file)]
            started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
        ended = [json.loads(process.communicate(timeout=seconds + PATIENCE_SECONDS)[0]) for process in started]
    return {
        "n": sum(each["n"] for each in ended),
        "rate": sum(each["n"] / each["seconds"] for each in ended),
        "p95_ms": max(each["ms"][1] for each in ended),
        "failures": [failure for each in ended for failure in each["failures"]],
    }


def _part(asks: list[Any], i: int, n: int) -> list[Any]:
    return asks[len(asks) * i // n : len(asks) * (i + 1) // n]


def _watched(case: Any, port: int) -> dict[str, Any]:
    """Send requests one after the other to the server with the watch, and read it.

    What the process spends beside the watched thread is the server's own part.
    """
    from tongmai.bench import limit_clients

    requests = case.requests[-WATCHED:] if case.once else (case.requests * WATCHED)[:WATCHED]
    load = Load("http", str(port), PATIENCE_SECONDS, 1, requests, True)
    with urlopen(f"http://127.0.0.1:{port}/-/watch") as begun:
        started = json.load(begun)["process_us"]
    answered = limit_clients.run(load)
    with urlopen(f"http://127.0.0.1:{port}/-/watch") as told:
        watch = json.load(told)
    n = max(1, watch["n"])
    app = sum(watch["cpu_us"].values())
    return watch | {
        "server_us": round((watch["process_us"] - started) / n - app, 1),
        "failures": answered.failures,
    }


@contextmanager
def _serving(url: str, port: int, command: list[str]) -> Iterator[int]:
    """Run a server of the product in its own process; yield its id."""
    with tempfile.TemporaryDirectory(prefix="tongmai-limit-") as folder:
        environment = databases.environment(url, Path(folder)) | {"TONGMAI_RATE_LIMITS": "0", "PYTHONUNBUFFERED": "1"}
        with (Path(folder) / "log").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, *command], env=os.environ | environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            _wait_until_it_answers(port, server, Path(folder) / "log")
            yield server.pid
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_SECONDS)


def _wait_until_it_answers(port: int, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not answer: {log.read_text()[-2000:]}")
