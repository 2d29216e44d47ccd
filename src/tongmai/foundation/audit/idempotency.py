"""An API write that is sent again does nothing twice and is answered as before.

The write and its answer are committed together, so there is no moment at which one exists without the other.  A
request with the same key that comes while the first one runs waits for it, and is then given its answer.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongmai.foundation.audit.models import Answer
from tongmai.ui.api import problem

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEY = re.compile(r"[\x21-\x7e]{1,80}")
# What depends on the moment is not kept: the same request may succeed later.
_NOT_KEPT = frozenset({401, 403, 408, 425, 428, 429})
REPLAYED = "Idempotent-Replay"


class IdempotentWrites:
    """Middleware behind the one that makes `request.actor`: keeps and replays answers of writes under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        actor = getattr(request, "actor", None)
        if key is None or request.method not in WRITES or not request.path.startswith("/api/"):
            return self.get_response(request)
        if actor is None or actor.user_id is None:
            return self.get_response(request)
        if _KEY.fullmatch(key) is None:
            return problem(422, "idempotency-key", _("Idempotency-Key 应为 1 至 80 个可见的 ASCII 字符"))
        return self._once(request, key, actor)

    def _once(self, request: HttpRequest, key: str, actor: Any) -> HttpResponse:
        fingerprint = _fingerprint(request, actor)
        try:
            with transaction.atomic():
                answer = Answer.objects.create(
                    user_id=actor.user_id, key=key, fingerprint=fingerprint, given_at=actor.now
                )
                response = self.get_response(request)
                if response.status_code >= 500 or response.status_code in _NOT_KEPT:
                    transaction.set_rollback(True)
                else:
                    _keep(answer, response)
                return response
        except IntegrityError:
            kept = Answer.objects.filter(user_id=actor.user_id, key=key).first()
            if kept is None:
                raise
        return _replay(kept, fingerprint)


def _fingerprint(request: HttpRequest, actor: Any) -> bytes:
    """Return what makes two requests the same: method, address, body, version seen, and the post that acts."""
    parts = (
        str(request.method),
        request.get_full_path(),
        request.headers.get("If-Match", ""),
        str(actor.post_id),
    )
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request.body).digest()


def _keep(answer: Answer, response: HttpResponse) -> None:
    answer.status = response.status_code
    answer.content_type = response.headers.get("Content-Type", "")[:80]
    answer.etag = response.headers.get("ETag", "")[:80]
    answer.location = response.headers.get("Location", "")[:400]
    answer.body = response.content
    answer.save(update_fields=["status", "content_type", "etag", "location", "body"])


def _replay(kept: Answer, fingerprint: bytes) -> HttpResponse:
    if bytes(kept.fingerprint) != fingerprint:
        return problem(409, "idempotency-key-reused", _("这个 Idempotency-Key 已用于另一项请求"))
    response = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
    for name, value in (("ETag", kept.etag), ("Location", kept.location)):
        if value:
            response.headers[name] = value
    response.headers[REPLAYED] = "true"
    return response
