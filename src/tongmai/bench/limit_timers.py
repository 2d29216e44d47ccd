"""Where a request's time goes: a watch that is always on one of a few kinds of work, and the places where it is switched.

Only the server of the breakdown in `tongmai bench limit` wears it.  What is inside is not counted outside: the time of a
query in a template is the query's.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

KINDS = ("middleware", "session, user, post", "routing", "view and rules", "SQL: building and reading",
         "SQL: driver and database", "schema and JSON", "rendering")  # fmt: skip
_now = time.thread_time_ns


class Watch(threading.local):
    """The kinds of work that the thread is in, the innermost last; CPU time by kind, and the wall time of statements."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.since = 0
        self.cpu: defaultdict[str, int] = defaultdict(int)
        self.n = 0
        self.waited = 0
        self.n_statements = 0

    def _settle(self) -> None:
        now = _now()
        if self.kinds:
            self.cpu[self.kinds[-1]] += now - self.since
        self.since = now

    @contextmanager
    def on(self, kind: str) -> Iterator[None]:
        """Count what happens inside as `kind`."""
        self._settle()
        self.kinds.append(kind)
        try:
            yield
        finally:
            self._settle()
            self.kinds.pop()

    def turn_to(self, kind: str) -> None:
        """Go over from the present kind to another, at the same depth."""
        self._settle()
        if self.kinds:
            self.kinds[-1] = kind


watch = Watch()


def counted(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function, whose time is counted as `kind`."""

    @wraps(function)
    def run(*args: Any, **named: Any) -> Any:
        with watch.on(kind):
            return function(*args, **named)

    return run


class BeforeActor:
    """Middleware in front of the one that makes the actor."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        watch.turn_to("session, user, post")
        response = self.get_response(request)
        watch.turn_to("middleware")
        return response


class AfterActor(BeforeActor):
    """Middleware behind it."""

    def __call__(self, request: Any) -> Any:
        watch.turn_to("middleware")
        response = self.get_response(request)
        watch.turn_to("session, user, post")
        return response


class Innermost(BeforeActor):
    """Middleware that nothing follows but the choice of the view, and the view."""

    def __call__(self, request: Any) -> Any:
        watch.turn_to("routing")
        response = self.get_response(request)
        watch.turn_to("middleware")
        return response

    def process_view(self, request: Any, view: Callable, args: Any, named: Any) -> None:
        watch.turn_to("view and rules")


def put_on() -> None:
    """Wrap what does the work, in this process."""
    import jinja2
    from django.db.models.query import QuerySet
    from django.db.models.sql.compiler import SQLCompiler, SQLInsertCompiler, SQLUpdateCompiler
    from ninja.operation import Operation

    building = "SQL: building and reading"
    QuerySet._fetch_all = counted(building, QuerySet._fetch_all)
    for compiler in (SQLCompiler, SQLInsertCompiler, SQLUpdateCompiler):
        compiler.execute_sql = counted(building, compiler.execute_sql)
    jinja2.Template.render = counted("rendering", jinja2.Template.render)
    Operation._result_to_response = counted("schema and JSON", Operation._result_to_response)
    Operation._get_values = counted("schema and JSON", Operation._get_values)


def statement(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
    """An execute wrapper: the driver's CPU, and how long the thread waited."""
    with watch.on("SQL: driver and database"):
        wall, cpu = time.perf_counter_ns(), _now()
        try:
            return execute(sql, params, many, context)
        finally:
            watch.waited += (time.perf_counter_ns() - wall) - (_now() - cpu)
            watch.n_statements += 1
