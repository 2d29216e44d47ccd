"""Who carries texts: the terminal or a file for a trial, an operator's gateway for real use.

TONGMAI_SMS says which: `console`, `file`, or the https:// address of the gateway; blank: nobody, and no page offers
what would need a text.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from tongmai.foundation.texting.rules import masked_phone
from tongmai.foundation.texting.wording import worded

CONSOLE, FILE = "console", "file"
TIMEOUT_SECONDS = 5
LONGEST_ANSWER = 20_000


# Answers that speak of us or of the gateway, and not of the one text: nobody's text is carried now.
_OF_ALL = frozenset({401, 403, 407, 429})


class NotCarried(Exception):
    """The gateway cannot be reached, or takes no text from us now."""


class Refused(Exception):
    """The gateway answered, and did not take this text."""


class Sender(Protocol):
    def send(self, phone: str, template: str, facts: Mapping[str, str]) -> None:
        """Hand over one text.  Raises NotCarried, Refused."""


class Console:
    """Writes to the terminal in which the product runs."""

    def send(self, phone: str, template: str, facts: Mapping[str, str]) -> None:
        sys.stdout.write(f"\n  短信 → {masked_phone(phone)}  {worded(template, facts)}\n\n")
        sys.stdout.flush()


class File:
    """Appends one JSON line for each text."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, phone: str, template: str, facts: Mapping[str, str]) -> None:
        said = {"phone": phone, "template": template, "facts": dict(facts), "text": worded(template, facts)}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(said, ensure_ascii=False) + "\n")
        except OSError as error:
            raise NotCarried(str(error)) from error


class Gateway:
    """POSTs JSON.  Operators differ in names only, so `body` is their form with marks in it: {phone} {text} {template}
    and the facts {name} {code} {minutes}.  What is taken is answered with 2xx and, if `accepted` is not blank, holds it.
    """

    def __init__(self, url: str, *, body: str = "", headers: str = "", accepted: str = "") -> None:
        self.url = url
        self.body = json.loads(body) if body else {"phone": "{phone}", "text": "{text}", "template": "{template}"}
        self.headers = json.loads(headers) if headers else {}
        self.accepted = accepted

    def send(self, phone: str, template: str, facts: Mapping[str, str]) -> None:
        marks = {"phone": phone, "template": template, "text": worded(template, facts), **facts}
        request = urllib.request.Request(
            self.url,
            data=json.dumps(_filled(self.body, marks), ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"} | self.headers,
            method="POST",
        )
        try:
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                said = answer.read(LONGEST_ANSWER).decode("utf-8", errors="replace")
        except urllib.error.HTTPError as error:
            with error:
                is_ours = error.code >= 500 or error.code in _OF_ALL or error.code < 400
            raise (NotCarried if is_ours else Refused)(f"HTTP {error.code}") from None
        except (OSError, ValueError) as error:
            raise NotCarried(type(error).__name__) from error
        if self.accepted not in said:
            raise Refused("not accepted")


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us on is not the one that was set up."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# No proxy from the environment: the text goes to the gateway and to nobody else.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere)


def sender() -> Sender | None:
    """Return who carries texts here; None where nobody does."""
    way = settings.SMS
    if not way:
        return None
    if way == CONSOLE:
        return Console()
    if way == FILE:
        return File(settings.VAR / "sms.jsonl")
    return Gateway(way, body=settings.SMS_BODY, headers=settings.SMS_HEADERS, accepted=settings.SMS_ACCEPTED)


def is_for_trial() -> bool:
    """Whether texts go where only whoever runs the machine reads them."""
    return settings.SMS in (CONSOLE, FILE)


def _filled(form: Any, marks: Mapping[str, str]) -> Any:
    """Put values where the marks stand; only into texts, so nothing that a value holds becomes structure."""
    if isinstance(form, dict):
        return {key: _filled(value, marks) for key, value in form.items()}
    if isinstance(form, list):
        return [_filled(each, marks) for each in form]
    if isinstance(form, str):
        return re.sub(r"\{(\w+)\}", lambda found: marks.get(found[1], found[0]), form)
    return form
