"""The lists that take part, and what of their addresses is kept: filters and the order, no page and no person."""

from collections.abc import Mapping
from urllib.parse import urlencode

LISTS: dict[str, tuple[str, ...]] = {
    "referrals:list": ("group", "box", "direction", "urgency", "state", "slot", "sort"),
    "residents:list": ("whose", "group", "village", "sort"),
    "capacity:board": ("org", "kind", "department", "sort"),
    "orgs:staff": ("org", "role", "inactive", "sort"),
}
LONGEST_VALUE = 60


def kept(list_name: str, asked: Mapping[str, str]) -> str:
    """Return what of an address is kept, as a query in the order of `LISTS`; "" where nothing is narrowed or sorted.

    Raises:
        KeyError: no list of that name takes part.
    """
    wanted = [(name, str(asked.get(name, "")).replace("\x00", "")) for name in LISTS[list_name]]
    return urlencode([(name, value) for name, value in wanted if value and len(value) <= LONGEST_VALUE])
