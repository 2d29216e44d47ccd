"""Django's PostgreSQL backend, with prepared statements switched off while the schema changes.

Every statement is prepared (`prepare_threshold: 0`), which is what makes the hot reads fast.  A prepared statement holds
one command, but some of Django's schema changes send two at once, e.g. a new foreign key with its SET CONSTRAINTS.
Remove when Django sends them one by one.
"""

from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor


class UnpreparedSchemaEditor(DatabaseSchemaEditor):
    """Prepares nothing between `__enter__` and `__exit__`."""

    def __enter__(self):
        self.connection.ensure_connection()
        self._threshold = self.connection.connection.prepare_threshold
        self.connection.connection.prepare_threshold = None
        return super().__enter__()

    def __exit__(self, *exception):
        try:
            super().__exit__(*exception)
        finally:
            self.connection.connection.prepare_threshold = self._threshold


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = UnpreparedSchemaEditor
