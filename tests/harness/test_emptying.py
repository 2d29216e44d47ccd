"""After a test whose rows were committed nothing of them is left, however they name one another."""

from django.core.management import call_command
from django.db import connection

from tests import living


def _filled() -> set[str]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names))
        return {row[0] for row in cursor.fetchall()}


def test_nothing_is_left_of_a_county(transactional_db):
    before = _filled()
    living.lived_in()
    assert len(_filled()) > len(before) + 50
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    assert _filled() <= before | {"sqlite_sequence"}
