"""Whether a refused request wrote anything: what its statements touched is compared, row by row, with how it was before."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

# Written on purpose by a request that is refused: that somebody tried, that a record was opened, where a session stands.
TRACES = {"audit_accesslog", "audit_answer", "audit_load", "django_session", "orgs_signin", "orgs_attempts"}
_WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.I)


def sent(call: Callable[[], Any], *, refused: Callable[[Any], bool] = lambda answer: answer.status_code >= 400) -> Any:
    """Return (answer, tables): the answer to `call`, and which tables it changed although it refused.

    Everything that was written is taken back.
    """
    touched: set[str] = set()

    def watch(execute, sql, params, many, context):
        found = _WRITES.match(sql)
        if found:
            touched.add(found.group(1))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(watch):
            answer = call()
        looked_at = sorted(touched - TRACES) if refused(answer) else []
        after = {table: _digest(table) for table in looked_at}
        transaction.set_rollback(True)
    return answer, [table for table in looked_at if _digest(table) != after[table]]


def _digest(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        rows = sorted(repr(row) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
