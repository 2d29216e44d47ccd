"""A browser without eyes: keeps cookies, follows redirects, fills in the forms of the pages it was given.

No Django and no HTML parser: it shares the machine with what it measures, so it reads no more of a page than it needs.
What it sends is read from the page's own form (address, method, hidden fields), so it goes where a user's browser goes.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urljoin, urlsplit

REDIRECTS = {301, 302, 303}
MOST_REDIRECTS = 5
PATIENCE_SECONDS = 60
IDLE_SECONDS = 15  # a server closes what is idle; a browser sees that and connects anew
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
_INPUT = re.compile(r"<input\b([^>]*)>", re.S)
_AREA = re.compile(r"<(textarea|select)\b([^>]*)>(.*?)</\1>", re.S)
_OPTION = re.compile(r"<option\b([^>]*)>", re.S)
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?")
_BUTTONS = {"submit", "button", "image", "reset", "file"}


class Unexpected(Exception):
    """A page was not what a user would go on with; counted as an error of the journey."""


@dataclass
class Page:
    """What came back: the last answer of a click, after redirects."""

    status: int
    address: str
    text: str
    seconds: float

    def forms(self) -> Iterator["Form"]:
        for attributes, inside in _FORM.findall(self.text):
            yield Form.of(_attributes(attributes), inside, self.address)

    def form(self, ends: str = "", *, having: str = "") -> "Form":
        """Return the first form whose address ends so and that has a field of that name.

        Raises:
            Unexpected: there is none.
        """
        for form in self.forms():
            if form.action.partition("?")[0].endswith(ends) and (not having or having in form.fields):
                return form
        raise Unexpected(f"no form {ends or having} on {self.address} ({self.status})")

    def links(self, pattern: str) -> list[str]:
        """Return the addresses on the page that match."""
        return [unescape(href) for href in re.findall(rf'href="({pattern})"', self.text)]


@dataclass
class Form:
    """A form as the page holds it: what is entered already, hidden or chosen."""

    action: str
    method: str
    fields: dict[str, str]
    choices: dict[str, list[str]] = field(default_factory=dict)  # radio buttons and options by name

    @classmethod
    def of(cls, attributes: Mapping[str, str], inside: str, address: str) -> "Form":
        form = cls(urljoin(address, attributes.get("action") or address), attributes.get("method", "get").lower(), {})
        for text in _INPUT.findall(inside):
            form._input(_attributes(text))
        for kind, text, content in _AREA.findall(inside):
            form._area(kind, _attributes(text), content)
        return form

    def _input(self, attributes: Mapping[str, str]) -> None:
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if not name or kind in _BUTTONS:
            return
        value = unescape(attributes.get("value", ""))
        if kind in {"radio", "checkbox"}:
            self.choices.setdefault(name, []).append(value)
            if "checked" not in attributes:
                return
        self.fields[name] = value

    def _area(self, kind: str, attributes: Mapping[str, str], content: str) -> None:
        name = attributes.get("name")
        if not name:
            return
        if kind == "textarea":
            self.fields[name] = unescape(content).lstrip("\n")
            return
        options = [_attributes(text) for text in _OPTION.findall(content)]
        self.choices[name] = [unescape(each.get("value", "")) for each in options]
        chosen = next((each for each in options if "selected" in each), options[0] if options else {})
        self.fields[name] = unescape(chosen.get("value", ""))


@dataclass
class Browser:
    """One user's browser: one connection kept open, and her cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: HTTPConnection | None = None
    _used_at: float = 0.0

    def get(self, address: str) -> Page:
        return self._clicked("GET", address, None, {})

    def send(self, form: Form, entered: Mapping[str, str] = {}, *, fragment: bool = False) -> Page:
        """Send a form with what the user enters; with `fragment` as htmx sends it."""
        fields = form.fields | dict(entered)
        headers = {"HX-Request": "true"} if fragment else {}
        if form.method == "get":
            return self._clicked("GET", f"{form.action.partition('?')[0]}?{urlencode(fields)}", None, headers)
        return self._clicked("POST", form.action, urlencode(fields), headers)

    def post(self, address: str, fields: Mapping[str, str], *, fragment: bool = True) -> Page:
        """Send what a part of a page sends by itself, with the token that the page carries in its cookie."""
        token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        headers = {"HX-Request": "true"} if fragment else {}
        return self._clicked("POST", address, urlencode(dict(fields) | token), headers)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _clicked(self, method: str, address: str, body: str | None, headers: Mapping[str, str]) -> Page:
        """Ask, and follow redirects until a page stands; the time is that of all of it."""
        started = time.perf_counter()
        for _ in range(MOST_REDIRECTS):
            path = _path(address)
            status, location, text = self._asked(method, path, body, headers)
            if status not in REDIRECTS or not location:
                return Page(status, path, text, time.perf_counter() - started)
            method, body, address = "GET", None, urljoin(path, location)
        raise Unexpected(f"too many redirects from {address}")

    def _asked(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[int, str, str]:
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Language": "zh-CN", **headers}
        if body is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{self.port}/"}
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            self.close()
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException):
            self.close()
            raise
        self._used_at = time.monotonic()
        for name, line in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, value = line.partition(";")[0].partition("=")
                self.cookies[key.strip()] = value.strip()
        return answer.status, answer.getheader("Location") or "", text


def _attributes(text: str) -> dict[str, str]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
