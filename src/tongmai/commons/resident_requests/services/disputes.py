"""Disputes: raised by the resident or her guardian, settled by who answers, opened again once."""

from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.resident_requests import access, entries, rules, states
from tongmai.commons.resident_requests.errors import DisputedAlready, ReopenedAlready
from tongmai.commons.resident_requests.events import DisputeMoved, DisputeRaised
from tongmai.commons.resident_requests.models import Dispute, DisputeTransition
from tongmai.commons.resident_requests.states import DISPUTES, DisputeState, DisputeStep
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import selectors as people
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound, StepNotAllowed
from tongmai.kernel.text import N_

SETTLING = (DisputeStep.ANSWER, DisputeStep.CORRECT, DisputeStep.REJECT)


def dispute_access(resident_id: UUID, *, by: Actor, access_log_id: int, said: str) -> Dispute:
    """Say that one does not know why somebody looked; the audit administrator of the county finds out.

    Raises:
        NotFound: not her record nor a ward's, or no such access to it.
        InvalidInput: nothing said.  DisputedAlready: it is under way.
    """
    require(by, Action.SEE_OWN)
    text = rules.said("said", said)
    person = residents.get(resident_id, by=by)
    looked = people.access_rows(resident_id, by=by).filter(id=access_log_id).first()
    if looked is None:
        raise NotFound()
    within = policy.value("resident_requests.answer_access_within", on=by.today).timedelta()
    about = f"{looked.by_org_name} {looked.by_name}".strip()[:200] or looked.by_role
    return _raise(
        Dispute(
            resident=person, kind=Dispute.Kind.ACCESS, access_log_id=looked.id, about=about,
            county_code=looked.by_county_code or person.county_code, said=text, due_at=by.now + within,
        ),
        by,
    )  # fmt: skip


def dispute_entry(resident_id: UUID, *, by: Actor, entry_kind: str, entry_id: UUID, said: str) -> Dispute:
    """Say that an entry of the record is wrong or another's; the organisation that wrote it answers.

    Raises:
        NotFound: not her record nor a ward's, or no such entry in it.
        InvalidInput: nothing said.  DisputedAlready: it is under way.
    """
    require(by, Action.SEE_OWN)
    text = rules.said("said", said)
    person = residents.get(resident_id, by=by)
    entry = entries.facts_of(entry_kind, entry_id)
    if entry is None or entry.resident_id != person.id:
        raise NotFound()
    within = policy.value("resident_requests.answer_entry_within", on=by.today, at=entry.org_id).timedelta()
    return _raise(
        Dispute(
            resident=person, kind=Dispute.Kind.ENTRY, entry_kind=entry.kind, entry_id=entry.id, about=entry.line,
            org_id=entry.org_id, county_code=person.county_code, said=text, due_at=by.now + within,
        ),
        by,
    )  # fmt: skip


def dispute_identity(resident_id: UUID, *, by: Actor, said: str) -> Dispute:
    """Say that name, numbers, phone or address are wrong; who registered her answers, else her family doctor's place.

    Raises:
        NotFound: not her record nor a ward's, or nobody answers for it.
        InvalidInput: nothing said.
    """
    require(by, Action.SEE_OWN)
    text = rules.said("said", said)
    person = residents.get(resident_id, by=by)
    doctor = people.family_doctor_of(person.id, by.today)
    org_id = doctor.org_id if doctor else person.registered_org_id
    if org_id is None:
        raise NotFound()
    within = policy.value("resident_requests.answer_entry_within", on=by.today, at=org_id).timedelta()
    return _raise(
        Dispute(
            resident=person, kind=Dispute.Kind.IDENTITY, about=str(N_("姓名、证件、电话和住址")), org_id=org_id,
            county_code=person.county_code, said=text, due_at=by.now + within,
        ),
        by,
    )  # fmt: skip


@transaction.atomic
def settle(dispute_id: UUID, *, by: Actor, step: DisputeStep, said: str) -> Dispute:
    """Answer a dispute: explained, corrected or rejected; the resident reads what is said.

    Raises:
        NotFound: absent, or `by` does not answer for it.
        StepNotAllowed: it is settled already, or `step` is none of the three.
        InvalidInput: nothing said.
    """
    dispute = access.dispute(dispute_id, by=by, lock=True)
    _check(dispute, step, by)
    if step not in SETTLING:
        raise StepNotAllowed(state=dispute.state, step=step)
    text = rules.said("said", said)
    dispute.answer, dispute.answered_at, dispute.answered_by_id = text, by.now, by.user_id
    return _move(dispute, step, by=by, said=text, fields=["answer", "answered_at", "answered_by"])


@transaction.atomic
def reopen(dispute_id: UUID, *, by: Actor, said: str) -> Dispute:
    """Say that one is not content with the answer: once, and within the time that the policy gives.

    Raises:
        NotFound: not hers.  ReopenedAlready: a second time, or too late.
        StepNotAllowed: it is not settled.  InvalidInput: nothing said.
    """
    dispute = access.dispute(dispute_id, by=by, lock=True)
    _check(dispute, DisputeStep.REOPEN, by)
    text = rules.said("said", said)
    if not may_reopen(dispute, by=by):
        raise ReopenedAlready(state=dispute.state, step=DisputeStep.REOPEN)
    if dispute.kind == Dispute.Kind.ACCESS:
        within = policy.value("resident_requests.answer_access_within", on=by.today).timedelta()
    else:
        within = policy.value("resident_requests.answer_entry_within", on=by.today, at=dispute.org_id).timedelta()
    dispute.n_reopened += 1
    dispute.due_at = by.now + within
    try:
        with transaction.atomic():
            return _move(dispute, DisputeStep.REOPEN, by=by, said=text, fields=["n_reopened", "due_at"])
    except IntegrityError:  # another dispute of the same thing is open
        raise DisputedAlready() from None


@transaction.atomic
def withdraw(dispute_id: UUID, *, by: Actor) -> Dispute:
    """Take a dispute back.

    Raises:
        NotFound: not hers.  StepNotAllowed: it is settled.
    """
    dispute = access.dispute(dispute_id, by=by, lock=True)
    _check(dispute, DisputeStep.WITHDRAW, by)
    return _move(dispute, DisputeStep.WITHDRAW, by=by)


def may_reopen(dispute: Dispute, *, by: Actor) -> bool:
    """Whether the resident may still say that she is not content."""
    within = policy.value("resident_requests.reopen_within", on=by.today).timedelta()
    return rules.may_reopen(
        dispute.state, n_reopened=dispute.n_reopened, answered_at=dispute.answered_at, now=by.now, within=within
    )


def _check(dispute: Dispute, step: DisputeStep, by: Actor) -> None:
    states.after_dispute(DisputeState(dispute.state), step)
    if not DISPUTES.may(step, sides=access.sides(by), role=by.role):
        raise StepNotAllowed(state=dispute.state, step=step)


def _raise(dispute: Dispute, by: Actor) -> Dispute:
    dispute.raised_at, dispute.raised_by_id = by.now, by.user_id
    try:
        with transaction.atomic():
            dispute.save(force_insert=True)
            _remember(dispute, "raise", by, dispute.said)
            raised = DisputeRaised(
                resident_id=dispute.resident_id, dispute_id=dispute.id, kind=str(dispute.kind)
            )  # fmt: skip
            audit.record(raised, by=by, subject_id=dispute.id)
    except IntegrityError:
        raise DisputedAlready() from None
    return dispute


def _move(
    dispute: Dispute, step: DisputeStep, *, by: Actor, said: str = "", fields: list[str] | None = None
) -> Dispute:  # fmt: skip
    """The one place where a dispute changes state."""
    dispute.state = states.after_dispute(DisputeState(dispute.state), step)
    dispute.version += 1
    dispute.save(update_fields=["state", "version", *(fields or [])])
    _remember(dispute, step, by, said)
    moved = DisputeMoved(resident_id=dispute.resident_id, dispute_id=dispute.id, step=str(step))
    audit.record(moved, by=by, subject_id=dispute.id)
    return dispute


def _remember(dispute: Dispute, step: str, by: Actor, said: str) -> None:
    DisputeTransition.objects.create(
        dispute=dispute, step=step, to_state=dispute.state, said=said, at=by.now, by_user_id=by.user_id,
        by_name=by.name, by_org_name=by.org_name,
    )  # fmt: skip
