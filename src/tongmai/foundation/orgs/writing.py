"""How rows are written here: with the version that was seen, and with the names by which they are found."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from tongmai.foundation.catalog.errors import UnknownCode
from tongmai.foundation.catalog.search import BAR, keys_of, squeezed
from tongmai.foundation.orgs import rules
from tongmai.foundation.orgs.errors import AlreadyExists, OwnRights
from tongmai.kernel import pinyin
from tongmai.kernel.errors import InvalidInput, require_seen


def insert(row: models.Model, *, value: str) -> None:
    """Insert `row`; `value` is named when a unique constraint refuses it.

    Raises:
        AlreadyExists: somebody else has the same code or name, or was faster.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise AlreadyExists(value=value) from None


def change(row: Any, changes: dict[str, Any], *, seen: int | None, value: str = "") -> list[str]:
    """Set what differs, raise the version, save; return the names of the changed fields (none: nothing was written).

    `row` is locked by the caller.  `seen` is the version its user looked at; None where a program did not look.

    Raises:
        VersionConflict: somebody changed the row in between.
        AlreadyExists: the new values collide with those of another row.
    """
    require_seen(seen, row.version)
    fields = [name for name, new in changes.items() if getattr(row, name) != new]
    if not fields:
        return []
    for name in fields:
        setattr(row, name, changes[name])
    row.version += 1
    try:
        with transaction.atomic():
            row.save(update_fields=[*fields, "version"])
    except IntegrityError:
        raise AlreadyExists(value=value) from None
    return fields


def text(field: str, given: str, *, most: int, least: int = 0) -> str:
    """Return `given` without blanks around it.

    Raises:
        InvalidInput: too long or too short for the column, or with characters that no screen shows.
    """
    kept = given.strip()
    if not least <= len(kept) <= most:
        problem = _("应为 %(least)s 至 %(most)s 个字") if least else _("不能超过 %(most)s 个字")
        raise InvalidInput(field=field, problem=problem % {"least": least, "most": most})
    if not kept.isprintable():
        raise InvalidInput(field=field, problem=_("含有不可见字符"))
    return kept


def coded(field: str, find: Callable[[str, date], Any], code: str, *, on: date) -> Any:
    """Return the catalogue's entry of `code` in force on the day.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return find(code, on)
    except UnknownCode as absent:
        raise InvalidInput(field=field, problem=absent.said(_)) from None


def org_keys(*names: str) -> str:
    """Return the search text of an organisation or alliance: its names, their pinyin and initials, its code."""
    return keys_of(*names)


def person_keys(name: str, *others: str) -> str:
    """Return the search text of a person: name, every likely reading of it, and e.g. the staff number."""
    found = pinyin.keys(name)
    parts = [squeezed(name), *found.full, *found.initials, *map(squeezed, others)]
    return BAR + BAR.join(dict.fromkeys(filter(None, parts))) + BAR


def not_own(staff_id: Any, *, by: Any) -> None:
    """Refuse somebody who would change her own rights.

    Raises:
        OwnRights: she would.
    """
    if rules.is_own(by.staff_id, staff_id):
        raise OwnRights()
