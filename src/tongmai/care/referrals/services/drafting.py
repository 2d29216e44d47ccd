"""Writing a referral and sending it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import access, consent, enclosing, errors, occasions, rules
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.services import chain, receivers
from tongmai.care.referrals.services.taking import remember, take
from tongmai.care.referrals.states import Direction, UpStep, Urgency
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.care_team import is_cared_for_by
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.kernel.ids import new_id
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Content:
    """What a referral says; what the form and the interface fill in."""

    receiver_id: UUID
    diagnosis_code: str
    reason: str
    summary: str = ""
    urgency: str = Urgency.ROUTINE
    wants: str = Referral.Wants.CLINIC
    receiver_department_id: UUID | None = None
    outside_reason: str = ""
    source_encounter_id: UUID | None = None
    recording_ids: tuple[UUID, ...] | None = None  # exactly these electrocardiograms go with it; None: as they are
    critical_value_id: UUID | None = None  # from whose page it was begun


@transaction.atomic
def save_draft(
    *,
    content: Content,
    by: Actor,
    resident_id: UUID | None = None,
    referral_id: UUID | None = None,
    consent_given: consent.Given | None = None,
    seen_version: int | None = None,
) -> Referral:
    """Begin an up-referral of a resident, or change a draft or a returned one.

    Raises:
        NotFound: the resident is out of reach, or there is no such referral.
        BasisNeeded: the actor has no basis to act on this resident's record.
        NotPermitted: the post writes no referrals.
        StepNotAllowed, VersionConflict: it has been sent, or changed by somebody else.
        InvalidInput, ReceiverNotAllowed: what is wrong with the content or the consent.
    """
    require(by, Action.WRITE_REFERRAL)
    if referral_id is not None:
        referral = access.draft(referral_id, by=by, seen_version=seen_version)
        if referral.direction != Direction.UP:
            raise StepNotAllowed(state=referral.state, step="save")
    else:
        assert resident_id is not None, "a new referral is about somebody"
        residents.open_record(resident_id, by=by, what="referral")
        referral = blank(Direction.UP, resident_id=resident_id, sender=_own_org(by), by=by)
    fill(referral, content, by=by)
    if consent_given is not None:
        referral.consent = consent.write(consent_given, referral=referral, by=by)
    if referral_id is not None:
        referral.version += 1
    referral.save()
    if referral_id is None:
        remember(referral, "draft", "", by=by)
    if content.recording_ids is not None:
        enclosing.enclose(referral, content.recording_ids, by=by)
    if content.critical_value_id is not None:
        occasions.note(referral, content.critical_value_id, by=by)
    return referral


@transaction.atomic
def submit(*, referral_id: UUID, by: Actor, seen_version: int | None = None) -> Referral:
    """Send a draft, or a returned referral again: to the township's review where the chain wants it, else on.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        ConsentMissing, AlreadyOpen: see `taking.take`.
    """
    referral = access.get(referral_id, by=by, lock=True, seen_version=seen_version)
    possible = access.possible_steps(referral, by=by)
    sending = (UpStep.ASK_REVIEW, UpStep.SUBMIT, UpStep.SEND_EMERGENCY)
    step = next((step for step in possible if step in sending), None)
    if step is None:
        raise StepNotAllowed(state=referral.state, step=UpStep.SUBMIT)
    _mark_sender(referral, by=by)
    chain.join_episode(referral, by=by)
    if step != UpStep.ASK_REVIEW and referral.submitted_at is None:
        referral.submitted_at, referral.submitted_by_id = by.now, by.user_id
    if step == UpStep.SEND_EMERGENCY:
        limit = value("referrals.emergency_paper", on=by.today, at=referral.sender).timedelta()
        referral.paperwork_until = by.now + limit
        referral.answered_at = by.now
    take(referral, step, by=by)
    if referral.submitted_at is not None:
        chain.make_known(referral, by=by)
    return referral


@transaction.atomic
def resubmit(
    *,
    referral_id: UUID,
    content: Content,
    by: Actor,
    consent_given: consent.Given | None = None,
    seen_version: int | None = None,
) -> Referral:
    """Add what was asked for and send a returned referral again (errors as in `save_draft` and `submit`)."""
    changed = save_draft(
        content=content, by=by, referral_id=referral_id, consent_given=consent_given, seen_version=seen_version
    )
    return submit(referral_id=changed.id, by=by)


@transaction.atomic
def complete_paperwork(
    *, referral_id: UUID, summary: str, consent_given: consent.Given, by: Actor, seen_version: int | None = None
) -> Referral:
    """Bring the paper of an emergency that went first: the summary, and the consent or why nobody could be asked.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        InvalidInput: no summary, or an incomplete consent.
    """
    referral = access.get(referral_id, by=by, step=UpStep.COMPLETE_PAPERWORK, lock=True, seen_version=seen_version)
    if not summary.strip():
        raise InvalidInput(field="summary", problem=N_("请填写病情摘要"))
    referral.summary = summary.strip()
    if referral.consent is None or referral.consent.is_missing:
        referral.consent = consent.write(consent_given, referral=referral, by=by)
    referral.paperwork_until = None
    take(referral, UpStep.COMPLETE_PAPERWORK, by=by)
    return referral


def blank(direction: Direction, *, resident_id: UUID, sender: Org, by: Actor) -> Referral:
    """Return an unsaved draft of the actor's organisation."""
    key = new_id()
    return Referral(
        id=key,
        number=number_of(direction, key, by.today),
        direction=direction,
        state="draft",
        state_since=by.now,
        resident_id=resident_id,
        sender=sender,
        sender_department_id=by.department_id,
        sender_staff_id=by.staff_id,
        created_at=by.now,
        created_by_id=by.user_id,
    )


def number_of(direction: Direction, key: UUID, on: date) -> str:
    """Return a number to be read out on the telephone: S (up) or X (down), the day, eight characters of the id's end."""
    return f"{'S' if direction == Direction.UP else 'X'}{on:%y%m%d}{key.hex[-8:].upper()}"


def fill(referral: Referral, content: Content, *, by: Actor, diagnosis_name: str = "") -> None:
    """Put the content on an unsaved or locked referral.

    `diagnosis_name` is given where a message brings a code that the catalogue does not have.

    Raises:
        InvalidInput: unknown diagnosis, urgency, wish or department, no reason.
        ReceiverNotAllowed: see `rules.receiver_flaw`.
    """
    if content.urgency not in list(Urgency):
        raise InvalidInput(field="urgency", problem=N_("请选择紧急程度"))
    if content.wants not in Referral.Wants.values:
        raise InvalidInput(field="wants", problem=N_("请选择需要的服务"))
    if not content.reason.strip():
        raise InvalidInput(field="reason", problem=N_("请填写转诊原因"))
    referral.urgency = content.urgency
    set_diagnosis(referral, content.diagnosis_code, by=by, known_name=diagnosis_name)
    receivers.set_receiver(referral, content.receiver_id, outside_reason=content.outside_reason, by=by)
    referral.receiver_department_id = (
        receivers.department_of(content.receiver_department_id, org_id=referral.receiver_id)
        if content.receiver_department_id
        else None
    )
    referral.wants = content.wants
    referral.reason, referral.summary = content.reason.strip(), content.summary.strip()
    referral.source_encounter_id = chain.own_encounter(content.source_encounter_id, referral=referral, by=by)


def set_diagnosis(referral: Referral, code: str, *, by: Actor, known_name: str = "") -> None:
    """Name the problem by its ICD-10 code.

    Raises:
        InvalidInput: the catalogue has no such code, and no name came with it.
    """
    found = catalog.diagnoses([code.strip()], by.today).get(code.strip())
    name = found.name if found else known_name.strip()
    if not name or len(code.strip()) < 3:
        raise InvalidInput(field="diagnosis", problem=N_("请从诊断目录中选择"))
    referral.diagnosis_code, referral.diagnosis_name = code.strip(), name
    referral.problem_key = rules.problem_key(code)


def _own_org(by: Actor) -> Org:
    found = Org.objects.filter(id=by.org_id).first()
    if found is None:
        raise errors.NotYourDraft()
    return found


def _mark_sender(referral: Referral, *, by: Actor) -> None:
    """Who sends decides: by the doctor's place in the resident's family-doctor team on this day."""
    referral.sender_staff_id = by.staff_id
    referral.by_family_doctor = by.staff_id is not None and is_cared_for_by(referral.resident_id, by.staff_id, by.today)
