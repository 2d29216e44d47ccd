"""What time does: unused reserved places are released, holds run out.

Nothing depends on these jobs running on time: every taking looks at the instants itself.  They make what is already
true visible in the rows.
"""

from django.db import transaction

from tongmai.commons.capacity import events, steps, taking
from tongmai.commons.capacity.models import Pool
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor

BATCH = 200


def release_due(by: Actor) -> int:
    """Release every session that is due, in batches; return how many."""
    n = 0
    while batch := _release_batch(by):
        n += batch
    return n


def expire_holds(by: Actor) -> int:
    """End every hold that ran out, in batches; return how many."""
    n = 0
    while batch := _expire_batch(by):
        n += batch
    return n


@transaction.atomic
def _release_batch(by: Actor) -> int:
    due = Pool.objects.filter(released_at__isnull=True, release_at__lte=by.now)
    locked = list(due.select_for_update(skip_locked=True).order_by("id").values_list("id", flat=True)[:BATCH])
    Pool.objects.filter(id__in=locked).update(**taking.release_values(by.now))
    for pool_id, n_released in Pool.objects.filter(id__in=locked, n_released__gt=0).values_list("id", "n_released"):
        audit.record(events.CapacityReleased(pool_id=pool_id, n_released=n_released), by=by, subject_id=pool_id)
    return len(locked)


@transaction.atomic
def _expire_batch(by: Actor) -> int:
    overdue = taking.lock_overdue(None, by.now, limit=BATCH)
    taking.move(taking.Move(taking.places_of(overdue), (), (), by.now))
    steps.expire(overdue, by=by)
    return len(overdue)
