"""Whom and where a message means here: organisations by code or name, the resident by her number, the diagnosis by code.

What a person has settled on the message goes first.  What cannot be resolved is a fault, never a guess.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from tongmai.commons.residents import access as residents
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.referral_in import Diagnosis, Named, PatientFacts, ReferralFacts
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.kernel.text import N_

SHORTEST_NAME = 5  # characters of a name that may stand without its county's


@dataclass(frozen=True)
class Settled:
    """What a person has decided about a message; None and "" leave it to what the message says."""

    resident_id: UUID | None = None
    sender_id: UUID | None = None
    receiver_id: UUID | None = None
    diagnosis_code: str = ""


@dataclass(frozen=True)
class Resolved:
    """What was found; None where it was not, and then `faults` say why."""

    sender: Org | None
    receiver: Org | None
    resident_id: UUID | None
    diagnosis: Diagnosis | None
    faults: tuple[Fault, ...]


def resolve(facts: ReferralFacts, said: tuple[Fault, ...], settled: Settled, *, on: date, system: Actor) -> Resolved:
    """Return what the message means here.  `said`: the faults of the message itself; settled ones are dropped.

    `system` is the actor of programs: a message is resolved before anybody's scope is known.
    """
    faults = [fault for fault in said if not _is_settled(fault, settled)]
    sender, receiver = (
        _org(settled.sender_id, facts.sender_facilities, N_("转出机构“{name}”不在机构目录中"), faults, system),
        _org(settled.receiver_id, facts.receiver_facilities, N_("接收机构“{name}”不在机构目录中"), faults, system),
    )
    resident_id = settled.resident_id or _resident(facts.patient, faults, system)
    diagnosis = _diagnosis(settled.diagnosis_code, facts, faults, on)
    return Resolved(sender, receiver, resident_id, diagnosis, tuple(faults))


def _is_settled(fault: Fault, settled: Settled) -> bool:
    by_segment = {"PID": settled.resident_id, "DG1": settled.diagnosis_code}
    return bool(by_segment.get(fault.location.segment))


def _org(chosen: UUID | None, named: tuple[Named, ...], problem: str, faults: list[Fault], system: Actor) -> Org | None:
    rows = orgs.visible_orgs(system).filter(is_active=True)
    if chosen is not None and (found_chosen := rows.filter(id=chosen).first()):
        return found_chosen
    for is_meant in (_is_called, _is_called_in_short):
        for candidate in named:
            found = list(rows.filter(is_meant(candidate))[:2])
            if len(found) == 1:
                return found[0]
    name = " / ".join(dict.fromkeys(c.name or c.code for c in named if c.name or c.code)) or "—"
    remedy = N_("请核对名称，或由转诊专员选择对应的机构。")
    faults.append(Fault(Code.UNKNOWN_KEY, named[0].location, problem.format(name=name[:120]), remedy))
    return None


def _is_called(named: Named) -> Q:
    """Organisations have a code, a credit code, and two names; an empty one matches nothing."""
    texts = {text for text in (named.code, named.name) if text}
    return Q(code__in=texts) | Q(credit_code__in=texts) | Q(name__in=texts) | Q(short_name__in=texts)


def _is_called_in_short(named: Named) -> Q:
    """A sender leaves out the county's name before its own; what is too short to mean one organisation matches nothing."""
    return Q(name__endswith=named.name) if len(named.name or "") >= SHORTEST_NAME else Q(pk=None)


def _resident(patient: PatientFacts, faults: list[Fault], system: Actor) -> UUID | None:
    if any(fault.location.segment == "PID" for fault in faults):
        return None  # nothing to look for until that is put right
    numbers = [patient.citizen_number] if patient.citizen_number else list(patient.numbers)
    known = Q(identifiers__value__in=numbers, identifiers__is_current=True) | Q(media__number__in=numbers)
    found = list(residents.visible(system).filter(known).distinct()[:2])
    if len(found) == 1 and found[0].name == patient.name:
        return found[0].id
    faults.append(_not_found(patient, n_found=len(found)))
    return None


def _not_found(patient: PatientFacts, *, n_found: int) -> Fault:
    if n_found == 1:
        place = Location("PID", field=5)
        remedy = N_("请核对是否为同一人，再由转诊专员选择居民。")
        return Fault(Code.UNKNOWN_KEY, place, N_("证件号码已建档，但姓名与消息不一致"), remedy)
    if n_found > 1:
        remedy = N_("请由转诊专员选择居民。")
        return Fault(Code.UNKNOWN_KEY, patient.location, N_("消息中的号码属于不止一位居民"), remedy)
    remedy = N_("请由转诊专员选择居民，或按消息建档。")
    return Fault(Code.UNKNOWN_KEY, patient.location, N_("没有找到这位患者的居民档案"), remedy)


def _diagnosis(chosen: str, facts: ReferralFacts, faults: list[Fault], on: date) -> Diagnosis | None:
    """The first coded diagnosis that the catalogue knows: as written, or by the ICD-10 part of a longer local code."""
    codes = [chosen] if chosen else [d.code for d in facts.diagnoses if d.code]
    for code in codes:
        spellings = (code, code[:5], code[:3])  # I20.000 of a local edition, I20.0, I20
        known = catalog.diagnoses(spellings, on)
        if found := next((known[text] for text in spellings if text in known), None):
            return Diagnosis(found.code, found.name)
    if not any(fault.location.segment == "DG1" for fault in faults):
        said = "、".join(d.code or d.name for d in facts.diagnoses)
        problem = N_("诊断“{said}”不在诊断目录中").format(said=said[:60] or "—")
        faults.append(Fault(Code.TABLE_VALUE, Location("DG1", field=3), problem, N_("请由转诊专员选择诊断。")))
    return None
