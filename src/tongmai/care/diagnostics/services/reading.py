"""At the centre: claimed by one reader, given back, given to another, or sent back to the site."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongmai.care.diagnostics import access, duty, errors, rules
from tongmai.care.diagnostics.models import Order, Rejection
from tongmai.care.diagnostics.services import thread
from tongmai.care.diagnostics.states import State, Step
from tongmai.foundation.audit.together import insert
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.kernel.text import N_


@transaction.atomic
def claim(order_id: UUID, *, by: Actor) -> Order:
    """Take an examination to report it; exactly one reader gets it.  Who has it already keeps it.

    Raises:
        NotFound: absent, or not of the actor's centre.
        NotAReader: role, post or licence is missing.
        AlreadyClaimed: somebody else was faster.  StepNotAllowed: there is nothing to claim.
    """
    order = access.get(order_id, by=by)
    if why := access.why_not_reader(order.centre_id, by=by):
        raise errors.NotAReader(why=why)
    if order.state == State.CLAIMED and order.reader_id == by.staff_id:
        return order
    if not _take(order_id, by=by):
        order.refresh_from_db()
        if order.state == State.CLAIMED:
            raise errors.AlreadyClaimed()
        raise StepNotAllowed(state=order.state, step=Step.CLAIM)
    return _claimed(order_id, by=by)


@transaction.atomic
def claim_next(*, by: Actor) -> Order | None:
    """Take the most urgent examination that waits at the actor's centre; None where nothing waits.

    Raises:
        NotAReader: role, post or licence is missing.
    """
    if by.org_id is None or (why := access.why_not_reader(by.org_id, by=by)):
        raise errors.NotAReader(why=why if by.org_id else "post")
    waiting = Order.objects.filter(centre_id=by.org_id, state=State.SENT, reader__isnull=True)
    while (order_id := waiting.order_by(*duty.QUEUE).values_list("id", flat=True).first()) is not None:
        if _take(order_id, by=by):
            return _claimed(order_id, by=by)
    return None


def _take(order_id: UUID, *, by: Actor) -> bool:
    """The one conditional UPDATE that decides who reads."""
    free = Order.objects.filter(id=order_id, state=State.SENT, reader__isnull=True)
    return bool(
        free.update(
            state=State.CLAIMED, reader_id=by.staff_id, claimed_at=by.now, claimed_by_id=by.user_id, state_since=by.now,
            version=F("version") + 1,
        )
    )  # fmt: skip


def _claimed(order_id: UUID, *, by: Actor) -> Order:
    order = access.get(order_id, by=by)
    thread.note(order, Step.CLAIM, State.SENT, by=by)
    return order


@transaction.atomic
def release(order_id: UUID, *, by: Actor, seen_version: int | None = None) -> Order:
    """Give an examination back to the queue; what was written of it stays for the next reader.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
    """
    order = access.get(order_id, by=by, step=Step.RELEASE, lock=True, seen_version=seen_version)
    order.reader = order.claimed_at = order.claimed_by = None
    thread.take(order, Step.RELEASE, by=by)
    return order


@transaction.atomic
def assign(order_id: UUID, *, by: Actor, staff_id: UUID | None = None, seen_version: int | None = None) -> Order:
    """The director gives an examination to a reader; without one, to who is on duty and has the fewest in hand.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        InvalidInput: nobody is on duty, or the person may not report here.
    """
    order = access.get(order_id, by=by, step=Step.ASSIGN, lock=True, seen_version=seen_version)
    people = duty.readers_of(order.centre_id, on=by.today)
    if staff_id is None:
        at_work = duty.on_duty(order.centre_id, category=order.category, now=by.now)
        staff_id = rules.least_loaded([each for each in at_work if each in people], duty.load(order.centre_id))
        if staff_id is None:
            raise InvalidInput(field="staff_id", problem=N_("现在没有人值班，请直接指定一位诊断医生"))
    if staff_id not in people:
        raise InvalidInput(field="staff_id", problem=N_("不是本中心有执业证书编号的诊断医生"))
    order.reader_id = staff_id
    thread.take(order, Step.ASSIGN, by=by, reason=people[staff_id])
    return order


@transaction.atomic
def reject(
    order_id: UUID, *, reasons: Sequence[str], by: Actor, note: str = "", seen_version: int | None = None
) -> Order:
    """Send an examination back to its site, with coded reasons; it is done again there.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        InvalidInput: no reason, an unknown one, or "other" without words.
    """
    order = access.get(order_id, by=by, step=Step.REJECT, lock=True, seen_version=seen_version)
    codes = list(dict.fromkeys(reasons))
    if not codes or not set(codes) <= set(rules.RejectReason):
        raise InvalidInput(field="reasons", problem=N_("请选择退回原因"))
    if rules.RejectReason.OTHER in codes and not note.strip():
        raise InvalidInput(field="note", problem=N_("选择“其他”时请说明"))
    order.n_rejections += 1
    order.reader = order.claimed_at = order.claimed_by = None
    insert(
        *(
            Rejection(
                order=order, attempt=order.n_rejections, reason=code, rejected_at=by.now, rejected_by_id=by.user_id
            )
            for code in codes
        )
    )
    said = "、".join(str(Rejection.Reason(code).label) for code in codes)
    thread.take(order, Step.REJECT, by=by, reason="；".join(part for part in (said, note.strip()) if part))
    return order
