"""Places for accepted referrals: taken in the referral's own transaction, given back with it, missed and written down."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tongmai.care.referrals import access, events, rules
from tongmai.care.referrals.models import Referral, SlotIssue
from tongmai.care.referrals.services.taking import take
from tongmai.care.referrals.states import UpStep, Urgency
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.errors import NightFull, NoCapacity, SessionClosed
from tongmai.commons.capacity.models import Booking, Pool
from tongmai.commons.capacity.sources import Source, SourceKind
from tongmai.commons.capacity.states import Kind, Share
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import run
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import PreparedUpdate
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.months import local_day
from tongmai.kernel.text import N_
from tongmai.ui.words import clock


def book(*, referral_id: UUID, pool_ids: Sequence[UUID], by: Actor, seen_version: int | None = None) -> Referral:
    """Take a place for an accepted referral, or again after a no-show; an open slot issue is closed by it.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        NoCapacity, SessionClosed, AlreadyBooked, InvalidInput: as in `capacity.services.book`; nothing has changed,
            except that a missing place is on record and a slot issue is open.
    """
    try:
        with transaction.atomic():
            referral = access.get(referral_id, by=by, step=UpStep.BOOK, lock=True, seen_version=seen_version)
            _book(referral, pool_ids, by=by)
            return referral
    except (NoCapacity, SessionClosed) as full:
        with transaction.atomic():
            found = access.get(referral_id, by=by, lock=True)
            open_issue(found, by=by, was_refused=True, full_on=_full_night(full))
        raise


@transaction.atomic
def reschedule(
    *, referral_id: UUID, pool_ids: Sequence[UUID], by: Actor, reason: str, seen_version: int | None = None
) -> Referral:
    """Move a booked referral to another place; the old one is kept when there is none.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        ReasonMissing: no reason.
        NoCapacity, SessionClosed, AlreadyBooked, TooLate, InvalidInput: as in `capacity.services.reschedule`.
    """
    referral = access.get(referral_id, by=by, step=UpStep.RESCHEDULE, lock=True, seen_version=seen_version)
    _check_pools(referral, pool_ids)
    before = referral.booked_place
    booking = capacity.reschedule(
        booking_id=referral.booking_id, pool_ids=list(pool_ids), by=by, reason=reason, through=source_of(referral)
    )
    _copy_place(referral, booking)
    take(referral, UpStep.RESCHEDULE, by=by, reason=reason, facts=f"{before} → {referral.booked_place}")
    return referral


def book_or_open_issue(referral: Referral, pool_ids: Sequence[UUID], *, by: Actor) -> None:
    """Take the place for a referral accepted just now; when it is gone, open a slot issue instead."""
    try:
        _book(referral, pool_ids, by=by, notes_refusal=False)
    except (NoCapacity, SessionClosed) as full:  # nothing was changed by it
        open_issue(referral, by=by, was_refused=True, full_on=_full_night(full))


def open_issue(referral: Referral, *, by: Actor, was_refused: bool = False, full_on: date | None = None) -> SlotIssue:
    """Keep a referral that was accepted without a place on the slot-issue list; once is enough.

    With `was_refused` a place was asked for in vain: that goes on capacity's list, which the compliance page counts.
    `full_on` is the night of a stay that had no bed.
    """
    if was_refused:
        _note_refusal(referral, by=by)
    found = SlotIssue.objects.filter(referral=referral, closed_at__isnull=True).first()
    if found is not None:
        referral.has_slot_issue = True
        if full_on is not None and found.full_on != full_on:
            found.full_on = full_on
            found.save(update_fields=["full_on"])
        return found
    issue = SlotIssue.objects.create(
        referral=referral,
        org_id=referral.receiver_id,
        wants=referral.wants,
        full_on=full_on,
        opened_at=by.now,
        opened_by_id=by.user_id,
    )
    audit.record(
        events.PlaceMissing(
            referral_id=referral.id,
            resident_id=referral.resident_id,
            org_id=referral.receiver_id,
            wants=referral.wants,
        ),
        by=by,
        subject_id=referral.id,
    )
    referral.has_slot_issue = True
    return issue


def close_issue(referral: Referral, resolution: SlotIssue.Resolution, *, by: Actor) -> None:
    """Close the open slot issue, if there is one."""
    run(*_CLOSE.statement(referral_id=referral.id, now=by.now, user_id=by.user_id, resolution=resolution))
    referral.has_slot_issue = False


def _closed(*, referral_id: UUID, now: datetime, user_id: UUID | None, resolution: str) -> tuple[QuerySet, dict]:
    rows = SlotIssue.objects.filter(referral_id=referral_id, closed_at__isnull=True)
    return rows, {"closed_at": now, "closed_by_id": user_id, "resolution": resolution}


_CLOSE = PreparedUpdate(_closed)


def give_back(referral: Referral, *, by: Actor, reason: str) -> None:
    """Give the booked place back, if there is one; the reason is the referral's own."""
    if referral.state == "booked" and referral.booking_id is not None:
        capacity.cancel(booking_id=referral.booking_id, by=by, reason=reason, through=source_of(referral))


def source_of(referral: Referral) -> Source:
    """Return by what capacity knows that a booking belongs to this referral."""
    return Source(SourceKind.REFERRAL, referral.id)


def share_of(referral: Referral) -> Share:
    """Return the account to ask for."""
    wish = rules.wanted_share(by_family_doctor=referral.by_family_doctor, urgency=Urgency(referral.urgency))
    return Share(wish)


def _book(referral: Referral, pool_ids: Sequence[UUID], *, by: Actor, notes_refusal: bool = True) -> None:
    if not pool_ids:
        raise InvalidInput(field="pools", problem=N_("请选择时段"))
    booking = capacity.book(
        pool_ids=list(pool_ids),
        resident_id=referral.resident_id,
        share_wanted=share_of(referral),
        source=source_of(referral),
        by=by,
        emergency=referral.urgency == Urgency.EMERGENCY,
        at_org=referral.receiver_id,
        notes_refusal=notes_refusal,
    )
    referral.booking_id = booking.id
    _copy_place(referral, booking)
    close_issue(referral, SlotIssue.Resolution.BOOKED, by=by)
    take(referral, UpStep.BOOK, by=by, facts=referral.booked_place)


def _note_refusal(referral: Referral, *, by: Actor) -> None:
    capacity.note_refusal(
        org_id=referral.receiver_id,
        kind=Kind(referral.wants),
        department_code=referral.receiver_department.code if referral.receiver_department else "",
        resident_id=referral.resident_id,
        share_wanted=share_of(referral),
        wanted_on=by.today,
        source=source_of(referral),
        by=by,
    )


def _full_night(full: NoCapacity | SessionClosed) -> date | None:
    """Return the night of a stay that stood against it, None where it was not a stay."""
    return date.fromisoformat(full.facts["day"]) if isinstance(full, NightFull) else None


def _copy_place(referral: Referral, booking: Booking) -> None:
    """Keep in words where and when: a stay from the day of coming to the day of leaving."""
    referral.booked_for = booking.starts_at
    when = clock(booking.starts_at)
    if booking.resource.kind == Kind.BED:
        when = f"{local_day(booking.starts_at):%m-%d} – {local_day(booking.ends_at):%m-%d}"
    referral.booked_place = f"{when} {booking.resource.name}"[:120]


def _check_pools(referral: Referral, pool_ids: Sequence[UUID]) -> None:
    """A referral is booked where it was accepted, not elsewhere."""
    if not pool_ids:
        raise InvalidInput(field="pools", problem=N_("请选择时段"))
    if Pool.objects.filter(id__in=pool_ids).exclude(resource__org_id=referral.receiver_id).exists():
        raise InvalidInput(field="pools", problem=N_("只能预约接收机构的资源"))
