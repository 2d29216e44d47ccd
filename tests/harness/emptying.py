"""How the tables are emptied after a test whose rows were really committed, on PostgreSQL.

Django truncates all of them, which makes several files anew for each table, whether anything stood in it or not.
"""

from django.db.backends.postgresql.operations import DatabaseOperations

# Django fills these again after each emptying, with what is in them.
KEPT = {"auth_permission", "django_content_type"}
_truncating = DatabaseOperations.sql_flush


def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
    """Return what deletes the rows of the tables that have some, their foreign keys unasked: none of them is left."""
    if reset_sequences:
        return _truncating(self, style, tables, reset_sequences=True, allow_cascade=allow_cascade)
    each = {table: self.quote_name(table) for table in tables if table not in KEPT}
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM {q})" for t, q in each.items()))
        filled = [table for (table,) in cursor.fetchall()]
    return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {each[table]}" for table in filled)]
