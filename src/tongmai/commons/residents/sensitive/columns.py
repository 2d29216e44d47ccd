"""The column of every table whose rows may be sensitive, and the index by which a person's are found."""

from django.db import models
from django.db.models import Q


def sensitivity() -> models.CharField:
    """Return the column that keeps the sensitive kinds of an entry, with blanks between; decided when it is written."""
    return models.CharField(max_length=80, blank=True, default="", db_default="")


def marked_of(table: str) -> models.Index:
    """Return the index of a person's sensitive rows: most people have none, so it is small."""
    return models.Index(fields=["resident"], name=f"{table}_sensitive", condition=~Q(sensitivity=""))
