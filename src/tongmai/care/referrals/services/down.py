"""The upper hospital sends a resident down, with a plan; those below receive her."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import access, consent, errors, rules
from tongmai.care.referrals.models import DownPlan, PlanItem, PlanMedicine, Referral
from tongmai.care.referrals.services import chain, drafting, following, receivers
from tongmai.care.referrals.services.taking import remember, take
from tongmai.care.referrals.states import Direction, DownStep
from tongmai.commons.residents import access as residents
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Medicine:
    name: str
    dose: str
    frequency: str
    days: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Item:
    text: str
    who: str
    due_on: date | None = None


@dataclass(frozen=True)
class Plan:
    """What comes down with a resident."""

    receiver_id: UUID
    group: str
    diagnosis_code: str
    discharge_summary: str
    reason: str
    red_flags: str = ""
    discharged_on: date | None = None
    medicines: Sequence[Medicine] = ()
    items: Sequence[Item] = ()
    outside_reason: str = ""


@transaction.atomic
def send_down(
    *,
    plan: Plan,
    by: Actor,
    up_id: UUID | None = None,
    encounter_id: UUID | None = None,
    referral_id: UUID | None = None,
    consent_given: consent.Given | None = None,
    seen_version: int | None = None,
) -> Referral:
    """Write a down-referral: from an up-referral that has arrived, from an encounter of one's own, or change a draft.

    It stays a draft until `submit_down`; a plan is replaced as a whole.

    Raises:
        NotFound: none of the three is one that `by` may see.
        NotPermitted: the post writes no referrals.
        NothingToSendDown: the resident of the up-referral has not arrived.
        StepNotAllowed, VersionConflict: it has been sent, or changed by somebody else.
        InvalidInput, NotInPlan, ReceiverNotAllowed: what is wrong with the plan or the consent.
    """
    if not by.may(Action.COORDINATE_REFERRALS):
        require(by, Action.WRITE_REFERRAL)
    is_new = referral_id is None
    referral = _begun(up_id, encounter_id, by=by) if is_new else _draft(referral_id, by=by, seen_version=seen_version)
    fill(referral, plan, by=by)
    if consent_given is not None:
        referral.consent = consent.write(consent_given, referral=referral, by=by)
    if not is_new:
        referral.version += 1
    referral.save()
    write_plan(referral, plan)
    if is_new:
        remember(referral, "draft", "", by=by)
    return referral


@transaction.atomic
def submit_down(*, referral_id: UUID, by: Actor, seen_version: int | None = None) -> Referral:
    """Offer the resident to those below.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
        ConsentMissing, AlreadyOpen: see `taking.take`.
    """
    referral = access.get(referral_id, by=by, step=DownStep.SUBMIT, lock=True, seen_version=seen_version)
    if referral.direction != Direction.DOWN:
        raise StepNotAllowed(state=referral.state, step=DownStep.SUBMIT)
    chain.join_episode(referral, by=by)
    if referral.submitted_at is None:
        referral.submitted_at, referral.submitted_by_id = by.now, by.user_id
    take(referral, DownStep.SUBMIT, by=by)
    chain.make_known(referral, by=by)
    return referral


@transaction.atomic
def receive(*, referral_id: UUID, by: Actor, seen_version: int | None = None) -> Referral:
    """She is here, below: an encounter begins in the episode, and the follow-ups of the plan are written down.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.
    """
    referral = access.get(referral_id, by=by, step=DownStep.RECEIVE, lock=True, seen_version=seen_version)
    referral.arrived_at, referral.arrived_by_id = by.now, by.user_id
    chain.start_encounter(referral, by=by)
    following.plan_follow_ups(referral, by=by)
    take(referral, DownStep.RECEIVE, by=by)
    return referral


def _begun(up_id: UUID | None, encounter_id: UUID | None, *, by: Actor) -> Referral:
    sender = Org.objects.get(id=by.org_id)
    if up_id is not None:
        up = access.get(up_id, by=by, lock=True)
        if up.direction != Direction.UP or up.receiver_id != by.org_id or not rules.may_send_down(up_state=up.state):
            raise errors.NothingToSendDown()
        referral = drafting.blank(Direction.DOWN, resident_id=up.resident_id, sender=sender, by=by)
        referral.parent, referral.episode_id = up, up.episode_id
        referral.source_encounter_id = up.arrival_encounter_id
        return referral
    if encounter_id is None:
        raise InvalidInput(field="encounter", problem=N_("请从上转单或本机构的就诊发起"))
    encounter = chain.encounter_here(encounter_id, by=by)
    residents.open_record(encounter.resident_id, by=by, what="referral")
    referral = drafting.blank(Direction.DOWN, resident_id=encounter.resident_id, sender=sender, by=by)
    referral.source_encounter_id, referral.episode_id = encounter.id, encounter.episode_id
    return referral


def _draft(referral_id: UUID, *, by: Actor, seen_version: int | None) -> Referral:
    found = access.draft(referral_id, by=by, seen_version=seen_version)
    if found.direction != Direction.DOWN:
        raise StepNotAllowed(state=found.state, step="save")
    return found


def fill(referral: Referral, plan: Plan, *, by: Actor, diagnosis_name: str = "") -> None:
    """Put the plan's heading on an unsaved or locked referral.

    Raises:
        InvalidInput, NotInPlan, ReceiverNotAllowed: what is wrong with the plan.
    """
    _check(plan)
    drafting.set_diagnosis(referral, plan.diagnosis_code, by=by, known_name=diagnosis_name)
    receivers.set_receiver(referral, plan.receiver_id, outside_reason=plan.outside_reason, by=by)
    referral.reason = plan.reason.strip()


def _check(plan: Plan) -> None:
    if plan.group not in DownPlan.Group.values:
        raise InvalidInput(field="group", problem=N_("请选择下转类别"))
    if not plan.discharge_summary.strip() or not (plan.medicines or plan.items):
        raise errors.NotInPlan(field="plan")
    if not plan.reason.strip():
        raise InvalidInput(field="reason", problem=N_("请填写下转原因"))
    for item in plan.items:
        _check_item(item)
    for medicine in plan.medicines:
        _check_medicine(medicine)


def _check_item(item: Item) -> None:
    if item.who not in PlanItem.Who.values:
        raise InvalidInput(field="items", problem=N_("请选择由谁完成"))
    if not item.text.strip():
        raise InvalidInput(field="items", problem=N_("请填写安排的内容"))


def _check_medicine(medicine: Medicine) -> None:
    if not (medicine.name.strip() and medicine.dose.strip() and medicine.frequency.strip()):
        raise InvalidInput(field="medicines", problem=N_("请填写药名、剂量和用法"))
    if medicine.days is not None and medicine.days < 1:
        raise InvalidInput(field="medicines", problem=N_("天数应大于零"))


def write_plan(referral: Referral, plan: Plan) -> None:
    """Write the plan of a saved referral; an earlier one is replaced as a whole."""
    written, _ = DownPlan.objects.update_or_create(
        referral=referral,
        defaults={
            "group": plan.group,
            "discharge_summary": plan.discharge_summary.strip(),
            "red_flags": plan.red_flags.strip(),
            "discharged_on": plan.discharged_on,
        },
    )
    written.medicines.all().delete()
    written.items.all().delete()
    PlanMedicine.objects.bulk_create(
        PlanMedicine(
            plan=written,
            position=i,
            name=m.name.strip(),
            dose=m.dose.strip(),
            frequency=m.frequency.strip(),
            days=m.days,
            note=m.note.strip(),
        )
        for i, m in enumerate(plan.medicines, 1)
    )
    PlanItem.objects.bulk_create(
        PlanItem(plan=written, position=i, text=item.text.strip(), due_on=item.due_on, who=item.who)
        for i, item in enumerate(plan.items, 1)
    )
