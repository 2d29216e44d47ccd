"""The load: a process of its own with one thread for each user, so that its CPU is known and its pages are not ours.

    python -m tongmai.bench.generator < plan.json > clicks.json

The plan holds the users, what they need and the steps (so many users for so many seconds); see preparing.py.  Users think
between clicks: a second and an exponential time of five more on average, half a minute at most.
"""

import json
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from typing import Any

from tongmai.bench.browser import Browser, Page, Unexpected
from tongmai.bench.users import Journey, Stock, User

LEAST_THINK_SECONDS = 1.0
MEAN_FURTHER_SECONDS = 5.0
MOST_THINK_SECONDS = 30.0
SETTLING_SECONDS = 12.0  # after the last sign-in of a step, before it is measured
SIGN_INS_AT_ONCE = 4
REFUSED = 400
GOES_ON = {409}  # a question to the user, which she answers


def think(random: Random) -> float:
    return min(LEAST_THINK_SECONDS + random.expovariate(1 / MEAN_FURTHER_SECONDS), MOST_THINK_SECONDS)


@dataclass
class Log:
    """Every click: (page, instant, seconds, error or "")."""

    clicks: list[tuple[str, float, float, str]] = field(default_factory=list)

    def note(self, name: str, at: float, seconds: float, error: str = "") -> None:
        self.clicks.append((name, at, seconds, error))


@dataclass
class Worker:
    """A user at work until `stop`."""

    user: User
    log: Log
    stop: threading.Event

    def run(self) -> None:
        if self.stop.wait(self.user.random.uniform(0, LEAST_THINK_SECONDS + MEAN_FURTHER_SECONDS)):
            return
        while not self.stop.is_set():
            self._live(self.user.next_journey())

    def _live(self, journey: Journey) -> None:
        page: Page | None = None
        name = "journey"
        while not self.stop.is_set():
            try:
                name, click = next(journey) if page is None else journey.send(page)
            except StopIteration:
                break
            except (Unexpected, IndexError) as error:
                self.log.note(name, time.monotonic(), 0.0, f"{error}")
                break
            page = self._clicked(name, click)
            if page is None:
                break
            self.stop.wait(think(self.user.random))
        journey.close()

    def _clicked(self, name: str, click: Any) -> Page | None:
        started = time.monotonic()
        try:
            page = click()
        except (OSError, HTTPException, Unexpected) as error:
            self.log.note(name, started, time.monotonic() - started, type(error).__name__)
            return None
        error = f"status {page.status}" if page.status >= REFUSED and page.status not in GOES_ON else ""
        self.log.note(name, started, page.seconds, error)
        return None if error else page


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Play the plan; return for each step its users, seconds, CPU and clicks."""
    threading.stack_size(512 * 1024)
    users, log, stop = _users(plan), Log(), threading.Event()
    working: list[threading.Thread] = []
    steps = []
    for step in plan["steps"]:
        new = users[len(working) : step["users"]]
        with ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
            list(pool.map(lambda user: user.sign_in(plan["password"]), new))
        started = [threading.Thread(target=Worker(user, log, stop).run, daemon=True) for user in new]
        for thread in started:
            thread.start()
        working += started
        time.sleep(SETTLING_SECONDS)
        steps.append(_measured(step, log))
        if _is_beyond(steps[-1], plan.get("until_p95_ms")):
            break
    stop.set()
    return {"steps": steps}


def _measured(step: dict[str, Any], log: Log) -> dict[str, Any]:
    _say({"measuring": True})
    since, cpu = time.monotonic(), _cpu()
    time.sleep(step["seconds"])
    until, used = time.monotonic(), _cpu() - cpu
    _say({"measuring": False})
    # A click belongs to the step in which it was made, also when its page stood later.
    clicks = [(name, seconds, error) for name, at, seconds, error in log.clicks if since <= at < until]
    return {"users": step["users"], "seconds": until - since, "cpu_seconds": used, "clicks": clicks}


def _is_beyond(step: dict[str, Any], limit_ms: float | None) -> bool:
    times = sorted(seconds for _, seconds, _ in step["clicks"])
    return bool(limit_ms and times and times[int(len(times) * 0.95)] * 1000 > limit_ms)


def _users(plan: dict[str, Any]) -> list[User]:
    stock = Stock(deque(plan["newcomers"]), {key: deque() for key in plan["receivers"]}, plan["diagnoses"])
    return [_user(plan, entry, number, stock) for number, entry in enumerate(plan["users"])]


def _user(plan: dict[str, Any], entry: dict[str, Any], number: int, stock: Stock) -> User:
    receiver = entry["receiver_id"]
    return User(
        username=entry["username"],
        part=entry["part"],
        receiver_id=receiver,
        departments=plan["receivers"][receiver],
        patients=plan["patients"][entry["patients"]],
        to_refer=deque(entry["to_refer"]),
        browser=Browser(plan["port"]),
        random=Random(f"{plan['seed']}-{number}"),
        stock=stock,
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(word: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(word, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(lines: Iterable[str]) -> None:
    _say(run(json.loads("".join(lines))))


if __name__ == "__main__":
    main(sys.stdin)
