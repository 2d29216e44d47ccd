"""What a form that writes is opened with: the token against forgery, and a key under which it is carried out once.

Each form of each page has a key of its own.  A form that is sent again, because no answer came or because somebody went
back, brings the same key; `foundation.audit.idempotency` then gives the answer of the first time and writes nothing.
Forms that only ask (searches) and those without an account (sign-in) have `csrf_input` alone.
"""

import hashlib
import json
import secrets

from django.http import HttpRequest
from django.template.backends.utils import csrf_input

FIELD = "once"
NOT_SAID = frozenset({FIELD, "csrfmiddlewaretoken"})  # they differ although the same is said


class Input:
    """`{{ once_input }}` of a template: the hidden fields, with another key at each place where it stands."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._input: str | None = None

    def __html__(self) -> str:
        self._input = self._input or str(csrf_input(self._request))
        return f'{self._input}<input type="hidden" name="{FIELD}" value="{secrets.token_urlsafe(16)}">'


def key_of(request: HttpRequest) -> str | None:
    """Return the key that a posted form brings, None when it has none."""
    return request.POST.get(FIELD) if request.method == "POST" else None


def said(request: HttpRequest) -> bytes:
    """Return a digest of what a posted form says, files too: the same for the same form, however often it is sent."""
    fields = [(name, values) for name, values in request.POST.lists() if name not in NOT_SAID]
    digest = hashlib.sha256(json.dumps(fields).encode())
    for name, files in request.FILES.lists():
        for file in files:
            digest.update(json.dumps([name, file.name, file.size]).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.digest()
