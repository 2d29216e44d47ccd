"""Addresses that are written often: of the row of a list, of an entry that stands on every page.

Django finds an address by trying the patterns; here that is done once for each name.
"""

from functools import cache
from uuid import UUID

from django.urls import get_script_prefix, reverse

_ANY = UUID(int=0)


def of_row(name: str, row_id: UUID) -> str:
    """Return the address of the view called `name` for one row; its only argument is the row's id."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{row_id}{after}"


def plain(name: str) -> str:
    """Return the address of the view called `name`, which takes no argument."""
    return _plain(name, get_script_prefix())


@cache
def _around(name: str, prefix: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_ANY]).partition(str(_ANY))
    return before, after


@cache
def _plain(name: str, prefix: str) -> str:
    return reverse(name)
