"""Making one of two entries of one person: nothing is lost, and what a merge changed is written down (`parting`: two again).

What hangs on a resident is found from the tables themselves, so an app that comes later is moved along without a word
here.  What may stand only once with a person (her number in use, her main telephone) yields to the survivor's or stays
behind with the retired entry; what cannot, such as two open stays in one hospital, is to be settled first.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.translation import gettext

from tongmai.commons.residents import access
from tongmai.commons.residents.errors import MergeBlocked
from tongmai.commons.residents.events import ResidentsMerged
from tongmai.commons.residents.models import (
    Coverage,
    Guardian,
    Identifier,
    IdentityChange,
    IdentityReview,
    IndexEntry,
    KnownTo,
    Merge,
    MergedRow,
    Phone,
    Resident,
    SearchKey,
    Tag,
)
from tongmai.commons.residents.services.keys import rewrite_keys
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.models import AppendOnly
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

Column = tuple[type[models.Model], str]
# Not what hangs on a person, but what tells of entries: their own history, what follows from them, and merges.
OF_THE_ENTRY = {Resident, SearchKey, IndexEntry, IdentityReview, Merge, IdentityChange}
# The same said twice: the retired entry keeps its own where the survivor has one.
MAY_STAY = {KnownTo, Phone, Coverage, Tag, Guardian}
_more_may_stay: set[str] = set()
_called: dict[str, str] = {}
CLOSED_BECAUSE = N_("合并档案")


def may_stay(*labels: str) -> None:
    """Say of tables above that a row which the survivor has too stays with the retired entry (config/merging.py)."""
    _more_may_stay.update(labels)


def call(label: str, words: str) -> None:
    """Say what people call the rows of a table above of which both entries may have one that stands in the way."""
    _called[label] = words


def stays(model: type[models.Model]) -> bool:
    """Whether rows of this table may stay with the retired entry."""
    return model in MAY_STAY or model._meta.label in _more_may_stay


@cache
def columns() -> tuple[Column, ...]:
    """Return every column of every table that names a resident and moves when her entry does.

    Foreign keys to residents, and plain ids called `resident_id` of tables that are not sealed histories.
    """
    found: list[Column] = []
    for model in apps.get_models():
        if not model.__module__.startswith("tongmai.") or model in OF_THE_ENTRY:
            continue
        for field in model._meta.concrete_fields:
            is_key = isinstance(field, models.ForeignKey) and field.related_model is Resident
            is_value = field.name == "resident_id" and isinstance(field, models.UUIDField)
            if is_key or (is_value and not issubclass(model, AppendOnly)):
                found.append((model, field.attname))
    return tuple(found)


@transaction.atomic
def merge(*, retired_id: UUID, survivor_id: UUID, reason: str, by: Actor, review_id: UUID | None = None) -> Merge:
    """Make one of two entries: what hangs on `retired_id` hangs on `survivor_id` from now on.

    The retired entry stays as it is, out of every search; who asks for it is told which one stands for it.

    Raises:
        NotFound, NotPermitted: one is out of reach; this post does not decide who is who.
        InvalidInput: one entry twice, or no reason.  EntryMerged: one of them is merged already.
        MergeBlocked: both have something of which a person can have one only; fact `what` names it.
    """
    require(by, Action.MATCH_RESIDENTS)
    if retired_id == survivor_id:
        raise InvalidInput(field="survivor_id", problem=N_("两份档案是同一份"))
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    for each in sorted([retired_id, survivor_id]):
        access.get(each, by=by, lock=True)
    done = Merge.objects.create(
        retired_id=retired_id, survivor_id=survivor_id, review_id=review_id, reason=reason.strip()[:200],
        merged_at=by.now, merged_by_id=by.user_id, stood=_standing_with(survivor_id),
    )  # fmt: skip
    moved = [*_yielded(done, by)]
    for column in columns():
        moved += _moved(done, *column)
    MergedRow.objects.bulk_create(moved)
    set_standing(done, merged_into=survivor_id)
    write_down(done, ResidentsMerged, by)
    return done


def _standing_with(survivor_id: UUID) -> dict[str, list[str]]:
    """What hangs on the survivor already: all else that hangs there later came after the merge, or by it."""
    found = {}
    for model, column in columns():
        keys = list(map(str, rows_of(model).filter(**{column: survivor_id}).values_list("pk", flat=True)))
        if keys:
            found[f"{model._meta.label}.{column}"] = keys
    return found


def _moved(done: Merge, model: type[models.Model], column: str) -> Iterator[MergedRow]:
    """Move the rows of one column, at once where that goes, else one by one; yield what was moved."""
    rows = rows_of(model)
    keys = list(rows.filter(**{column: done.retired_id}).order_by("pk").values_list("pk", flat=True))
    if not keys:
        return
    try:
        with transaction.atomic():
            rows.filter(pk__in=keys).update(**{column: done.survivor_id})
    except IntegrityError:
        keys = [key for key in keys if _moves(done, model, column, key)]
    for key in keys:
        yield _note(done, model, key, column, done.retired_id, done.survivor_id)


def _moves(done: Merge, model: type[models.Model], column: str, key: Any) -> bool:
    try:
        with transaction.atomic():
            rows_of(model).filter(pk=key).update(**{column: done.survivor_id})
    except IntegrityError:
        if stays(model):
            return False
        raise MergeBlocked(what=gettext(_called.get(model._meta.label, model._meta.label))) from None
    return True


def _yielded(done: Merge, by: Actor) -> Iterator[MergedRow]:
    """What a person has only one of: the survivor's stays in use, the other's is put away and moves as history."""
    for main in Phone.objects.filter(resident=done.retired_id, is_main=True, closed_at=None):
        if Phone.objects.filter(resident=done.survivor_id, is_main=True, closed_at=None).exists():
            yield from _changed(done, main, {"is_main": False})
    for number in Identifier.objects.filter(resident=done.retired_id, is_current=True, kind="citizen_id"):
        if Identifier.objects.filter(resident=done.survivor_id, is_current=True, kind="citizen_id").exists():
            closed = {"is_current": False, "closed_at": by.now, "closed_by_id": by.user_id}
            yield from _changed(done, number, closed | {"close_reason": str(CLOSED_BECAUSE)})


def _changed(done: Merge, row: models.Model, values: dict[str, Any]) -> Iterator[MergedRow]:
    for column, value in values.items():
        yield _note(done, type(row), row.pk, column, getattr(row, column), value)
    rows_of(type(row)).filter(pk=row.pk).update(**values)


def _note(done: Merge, model: type[models.Model], key: Any, column: str, before: Any, after: Any) -> MergedRow:
    return MergedRow(
        merge=done, model=model._meta.label, row_key=str(key), column=column, before=_plain(before), after=_plain(after)
    )


def set_standing(done: Merge, *, merged_into: UUID | None) -> None:
    """Say of the retired entry which one stands for it, and find both by what they are now."""
    Resident.objects.filter(id=done.retired_id).update(merged_into=merged_into, version=F("version") + 1)
    Resident.objects.filter(id=done.survivor_id).update(version=F("version") + 1)
    for each in (done.retired_id, done.survivor_id):
        rewrite_keys(each)


def write_down(done: Merge, event: type, by: Actor) -> None:
    """Log that both entries were opened, and record what happened to them."""
    for each in (done.retired_id, done.survivor_id):
        audit.log_access(resident_id=each, by=by, basis="registration", what="merge")
    audit.record(
        event(merge_id=done.id, resident_id=done.survivor_id, retired_id=done.retired_id), by=by, subject_id=done.id
    )


def rows_of(model: type[models.Model]) -> models.QuerySet:
    """Return the rows of a table, a history too: what was said is not changed, but whose it is."""
    return models.QuerySet(model=model)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
