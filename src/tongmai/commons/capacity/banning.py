"""Who missed too many bookings may not book for a while; it ends by itself, and there is a way back."""

from uuid import UUID

from django.db.models import Q

from tongmai.commons.capacity import errors, events, rules, terms
from tongmai.commons.capacity.models import Ban, Booking
from tongmai.commons.capacity.states import Share, State
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.policy import At
from tongmai.ui.words import when


def check(resident_id: UUID, *, share_wanted: Share, is_emergency: bool, at: At, by: Actor) -> None:
    """Refuse a booking that a ban stands against.

    Raises:
        Banned: it does.
    """
    blocks = rules.ban_blocks(
        share_wanted=share_wanted,
        is_emergency=is_emergency,
        blocks_referrals=terms.ban_blocks_referrals(at=at, on=by.today),
    )
    if not blocks:
        return
    until = in_force(by).filter(resident_id=resident_id).order_by("-until").values_list("until", flat=True).first()
    if until is not None:
        raise errors.Banned(until=when(until))


def in_force(by: Actor):
    """Return the bans that stand now."""
    return Ban.objects.filter(until__gt=by.now, lifted_at__isnull=True)


def consider(booking: Booking, *, by: Actor) -> Ban | None:
    """Ban the resident if this missed booking makes too many.  Called in the transaction that marked it missed.

    Only what was missed since the last ban counts: nobody is banned twice for the same.
    """
    org_id = booking.resource.org_id
    terms_now = terms.no_show_terms(at=org_id, on=by.today)
    missed = Booking.objects.filter(
        Q(state=State.NO_SHOW) | Q(is_late_cancel=True),
        resident_id=booking.resident_id,
        starts_at__gt=by.now - terms_now.window,
    )
    last = Ban.objects.filter(resident_id=booking.resident_id).order_by("-banned_at").first()
    if last is not None:
        missed = missed.filter(starts_at__gt=last.booking.starts_at)
    started = [min(at, by.now) for at in missed.values_list("starts_at", flat=True)]
    until = rules.ban_until(started, now=by.now, terms=terms_now)
    if until is None or in_force(by).filter(resident_id=booking.resident_id).exists():
        return None
    ban = Ban.objects.create(
        resident_id=booking.resident_id,
        org_id=org_id,
        booking=booking,
        n_missed=len(started),
        banned_at=by.now,
        banned_by_id=by.user_id,
        until=until,
    )
    audit.record(
        events.ResidentBanned(ban_id=ban.id, resident_id=ban.resident_id, until=until, n_missed=ban.n_missed),
        by=by,
        subject_id=ban.id,
    )
    return ban


def undo(booking: Booking, *, by: Actor) -> None:
    """Lift the ban that followed from a booking after all kept."""
    for ban in Ban.objects.filter(booking=booking, lifted_at__isnull=True, until__gt=by.now):
        lift(ban, by=by, reason=LATE_ARRIVAL)


LATE_ARRIVAL = "迟到后已到诊"


def lift(ban: Ban, *, by: Actor, reason: str) -> None:
    """End a ban before its time."""
    ban.lifted_at, ban.lifted_by_id, ban.lift_reason = by.now, by.user_id, reason
    ban.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    audit.record(events.BanLifted(ban_id=ban.id, resident_id=ban.resident_id, reason=reason), by=by, subject_id=ban.id)
