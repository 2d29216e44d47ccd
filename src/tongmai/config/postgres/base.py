"""Django's PostgreSQL backend, which says at once that the server is away, and prepares only what comes again.

Every statement is prepared (`prepare_threshold: 0`), which is what makes the hot reads fast.  A prepared statement holds
one command, but some of Django's schema changes send two at once, e.g. a new foreign key with its SET CONSTRAINTS:
remove that part when Django sends them one by one.  A savepoint has a name that never comes again: prepared, it would ask
the server three times instead of once.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.utils import OperationalError
from psycopg import Connection, _queries
from psycopg_pool import ConnectionPool, PoolTimeout

from tongmai.config.postgres.instants import adapters
from tongmai.config.postgres.outage import Outage

# psycopg keeps 100 statements per connection and then drops the oldest.  The pages have more than that, and planning one of
# them anew can take longer than running it.
MOST_PREPARED = 1_000
# psycopg looks for the parameters of a statement of more than 4 KB anew each time.  Reading a referral with those that
# belong to it is longer, and looking takes longer than sending.
_queries.MAX_CACHED_STATEMENT_LENGTH = 32_768

_outages: dict[tuple[str, str], Outage] = {}


@contextmanager
def _unprepared(connection: Connection) -> Iterator[None]:
    threshold, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        yield
    finally:
        connection.prepare_threshold = threshold


def look_at(connection: Connection) -> None:
    """Raise an error where a pooled connection has died; it is then replaced before a request gets it.

    The pool's own check asks the server each time.  A server that ends a connection, and a kernel that gives one up,
    can be seen at the socket: only where something has come in need it be asked.
    """
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    if watched.poll(0):
        ConnectionPool.check_connection(connection)


class UnpreparedSchemaEditor(DatabaseSchemaEditor):
    """Prepares nothing between `__enter__` and `__exit__`."""

    def __enter__(self):
        self.connection.ensure_connection()
        self._unprepared = _unprepared(self.connection.connection)
        self._unprepared.__enter__()
        return super().__enter__()

    def __exit__(self, *exception):
        try:
            super().__exit__(*exception)
        finally:
            self._unprepared.__exit__(None, None, None)


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = UnpreparedSchemaEditor

    @property
    def pool(self):
        pool = super().pool
        if pool is not None and pool._check is not None:
            pool._check = look_at
        return pool

    def get_connection_params(self):
        params = super().get_connection_params()
        return params | {"context": adapters(params["context"])}

    def get_new_connection(self, conn_params):
        connection = self._taken(conn_params)
        connection.prepared_max = MOST_PREPARED
        return connection

    def _savepoint(self, sid):
        with _unprepared(self.connection):
            super()._savepoint(sid)

    def _savepoint_commit(self, sid):
        with _unprepared(self.connection):
            super()._savepoint_commit(sid)

    def _savepoint_rollback(self, sid):
        with _unprepared(self.connection):
            super()._savepoint_rollback(sid)

    def _taken(self, conn_params):
        """Take a connection from the pool.  Each thread of the server can have one, so waiting in vain means: away."""
        if not self.pool:
            return super().get_new_connection(conn_params)
        patience = self.pool.timeout + conn_params.get("connect_timeout", 0)
        outage = _outages.setdefault((self.alias, self.settings_dict["NAME"]), Outage(patience=patience))
        if outage.refused():
            raise OperationalError("the database could not be reached a moment ago")
        try:
            connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            outage.begun()
            raise
        outage.ended()
        return connection
