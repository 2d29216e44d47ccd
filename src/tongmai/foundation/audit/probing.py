"""What machines ask: does the process live, may it be sent requests, how is it doing.

Answered before anything else happens to a request: no session, no cookie, no language, no host name that must be right.
"""

import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from tongmai.foundation.audit import exposition, machine
from tongmai.foundation.audit.checks import late_since
from tongmai.foundation.audit.models import Delivery

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host")
Answer = Callable[[HttpRequest], HttpResponse]


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers.  The database is not asked: one that is away is no reason to restart us."""
    return JsonResponse({"status": "ok", "version": machine.version()})


def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests may be sent here; 503 with the reasons when not."""
    reasons = list(_reasons())
    return JsonResponse(
        {"status": "unready" if reasons else "ready", "reasons": reasons}, status=503 if reasons else 200
    )


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures in Prometheus' text format, to this machine or to who has the token."""
    if not _may_read(request):
        return HttpResponse("not found\n", status=404, content_type="text/plain; charset=utf-8")
    try:
        lines = exposition.lines(now=timezone.now())
        return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain; charset=utf-8")


class Probes:
    """Answers the three addresses itself.  The first middleware."""

    ANSWERS: dict[str, Answer] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.ANSWERS.get(request.path_info)
        if answer is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            response = HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        else:
            response = answer(request)
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'"
        return response


def _reasons() -> Iterator[str]:
    try:
        if pending := _pending_migrations():
            yield f"{pending} migrations are pending: run `tongmai manage migrate`"
            return
        oldest = Delivery.objects.filter(state=Delivery.State.PENDING, attempts=0).aggregate(at=Min("event__at"))["at"]
        now = timezone.now()
        if oldest is not None and oldest < late_since(now):
            minutes = (now - oldest) // timedelta(minutes=1)
            yield f"the oldest event has waited {minutes} minutes: is `tongmai worker` running?"
    except DatabaseError:
        yield "the database does not answer"


class _Schema:
    """Whether the tables are those of this code.  Once they are, that is not asked again: the code of a process is fixed."""

    is_current = False


def _pending_migrations() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if _Schema.is_current:
        return 0
    executor = MigrationExecutor(connection)
    n = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _Schema.is_current = n == 0
    return n


def _may_read(request: HttpRequest) -> bool:
    """With a token in the environment only who has it; without one only this machine itself, not what it forwards."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    is_forwarded = any(name in request.headers for name in _FORWARDED)
    return request.META.get("REMOTE_ADDR", "") in _LOOPBACK and not is_forwarded
