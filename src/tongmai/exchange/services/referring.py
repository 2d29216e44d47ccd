"""One try of a referral (REF^I12): it becomes a referral, or it is held with what is wrong."""

from dataclasses import fields, replace
from uuid import UUID

from django.db import transaction

from tongmai.care.referrals.services.down import Item, Medicine, Plan
from tongmai.care.referrals.services.drafting import Content
from tongmai.care.referrals.services.external import receive_external, receive_external_down
from tongmai.commons.residents.errors import AlreadyRegistered, IdentifierTaken
from tongmai.commons.residents.services.registering import introduce_newcomer
from tongmai.exchange import wording
from tongmai.exchange.hl7v2 import referral_in, resolving
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.plan_in import PlanFacts
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.hl7v2.referral_in import ReferralFacts
from tongmai.exchange.hl7v2.resolving import Resolved, Settled
from tongmai.exchange.models import InboundMessage
from tongmai.exchange.services import steps
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.kernel.errors import TongmaiError
from tongmai.kernel.text import N_

_NO_REASON = N_("外部系统转诊：{diagnosis}")
_NO_DOWN_REASON = N_("病情稳定，转回基层：{diagnosis}")


def refer(message: InboundMessage, read: Message, *, by: Actor) -> None:
    """Let the message become a referral, or write down why it does not."""
    facts, said = referral_in.referral(read)
    # A message is resolved as the system: whom it concerns decides who may see it, not who brought it.
    system = replace(Actor.system(now=by.now), channel="message", name=f"{facts.application or 'HL7'}"[:60])
    for is_last in (False, True):
        resolved = resolving.resolve(facts, said, _settled(message), on=by.today, system=system)
        _note_places(message, resolved)
        if resolved.faults:
            steps.hold(message, resolved.faults, by=by)
            return
        try:
            with transaction.atomic():
                referral_id = _refer(message, facts, resolved, by=system)
        except (AlreadyRegistered, IdentifierTaken) as error:
            if is_last:  # otherwise she was registered at this very moment, and is found now
                _hold_refused(message, error, by=by)
        except TongmaiError as error:
            _hold_refused(message, error, by=by)
            return
        else:
            steps.done(message, by=by, outcome="referral", referral_id=referral_id)
            return


def _hold_refused(message: InboundMessage, error: TongmaiError, *, by: Actor) -> None:
    message.refresh_from_db(fields=["resident_id"])  # whoever was introduced in this try was taken back with it
    steps.hold(message, [Fault(Code.APPLICATION, Location("RF1"), "refused", wording.of_error(error))], by=by)


def _settled(message: InboundMessage) -> Settled:
    return Settled(**{field.name: getattr(message, field.name) for field in fields(Settled)})


def _note_places(message: InboundMessage, resolved: Resolved) -> None:
    """Whom the message concerns, as far as it is known: decides who sees it."""
    message.sender, message.receiver = resolved.sender, resolved.receiver
    message.resident_id = resolved.resident_id
    known = resolved.receiver or resolved.sender
    if known is not None:
        message.county_code = known.county_code


def _refer(message: InboundMessage, facts: ReferralFacts, resolved: Resolved, *, by: Actor) -> UUID:
    assert resolved.sender and resolved.receiver and resolved.diagnosis
    if resolved.newcomer is not None:
        message.resident_id = _introduced(resolved, by=by)
    assert message.resident_id
    base = {
        "external_system": facts.system,
        "external_number": facts.number,
        "resident_id": message.resident_id,
        "sender_org_id": resolved.sender.id,
        "diagnosis_name": resolved.diagnosis.name,
        "by": by,
    }
    if resolved.plan is not None:
        return receive_external_down(**base, plan=_plan(resolved, resolved.plan))[0].id
    content = Content(
        receiver_id=resolved.receiver.id,
        diagnosis_code=resolved.diagnosis.code,
        reason=resolved.reason or _NO_REASON.format(diagnosis=resolved.diagnosis.name)[:500],
        summary=facts.summary,
        urgency=facts.urgency,
        outside_reason=resolved.reason,
    )
    return receive_external(**base, content=content)[0].id


def _introduced(resolved: Resolved, *, by: Actor) -> UUID:
    """The sender stands for her identity, as its registration desk would: its organisation knows her from now on."""
    assert resolved.sender and resolved.newcomer
    person, sender = resolved.newcomer, resolved.sender
    made = introduce_newcomer(
        name=person.name,
        sex=person.sex,
        born_on=person.born_on,
        number=person.citizen_number,
        address=person.address,
        by=replace(by, org_id=sender.id, org_name=sender.name, county_code=sender.county_code),
    )
    return made.id


def _plan(resolved: Resolved, said: PlanFacts) -> Plan:
    assert resolved.receiver and resolved.diagnosis
    who = "village" if resolved.receiver.level == Org.Level.VILLAGE else "township"
    return Plan(
        receiver_id=resolved.receiver.id,
        group=said.group,
        diagnosis_code=resolved.diagnosis.code,
        discharge_summary=said.summary,
        reason=resolved.reason or _NO_DOWN_REASON.format(diagnosis=resolved.diagnosis.name)[:500],
        red_flags=said.red_flags,
        medicines=[Medicine(name=m.name, dose=m.dose, frequency=m.frequency) for m in said.medicines],
        items=[Item(text=text, who=who) for text in said.arrangements],
        outside_reason=resolved.reason,
    )
