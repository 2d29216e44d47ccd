"""What people and programs do while something breaks: each journey over HTTP, each write with a key of its own.

A write whose answer is unclear is sent again, as it was, until it is clear.  What was acknowledged is noted down.
"""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.faults.installation import Answer, Installation
from tongmai.commons.residents.tests.factories import VILLAGE
from tongmai.foundation.orgs.tests.factories import COUNTY
from tongmai.kernel.citizen_id import check_digit

PATIENCE_SECONDS = 120
CONSENT = {"relation": "self", "how": "signature", "agreed_name": "示例甲"}
UNCLEAR = (OSError, http.client.HTTPException)


class Refused(Exception):
    """A journey was refused something that it may do: a mistake, or an effect that came twice."""


class Journeys:
    """Callers in threads of their own, from `begin` to `end`."""

    def __init__(self, installation: Installation, *, first_number: int = 0) -> None:
        self.at = installation
        self.acknowledged: dict[str, dict[str, Any]] = {}  # resident's number → what was answered of her
        self.unclear: Counter[str] = Counter()
        self.refused: list[str] = []
        self._next = first_number
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._own = threading.local()

    def begin(self, n: int = 3) -> None:
        kinds: list[Callable[[str], None]] = [self.visit, self.referral, self.booking, self.page]
        self._threads = [threading.Thread(target=self._walk, args=(kinds, i), daemon=True) for i in range(n)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let every journey that has begun come to its end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE_SECONDS)
            assert not thread.is_alive(), "a caller still waits"
        assert not self.refused, self.refused[:5]

    def _walk(self, kinds: list[Callable[[str], None]], i: int) -> None:
        turn = i
        while not self._stop.is_set():
            try:
                kinds[turn % len(kinds)](self._number())
            except Exception as error:
                self.refused.append(f"{type(error).__name__}: {error}")
                return
            turn += 1

    def _number(self) -> str:
        """Return a citizen's number that nobody else has."""
        with self._lock:
            self._next += 1
            born = date(1940, 1, 1) + timedelta(days=self._next)
        body = f"{COUNTY}{born:%Y%m%d}{self._next % 499 * 2:03}"
        return body + check_digit(body)

    # The journeys.

    def visit(self, number: str) -> None:
        """Somebody is registered and seen."""
        resident = self._registered(number)
        told = self._done("general_practitioner", f"residents/{resident}/visits/", {"complaint": "头晕"})
        self._note(number, encounter=told.json["id"])

    def referral(self, number: str) -> None:
        """She is referred; the hospital accepts and gives her a reserved place."""
        resident = self._registered(number)
        draft = self._done("general_practitioner", "referrals/", {
            "resident_id": resident, "receiver_id": self.at.county["lead_id"], "diagnosis_code": "I10.x00",
            "reason": "血压不达标", "summary": "血压 182/108 mmHg", "consent": CONSENT,
        })  # fmt: skip
        path = f"referrals/{draft.json['id']}/steps"
        sent = self._done("general_practitioner", f"{path}/submit", {}, draft.headers["ETag"])
        self._note(number, referral=draft.json["id"], state=sent.json["state"])
        accept = {"pool_ids": [self.at.county["pool_id"]]}
        accepted = self._done("specialist", f"{path}/accept", accept, sent.headers["ETag"])
        self._note(number, state=accepted.json["state"])

    def booking(self, number: str) -> None:
        """She books a public place and gives it back."""
        resident = self._registered(number)
        wish = {"resident_id": resident, "pool_ids": [self.at.county["pool_id"]]}
        booked = self._done("specialist", "bookings/", wish)
        self._note(number, booking=booked.json["id"], state=booked.json["state"])
        gone = self._done("specialist", f"bookings/{booked.json['id']}/steps", {"step": "cancel", "reason": "有事"})
        self._note(number, state=gone.json["state"])

    def page(self, number: str) -> None:
        """She is registered at the screen, without any key but what the page itself holds."""
        browser = self._browser()
        form = self._until_clear("open the form", lambda: browser.form("/residents/new/"))
        filled = form | {
            "id_kind": "citizen_id",
            "id_number": number,
            "name": "示例页面",
            "village_code": VILLAGE,
            "phone_whose": "self",
        }
        told = self._until_clear("register at the screen", lambda: browser.send("/residents/new/", filled))
        if told.status != 302:
            raise Refused(f"the form: {told}")
        self._note(number, resident=re.search(r"[0-9a-f-]{36}", told.headers["Location"])[0])

    def _browser(self) -> "Browser":
        """Return this thread's browser, in which somebody has signed in; the session outlives the server."""
        if not hasattr(self._own, "browser"):
            browser = Browser(self.at)
            told = self._until_clear("sign in", browser.sign_in)
            if told.status != 302:
                raise Refused(f"sign in: {told}")
            self._own.browser = browser
        return self._own.browser

    def _registered(self, number: str) -> str:
        body = {"name": "示例居民", "id_number": number, "village_code": VILLAGE}
        told = self._done("general_practitioner", "residents/", body)
        self._note(number, resident=told.json["id"])
        return str(told.json["id"])

    # How a write is made clear.

    def _done(self, role: str, path: str, body: dict[str, Any], etag: str = "") -> Answer:
        headers = {"Idempotency_Key": uuid4().hex} | ({"If_Match": etag} if etag else {})
        told = self._until_clear(path, lambda: self.at.call(role, "POST", path, body, **headers))
        if told.status not in {200, 201}:
            raise Refused(f"{path}: {told}")
        return told

    def _until_clear(self, what: str, send: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                told = send()
            except UNCLEAR:
                told = None
            if told is not None and getattr(told, "status", 200) < 500:
                return told
            if told is not None and told.status == 500:
                raise Refused(f"{what}: {told}")
            self.unclear[what.split("/")[0]] += 1
            time.sleep(0.1)
        raise TimeoutError(f"{what}: no answer within {PATIENCE_SECONDS} s")

    def _note(self, number: str, **facts: Any) -> None:
        with self._lock:
            self.acknowledged.setdefault(number, {}).update(facts)


class Browser:
    """Keeps cookies, reads the hidden fields of a form, and does not follow where it is sent."""

    def __init__(self, installation: Installation, *, role: str = "") -> None:
        """With `role` somebody in such a post has signed in."""
        self.at = installation
        self.cookies = {"sessionid": installation.county["sessions"][role]} if role else {}

    def sign_in(self) -> Answer:
        form = self.form("/sign-in/")
        county = self.at.county
        return self.send("/sign-in/", form | {"username": county["username"], "password": county["password"]})

    def form(self, path: str, *, on: str = "") -> dict[str, str]:
        """Return the hidden fields of the form that is sent to `path`, on its own page or on that at `on`.

        Raises:
            OSError: the page did not come.
        """
        page = self.send(on or path)
        if page.status != 200:
            raise OSError(f"{on or path}: {page.status}")
        forms = re.findall(r'<form method="post"(.*?)</form>', page.text, re.S)
        heads = [each.split(">")[0] for each in forms]
        own = next(
            form for form, head in zip(forms, heads, strict=True) if path in head or not (on or "action=" in head)
        )
        inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input([^>]*)>", own)]
        return {each["name"]: each["value"] for each in inputs if each.get("type") == "hidden"}

    def send(self, path: str, fields: dict[str, str] | None = None, *, timeout: float = 30, **headers: str) -> Answer:
        """Open a page, or send a form."""
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields is not None:
            headers |= {"Content_Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields) if fields is not None else None
        told = self.at.ask("POST" if fields is not None else "GET", path, body, timeout=timeout, **headers)
        for line in told.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return told
