"""The product's WSGI application with a watch on, for the breakdown of `tongmai bench limit`.

`GET /-/watch` returns and clears what was counted: microseconds of CPU per request by kind of work, of the one thread
that this server has, and the CPU of the whole process since it began.
"""

import json
import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")

from django.conf import settings

from tongmai.bench.limit_timers import KINDS, put_on, statement, watch

_ACTOR = "tongmai.foundation.orgs.middleware.ActorOfRequest"
_OURS = "tongmai.bench.limit_timers."
_at = settings.MIDDLEWARE.index(_ACTOR)
settings.MIDDLEWARE[_at : _at + 1] = [f"{_OURS}BeforeActor", _ACTOR, f"{_OURS}AfterActor"]
settings.MIDDLEWARE.append(f"{_OURS}Innermost")

from tongmai.config.wsgi import application as product  # noqa: E402  (after the settings are changed)

put_on()


def application(environ, start_response):
    """Answer as the product does, with the watch on."""
    if environ["PATH_INFO"] == "/-/watch":
        return _told(start_response)
    from django.db import connection

    with watch.on("middleware"), connection.execute_wrapper(statement):
        answer = product(environ, start_response)
        watch.n += 1
        return answer


def _told(start_response):
    n = watch.n or 1
    body = json.dumps(
        {
            "n": watch.n,
            "cpu_us": {kind: round(watch.cpu[kind] / n / 1000, 1) for kind in KINDS},
            "waited_us": round(watch.waited / n / 1000, 1),
            "n_statements": round(watch.n_statements / n, 2),
            "process_us": time.process_time_ns() // 1000,
        }
    ).encode()
    watch.cpu.clear()
    watch.n = watch.waited = watch.n_statements = 0
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
