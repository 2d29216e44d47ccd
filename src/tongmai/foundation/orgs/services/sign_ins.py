"""What is open on which device.  The page that lists them, and everything that ends them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import events
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import SignIn, User
from tongmai.kernel.errors import NotFound

# Ended ones are shown to nobody; the trail of events is the log.
KEPT = timedelta(days=30)


def begin(user: User, *, device: str, address: str, now: datetime) -> SignIn:
    """Open a device for `user`; the caller has made sure that it is she."""
    return SignIn.objects.create(user=user, device=device, address=address, started_at=now, last_seen_at=now)


def end(sign_in_id: UUID, *, user_id: UUID, now: datetime) -> None:
    """Close one device of a user: she signs out there."""
    if SignIn.objects.filter(id=sign_in_id, user_id=user_id, ended_at__isnull=True).update(ended_at=now):
        look_again(user_id)


def look_again(user_id: UUID) -> None:
    """Make every process look at the account's sessions again, at its next request."""
    User.objects.filter(id=user_id).update(sessions_epoch=F("sessions_epoch") + 1)


def end_all(user: User, *, now: datetime, but: UUID | None = None) -> int:
    """Close every device of `user` but one; return how many.  Part of whatever makes her sign-ins worthless."""
    look_again(user.id)
    return SignIn.objects.filter(user=user, ended_at__isnull=True).exclude(id=but).update(ended_at=now)


@transaction.atomic
def end_own(*, by: Actor, sign_in_id: UUID) -> None:
    """Close one of one's own devices.

    Raises:
        NotFound: it is not hers.
    """
    row = SignIn.objects.filter(id=sign_in_id, user_id=by.user_id).first()
    if row is None:
        raise NotFound()
    if row.ended_at is not None:
        return
    end(row.id, user_id=row.user_id, now=by.now)
    record(events.SessionsEnded(user_id=row.user_id, n_sessions=1), by=by, subject_id=row.user_id)


@transaction.atomic
def end_everywhere(*, by: Actor) -> int:
    """Close all of one's own devices, this one too; return how many."""
    user = User.objects.filter(id=by.user_id).first()
    if user is None:
        raise NotFound()
    n_sessions = end_all(user, now=by.now)
    record(events.SessionsEnded(user_id=user.id, n_sessions=n_sessions), by=by, subject_id=user.id)
    return n_sessions


def forget_old(*, by: Actor) -> int:
    """Drop devices that nobody was seen at for a month; return how many."""
    return SignIn.objects.filter(last_seen_at__lt=by.now - KEPT).delete()[0]
