"""What is sent again does nothing twice and is answered as before: writes of the API, and forms of pages.

A program names its request in the head line `Idempotency-Key`; a form has its key in a hidden field (`ui.once`).  The
write and its answer are committed together, so there is no moment at which one exists without the other.

The answer is put down last, by one INSERT, and its unique key decides: who comes second is carried out as far as that
and taken back, or waits there for the first one to commit.  So the first time, which is the usual one, costs one
statement; and whoever is refused, because what he asks for has been done, is told how it was done.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongmai.foundation.audit.models import Answer
from tongmai.ui import failures, http, once
from tongmai.ui.api import problem

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEY = re.compile(r"[\x21-\x7e]{1,80}")
# What depends on the moment is not kept: the same request may succeed later.
_NOT_KEPT = frozenset({401, 403, 408, 425, 428, 429})
REPLAYED = "Idempotent-Replay"


class IdempotentWrites:
    """Middleware behind the one that makes `request.actor`: keeps the answers of writes that name themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if request.method not in WRITES or actor is None or actor.user_id is None:
            return self.get_response(request)
        way: type[_Way] = _Api if request.path.startswith("/api/") else _Page
        key = way.key_of(request)
        if key is None:
            return self.get_response(request)
        if _KEY.fullmatch(key) is None:
            return way.wrong_key(request)
        return self._once(request, key, way)

    def _once(self, request: HttpRequest, key: str, way: type["_Way"]) -> HttpResponse:
        named = {"user_id": request.actor.user_id, "key": key}  # type: ignore[attr-defined]
        fingerprint = _fingerprint(request, way)
        try:
            with transaction.atomic():
                response = self.get_response(request)
                facts = way.kept(response)
                if facts is not None:
                    at = request.actor.now  # type: ignore[attr-defined]
                    Answer.objects.create(**named, fingerprint=fingerprint, given_at=at, **facts)
                    return response
                earlier = Answer.objects.filter(**named).first() if response.status_code < 500 else None
                if earlier is not None or way.takes_back(response):
                    transaction.set_rollback(True)
        except IntegrityError:
            earlier = Answer.objects.filter(**named).first()
            if earlier is None:
                raise
        if earlier is None:
            return response
        if bytes(earlier.fingerprint) != fingerprint:
            return way.used_otherwise(request, earlier)
        return way.again(request, earlier)


class _Api:
    """A program is given the very same answer again, a refusal too."""

    @staticmethod
    def key_of(request: HttpRequest) -> str | None:
        return request.headers.get("Idempotency-Key")

    @staticmethod
    def said(request: HttpRequest) -> bytes:
        return request.headers.get("If-Match", "").encode() + b"\n" + request.body

    @staticmethod
    def kept(response: HttpResponse) -> dict[str, Any] | None:
        if response.status_code >= 500 or response.status_code in _NOT_KEPT:
            return None
        return {
            "status": response.status_code,
            "content_type": response.headers.get("Content-Type", "")[:80],
            "etag": response.headers.get("ETag", "")[:80],
            "location": response.headers.get("Location", "")[:1000],
            "body": response.content,
        }

    @staticmethod
    def takes_back(response: HttpResponse) -> bool:
        return True

    @staticmethod
    def again(request: HttpRequest, kept: Answer) -> HttpResponse:
        response = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
        for name, value in (("ETag", kept.etag), ("Location", kept.location)):
            if value:
                response.headers[name] = value
        response.headers[REPLAYED] = "true"
        return response

    @staticmethod
    def used_otherwise(request: HttpRequest, kept: Answer) -> HttpResponse:
        return problem(409, "idempotency-key-reused", _("这个 Idempotency-Key 已用于另一项请求"))

    @staticmethod
    def wrong_key(request: HttpRequest) -> HttpResponse:
        return problem(422, "idempotency-key", _("Idempotency-Key 应为 1 至 80 个可见的 ASCII 字符"))


class _Page:
    """A person is led on to where the form led the first time.  A form that was refused is shown again, with a new key;
    what such a page wrote (that somebody tried, that a record was opened) stays."""

    key_of = staticmethod(once.key_of)
    said = staticmethod(once.said)

    @staticmethod
    def kept(response: HttpResponse) -> dict[str, Any] | None:
        way_on = http.way_on(response)
        if way_on is None:
            return None
        return {"status": response.status_code, "location": way_on.target[:1000], "said": way_on.message[:300]}

    @staticmethod
    def takes_back(response: HttpResponse) -> bool:
        return response.status_code >= 500

    @staticmethod
    def again(request: HttpRequest, kept: Answer) -> HttpResponse:
        response = http.go(request, kept.location, kept.said)
        response.headers[REPLAYED] = "true"
        return response

    @staticmethod
    def used_otherwise(request: HttpRequest, kept: Answer) -> HttpResponse:
        return failures.shown(
            request,
            409,
            "sent-otherwise",
            _("这份表单已经提交并保存过；这次的内容不同，没有再保存"),
            _("请先查看已保存的内容。确需另外登记的，请重新打开表单填写。"),
            saved_href=kept.location,
        )

    @staticmethod
    def wrong_key(request: HttpRequest) -> HttpResponse:
        return failures.shown(
            request,
            422,
            "form-key",
            _("表单不完整，没有保存"),
            _("请重新打开表单，再提交一次；填写的内容仍保留在本机。"),
        )


_Way = _Api | _Page


def _fingerprint(request: HttpRequest, way: type[_Way]) -> bytes:
    """Return what makes two requests the same: method, address, what is said, and the post that acts."""
    parts = (str(request.method), request.get_full_path(), str(request.actor.post_id))  # type: ignore[attr-defined]
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + way.said(request)).digest()
