"""Writing down what happened, in the transaction that did it; and clearing what could not be delivered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongmai.foundation.audit import access, events, subscribing
from tongmai.foundation.audit.bulk import Sheet, can_copy
from tongmai.foundation.audit.happened import BackupMade, BackupRestored, DeliveryRetried, TrailExported
from tongmai.foundation.audit.models import AccessLog, Delivery, Event, JobRun
from tongmai.foundation.audit.together import flush, fresh, insert
from tongmai.kernel import policy
from tongmai.kernel.errors import NotFound
from tongmai.kernel.text import N_

# A backup is started by a timer of the machine, not by the worker; it is remembered where the worker's jobs are.
BACKUP_JOB = "backup"


def record(happened: Any, *, by: Any, subject_id: UUID | None = None, resident_id: UUID | None = None) -> Event:
    """Append an event and its deliveries; run the in-transaction subscribers at once.

    Must be called inside the writer's transaction, so that the event exists exactly if the change does.  Inside a block
    of `together` the row has its id when that ends; with a subscriber in the transaction, at once.
    """
    assert transaction.get_connection().in_atomic_block, "record() belongs inside the service's transaction"
    name = events.name_of(type(happened))
    row = fresh(
        Event,
        name=name,
        subject_id=subject_id,
        resident_id=resident_id or getattr(happened, "resident_id", None),
        payload=events.dump(happened),
        **_done_by(by),
    )
    listeners = subscribing.subscribers_of(name)
    later = [
        fresh(Delivery, event=row, subscriber=s.name, next_try_at=by.now) for s in listeners if not s.in_transaction
    ]
    insert(row, *later)
    now = [listener for listener in listeners if listener.in_transaction]
    if now:
        flush()
    for listener in now:
        listener.handle(happened, key=f"{row.id}:{listener.name}", by=by)
    return row


def record_many(happened: Sequence[tuple[Any, UUID]], *, by: Any) -> None:
    """Append many events at once, each with the id of what it is about: what `record` does with each.

    As rows by the thousand where the database takes them so and nobody waits for them.
    """
    heard = any(subscribing.subscribers_of(name) for name in {events.name_of(type(each)) for each, _ in happened})
    if heard or not can_copy():
        for each, subject_id in happened:
            record(each, by=by, subject_id=subject_id)
        return
    sheet = Sheet(Event, "name", "subject_id", "resident_id", "payload", **_done_by(by))
    for each, subject_id in happened:
        resident_id = getattr(each, "resident_id", None)
        sheet.add(events.name_of(type(each)), subject_id, resident_id, events.dump(each))
    sheet.write()


def _done_by(by: Any) -> dict[str, Any]:
    return {
        "at": by.now, "by_user_id": by.user_id, "by_post_id": by.post_id, "by_org_id": by.org_id, "by_role": by.role,
        "by_name": by.name, "by_org_name": by.org_name, "by_county_code": by.county_code,
    }  # fmt: skip


def log_access(
    *, resident_id: UUID, by: Any, basis: str, what: str, reason: str = "", sensitive: str = ""
) -> AccessLog:
    """Write who opened whose record, on which basis, and which sensitive kinds she saw.  The resident can read this."""
    row = AccessLog(
        resident_id=resident_id,
        at=by.now,
        by_user_id=by.user_id,
        by_post_id=by.post_id,
        by_org_id=by.org_id,
        by_name=by.name,
        by_org_name=by.org_name,
        by_role=by.role,
        by_county_code=by.county_code,
        basis=basis,
        reason=reason,
        what=what,
        sensitive=sensitive,
    )
    insert(row)
    return row


@transaction.atomic
def retry(delivery_id: int, *, by: Any) -> None:
    """Put a parked delivery back into the queue, as if it had never been tried.

    Raises:
        NotFound: no such delivery in the reach of `by`, or it is not parked any more.
    """
    parked = access.visible_deliveries(by).filter(id=access.row_id(delivery_id), state=Delivery.State.PARKED)
    found = parked.values_list("id", flat=True).first()
    changed = found and Delivery.objects.filter(id=found, state=Delivery.State.PARKED).update(
        state=Delivery.State.PENDING, attempts=0, next_try_at=by.now, claimed_until=None
    )
    if not changed:
        raise NotFound()
    record(DeliveryRetried(delivery_id=delivery_id), by=by)


@transaction.atomic
def note_export(*, what: str, n_rows: int, by: Any) -> None:
    """Write that `by` took rows of the trail out of the system."""
    record(TrailExported(what=what, n_rows=n_rows), by=by)


@transaction.atomic
def note_backup(*, file_name: str, n_bytes: int, by: Any) -> None:
    """Remember that everything was backed up, and by when the next backup is due."""
    due_at = by.now + policy.shipped().value("audit.backup.max_age", on=by.today).timedelta()
    said = f"{file_name} · {n_bytes / 1e6:.1f} MB"[:200]
    JobRun.objects.update_or_create(
        name=BACKUP_JOB,
        defaults={
            "title": N_("备份数据库"), "due_at": due_at, "done_at": by.now, "said": said, "last_error": "", "n_failures": 0
        },
    )  # fmt: skip
    record(BackupMade(file_name=file_name, n_bytes=n_bytes), by=by)


@transaction.atomic
def note_failed_backup(*, error: str, by: Any) -> None:
    """Remember that a backup failed; when the last one succeeded stays known."""
    JobRun.objects.get_or_create(name=BACKUP_JOB, defaults={"title": N_("备份数据库"), "due_at": by.now})
    JobRun.objects.filter(name=BACKUP_JOB).update(last_error=error, n_failures=F("n_failures") + 1)


@transaction.atomic
def note_restore(*, file_name: str, made_at: datetime, by: Any) -> None:
    """Write into a restored database that it is one."""
    record(BackupRestored(file_name=file_name, made_at=made_at), by=by)
