"""Keeping recordings: a file comes in, a person decides about one that nobody is sure of."""

from uuid import UUID

from django.db import transaction

from tongmai.commons.ecg import access, keeping, reading, rules
from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.errors import ElsewhereAlready, NotWaiting
from tongmai.commons.ecg.events import (
    PatternMeasured,
    RecordingArrived,
    RecordingHeld,
    RecordingSetAside,
    RecordingUnlinked,
)
from tongmai.commons.ecg.measuring import measure
from tongmai.commons.ecg.models import Recording
from tongmai.commons.ecg.rules import Doubt, Urgency
from tongmai.commons.ecg.tracing import Tracing
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import KnownTo, Resident
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_

MOST_ORDER_NUMBER = 16


def receive(
    content: bytes, *, resident_id: UUID | None, order_number: str, org_id: UUID, received_from: str, by: Actor
) -> Recording:
    """Keep a recording, measure it, and link it to its person; the same file twice is one recording.

    Where the file names somebody else, or nobody said whose it is (`resident_id` None), it is kept and held: its
    `standing` says so, and a person decides.  Whether `by` may give this person a recording is the caller's to ask.

    Raises:
        NotPermitted: this post takes no electrocardiograms.
        Unreadable: the file is none; nothing is kept.
        ElsewhereAlready: it stands in another person's record.
        NotFound: no such resident.
    """
    require(by, Action.PERFORM_EXAMINATION)
    if len(order_number) > MOST_ORDER_NUMBER:
        raise InvalidInput(field="order_number", problem=N_("申请单号太长"))
    tracing = reading.read(content)
    measured = measure(tracing)  # before the transaction: it takes a while, and asks nothing of the database
    with transaction.atomic():
        known = Recording.objects.select_for_update().filter(digest=keeping.digest(content)).first()
        if known is not None:
            return _again(known, resident_id, order_number, by)
        person = _person(resident_id)
        recording = Recording(
            standing=Standing.HELD, proposed=person, order_number=order_number, org_id=org_id,
            received_from=received_from[:64], received_at=by.now, received_by_id=by.user_id,
            **keeping.columns(tracing, content), **keeping.measured_facts(measured),
        )  # fmt: skip
        doubts = _doubts(recording, person)
        recording.doubts = " ".join(doubts)
        recording.save()
        keeping.store_measured(recording, tracing, measured)
        if person is None or doubts:
            audit.record(RecordingHeld(recording_id=recording.id, org_id=org_id, doubts=recording.doubts), by=by)
        else:
            _link(recording, person, by=by)
        return recording


def look(content: bytes) -> Tracing:
    """Return what a file holds; nothing is kept.  Raises Unreadable."""
    return reading.read(content)


def doubts_about(tracing: Tracing, person: Resident, *, order_number: str = "") -> tuple[Doubt, ...]:
    """Return in what a file differs from a person, before it is kept."""
    return rules.doubts(
        tracing.subject, name=person.name, sex=person.sex, born_on=person.born_on,
        order_said=tracing.order_number, order_number=order_number,
    )  # fmt: skip


@transaction.atomic
def link(recording_id: UUID, *, resident_id: UUID, order_number: str = "", reason: str, by: Actor) -> Recording:
    """A person decides whose a held recording is.  That `by` may give her one is the caller's to ask.

    Raises:
        NotFound: no such recording here, or no such resident.
        NotWaiting: it stands in a record already.
        InvalidInput: no reason.
    """
    recording = _to_settle(recording_id, reason, by)
    person = _person(resident_id)
    if person is None:
        raise NotFound()
    recording.order_number = order_number[:MOST_ORDER_NUMBER] or recording.order_number
    _settle(recording, reason, by)
    _link(recording, person, by=by)
    return recording


@transaction.atomic
def set_aside(recording_id: UUID, *, reason: str, by: Actor) -> Recording:
    """A person decides that a held recording is nobody's; it stays, in nobody's record (errors as in `link`)."""
    recording = _to_settle(recording_id, reason, by)
    recording.standing = Standing.SET_ASIDE
    _settle(recording, reason, by)
    recording.save(update_fields=["standing", *_SETTLED])
    audit.record(RecordingSetAside(recording_id=recording.id), by=by)
    return recording


@transaction.atomic
def unlink(recording_id: UUID, *, reason: str, by: Actor) -> Recording:
    """Take a recording that was linked wrongly out of the record; it is held again.

    Raises:
        NotFound: no such recording here.  NotWaiting: it stands in no record.  InvalidInput: no reason.
    """
    require(by, Action.PERFORM_EXAMINATION)
    recording = access.to_settle(recording_id, by=by, lock=True)
    _check_reason(reason)
    if recording.resident_id is None:
        raise NotWaiting()
    left = recording.resident_id
    recording.resident, recording.standing, recording.proposed_id = None, Standing.HELD, None
    recording.doubts = Doubt.NOBODY
    _settle(recording, reason, by)
    recording.save(update_fields=["resident", "standing", "proposed", "doubts", *_SETTLED])
    recording.patterns.all().delete()
    audit.record(
        RecordingUnlinked(recording_id=recording.id, resident_id=left, order_number=recording.order_number), by=by
    )
    return recording


_SETTLED = ("settled_at", "settled_by", "settled_reason")


def _again(known: Recording, resident_id: UUID | None, order_number: str, by: Actor) -> Recording:
    """The same file once more: nothing twice; one that waited finds its person if this one fits."""
    if known.resident_id is not None:
        if resident_id not in (None, known.resident_id):
            raise ElsewhereAlready()
        return known
    person = _person(resident_id)
    if person is None or known.standing != Standing.HELD:
        return known
    known.order_number = order_number or known.order_number
    if not _doubts(known, person):
        _link(known, person, by=by)
    return known


def _link(recording: Recording, person: Resident, *, by: Actor) -> None:
    """The one place where a recording gets into a record."""
    recording.resident, recording.proposed = person, person
    recording.standing = Standing.LINKED
    recording.save(update_fields=["resident", "proposed", "standing", "order_number", *_SETTLED])
    patterns = keeping.store_patterns(recording, person, by=by)
    residents.make_known(person.id, org_id=recording.org_id, via=KnownTo.Via.ENCOUNTER, by=by)
    facts = {
        "recording_id": recording.id, "resident_id": person.id,
        "order_number": recording.order_number, "org_id": recording.org_id,
    }  # fmt: skip
    audit.record(RecordingArrived(**facts), by=by)
    for pattern in patterns:
        if rules.URGENCY[pattern.code] == Urgency.CRITICAL:
            audit.record(PatternMeasured(**facts, pattern=str(pattern.code)), by=by)


def _doubts(recording: Recording, person: Resident | None) -> tuple[Doubt, ...]:
    if person is None:
        return (Doubt.NOBODY,)
    said = keeping.subject_of(recording)
    return rules.doubts(
        said, name=person.name, sex=person.sex, born_on=person.born_on,
        order_said=recording.said_order, order_number=recording.order_number,
    )  # fmt: skip


def _person(resident_id: UUID | None) -> Resident | None:
    """The entry that stands for this person; the doors of whoever calls have asked whether she may be found."""
    if resident_id is None:
        return None
    person = Resident.objects.filter(id=resident_id).first()
    while person is not None and person.merged_into_id is not None:
        person = person.merged_into
    if person is None:
        raise NotFound()
    return person


def _to_settle(recording_id: UUID, reason: str, by: Actor) -> Recording:
    require(by, Action.PERFORM_EXAMINATION)
    recording = access.to_settle(recording_id, by=by, lock=True)
    _check_reason(reason)
    if recording.resident_id is not None:
        raise NotWaiting()
    return recording


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请说明理由"))


def _settle(recording: Recording, reason: str, by: Actor) -> None:
    recording.settled_at, recording.settled_by_id = by.now, by.user_id
    recording.settled_reason = reason.strip()[:300]
