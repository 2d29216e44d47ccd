"""`field__prefix="I10"`: what starts with these characters, served by an ordinary index on both databases.

Django's `startswith` cannot use an index on SQLite (its LIKE ignores case there), and its cast stands in the way of
some PostgreSQL relatives.  Here SQLite compares a range, and PostgreSQL uses LIKE, which the `varchar_pattern_ops`
index serves that Django creates for every CharField with `db_index=True` or `unique=True`.
"""

from typing import Any

from django.db.models import CharField, Lookup, TextField

LAST_CHARACTER = 0x10FFFF


def next_text(text: str) -> str | None:
    """Return the least text greater than everything that starts with `text`, in code point order.

    None when nothing is greater: `text` is empty, or made of the last character only.
    """
    while text:
        after = ord(text[-1]) + 1
        if after == 0xD800:  # surrogates are not characters and cannot be stored
            after = 0xE000
        if after <= LAST_CHARACTER:
            return text[:-1] + chr(after)
        text = text[:-1]
    return None


@CharField.register_lookup
@TextField.register_lookup
class Prefix(Lookup):
    """Case-sensitive "starts with".  The right side is a plain text; anything else is a programmer's mistake."""

    lookup_name = "prefix"
    prepare_rhs = False

    def get_prep_lookup(self) -> str:
        if not isinstance(self.rhs, str):
            raise TypeError(f"prefix compares with a text, not with {type(self.rhs).__name__}")
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", [*params, connection.ops.prep_for_like_query(self.rhs) + "%"]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        upper = next_text(self.rhs)
        if upper is None:
            return f"{column} >= %s", [*params, self.rhs]
        return f"({column} >= %s AND {column} < %s)", [*params, self.rhs, *params, upper]
