"""Whom and where a message means here: organisations by code or name, the resident by her number, the diagnosis by code.

What a person has settled on the message goes first, then what was remembered of its system, then what the message says.
What cannot be resolved is a fault, never a guess.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q

from tongmai.care.referrals.rules import HEIGHT
from tongmai.commons.residents import access as residents
from tongmai.exchange.hl7v2 import plan_in
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.plan_in import PlanFacts
from tongmai.exchange.hl7v2.referral_in import Diagnosis, Named, PatientFacts, ReferralFacts
from tongmai.exchange.models import OrgMeaning
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.kernel import citizen_id
from tongmai.kernel.text import N_

# Characters of a name that may stand without its county's; what is longer is no name (SQLite refuses to look for it).
SHORTEST_NAME, LONGEST_NAME = 5, 120
_LACKING = {"sex": N_("性别"), "born_on": N_("出生日期")}


@dataclass(frozen=True)
class Settled:
    """What a person settles about a held message; None and "" leave it to what the message says.

    The message keeps each under the same name.
    """

    resident_id: UUID | None = None
    sender_id: UUID | None = None
    receiver_id: UUID | None = None
    diagnosis_code: str = ""
    direction: str = ""
    reason: str = ""
    down_group: str = ""
    discharge_summary: str = ""
    arrangements: str = ""


@dataclass(frozen=True)
class Resolved:
    """What was found; None where it was not, and then `faults` say why.

    `newcomer`: nobody here has the number, and the message identifies her completely: she is to be introduced.
    `plan` is None for a referral up.
    """

    sender: Org | None
    receiver: Org | None
    resident_id: UUID | None
    newcomer: PatientFacts | None
    diagnosis: Diagnosis | None
    direction: str
    reason: str
    plan: PlanFacts | None
    faults: tuple[Fault, ...]


def resolve(facts: ReferralFacts, said: tuple[Fault, ...], settled: Settled, *, on: date, system: Actor) -> Resolved:
    """Return what the message means here.  `said`: the faults of the message itself; settled ones are dropped.

    `system` is the actor of programs: a message is resolved before anybody's scope is known.
    """
    faults = [fault for fault in said if not _is_settled(fault, settled)]
    sender = _org(settled.sender_id, facts, facts.sender_facilities, "unknown-sender", faults, system)
    receiver = _org(settled.receiver_id, facts, facts.receiver_facilities, "unknown-receiver", faults, system)
    resident_id, newcomer = settled.resident_id, None
    if resident_id is None:
        resident_id, newcomer = _resident(facts.patient, faults, system)
    diagnosis = _diagnosis(settled.diagnosis_code, facts, faults, on)
    direction = settled.direction or facts.direction or _way(sender, receiver)
    plan = _plan(facts.plan, settled, faults) if direction == "down" else None
    reason = settled.reason or facts.reason
    return Resolved(sender, receiver, resident_id, newcomer, diagnosis, direction, reason, plan, tuple(faults))


def names_of(named: tuple[Named, ...]) -> tuple[str, ...]:
    """Return the texts by which a message names one organisation, the surest first: codes before names."""
    texts = [text for each in named for text in (each.code, each.name) if text]
    return tuple(dict.fromkeys(texts))


def _is_settled(fault: Fault, settled: Settled) -> bool:
    by_segment = {"PID": settled.resident_id, "DG1": settled.diagnosis_code, "RF1": settled.direction}
    return bool(by_segment.get(fault.location.segment))


def org_of(
    application: str,
    system_name: str,
    named: tuple[Named, ...],
    *,
    chosen: UUID | None,
    system: Actor,
    only_remembered: bool = False,
) -> Org | None:
    """Return the organisation that a system's texts mean: as a person chose, as is remembered, as our directory calls it.

    `system_name` is application and facility as one name; `only_remembered`: what our directory calls it is not enough.
    """
    rows = orgs.visible_orgs(system).filter(is_active=True)
    remembered = chosen or _remembered((system_name, application), named)
    if remembered is not None and (found_chosen := rows.filter(id=remembered).first()):
        return found_chosen
    if only_remembered:
        return None
    for is_meant in (_is_called, _is_called_in_short):
        for candidate in named:
            found = list(rows.filter(is_meant(candidate))[:2])
            if len(found) == 1:
                return found[0]
    return None


def spellings(code: str) -> tuple[str, ...]:
    """Return how our catalogue may write a code: as it is; the national clinical edition of a WHO code; the WHO code of a
    local one; its category."""
    return (code, f"{code}00", f"{code[:5]}00", code[:5], code[:3])


def _org(
    chosen: UUID | None, facts: ReferralFacts, named: tuple[Named, ...], what: str, faults: list[Fault], system: Actor
) -> Org | None:
    found = org_of(facts.application, facts.system, named, chosen=chosen, system=system)
    if found is not None:
        return found
    name = " / ".join(dict.fromkeys(c.name or c.code for c in named if c.name or c.code)) or "—"
    faults.append(Fault(Code.UNKNOWN_KEY, named[0].location, what, {"name": name[:120]}))
    return None


def _remembered(systems: tuple[str, str], named: tuple[Named, ...]) -> UUID | None:
    """What a person has said that a text of this system means; what was said of one facility's system goes first."""
    texts = names_of(named)
    rows = OrgMeaning.objects.filter(system__in=systems, text__in=texts).values_list("system", "text", "org_id")
    known = {(system, text): org_id for system, text, org_id in rows}
    return next((known[s, t] for s in systems for t in texts if (s, t) in known), None)


def _is_called(named: Named) -> Q:
    """Organisations have a code, a credit code, and two names; an empty one matches nothing."""
    texts = {text for text in (named.code, named.name) if text}
    return Q(code__in=texts) | Q(credit_code__in=texts) | Q(name__in=texts) | Q(short_name__in=texts)


def _is_called_in_short(named: Named) -> Q:
    """A sender leaves out the county's name before its own; what is too short to mean one organisation matches nothing."""
    is_name = SHORTEST_NAME <= len(named.name or "") <= LONGEST_NAME
    return Q(name__endswith=named.name) if is_name else Q(pk=None)


def _way(sender: Org | None, receiver: Org | None) -> str:
    """Where the message does not say: to somebody lower is down, all else is up."""
    is_down = sender is not None and receiver is not None and HEIGHT[sender.level] > HEIGHT[receiver.level]
    return "down" if is_down else "up"


def _resident(patient: PatientFacts, faults: list[Fault], system: Actor) -> tuple[UUID | None, PatientFacts | None]:
    if any(fault.location.segment == "PID" for fault in faults):
        return None, None  # nothing to look for until that is put right
    numbers = [patient.citizen_number] if patient.citizen_number else list(patient.numbers)
    known = Q(identifiers__value__in=numbers, identifiers__is_current=True) | Q(media__number__in=numbers)
    found = list(residents.visible(system).filter(known).distinct()[:2])
    if not found and patient.citizen_number:
        flaw = _why_not_introduced(patient)
        faults.extend([flaw] if flaw else [])
        return None, None if flaw else patient
    # A number that another hospital gave may be somebody else's here: only with the day of birth it is hers.
    is_sure = bool(patient.citizen_number) or (len(found) == 1 and found[0].born_on == patient.born_on)
    if len(found) == 1 and found[0].name == patient.name and is_sure:
        return found[0].id, None
    faults.append(_not_found(patient, n_found=len(found), has_same_name=bool(found) and found[0].name == patient.name))
    return None, None


def _why_not_introduced(patient: PatientFacts) -> Fault | None:
    """Somebody is introduced only where number, name, sex and birth are all there and agree."""
    stated = citizen_id.parse(patient.citizen_number)
    lacking = [word for name, word in _LACKING.items() if not getattr(patient, name)]
    if lacking:
        place = Location("PID", field=7 if not patient.born_on else 8)
        return Fault(Code.REQUIRED_FIELD, place, "incomplete-identity", {"lacking": lacking})
    if patient.born_on != stated.born_on:
        return Fault(Code.DATA_TYPE, Location("PID", field=7), "contradicting-birth")
    if patient.sex != stated.sex.value:
        return Fault(Code.DATA_TYPE, Location("PID", field=8), "contradicting-sex")
    return None


def _not_found(patient: PatientFacts, *, n_found: int, has_same_name: bool) -> Fault:
    if n_found > 1:
        return Fault(Code.UNKNOWN_KEY, patient.location, "several-residents")
    if n_found == 1:
        field, what = (7, "other-birth") if has_same_name else (5, "other-name")
        return Fault(Code.UNKNOWN_KEY, Location("PID", field=field), what)
    return Fault(Code.UNKNOWN_KEY, patient.location, "unknown-resident")


def _diagnosis(chosen: str, facts: ReferralFacts, faults: list[Fault], on: date) -> Diagnosis | None:
    """The first coded diagnosis that the catalogue knows: as written, or by the ICD-10 part of a longer local code."""
    codes = [chosen] if chosen else [d.code for d in facts.diagnoses if d.code]
    for code in codes:
        known = catalog.diagnoses(spellings(code), on)
        if found := next((known[text] for text in spellings(code) if text in known), None):
            return Diagnosis(found.code, found.name)
    if not any(fault.location.segment == "DG1" for fault in faults):
        said = "、".join(d.code or d.name for d in facts.diagnoses)
        faults.append(
            Fault(Code.TABLE_VALUE, Location("DG1", field=3), "unknown-diagnosis", {"said": said[:60] or "—"})
        )
    return None


def _plan(said: PlanFacts, settled: Settled, faults: list[Fault]) -> PlanFacts:
    """What a person has supplied goes before what the message says."""
    plan = replace(
        said,
        group=settled.down_group or said.group,
        summary=settled.discharge_summary or said.summary,
        arrangements=plan_in.lines(settled.arrangements) or said.arrangements,
    )
    lacking = {
        "no-down-group": not plan.group,
        "no-down-summary": not plan.summary,
        "no-down-plan": not (plan.medicines or plan.arrangements),
    }
    faults.extend(Fault(Code.REQUIRED_FIELD, Location("NTE"), what) for what, is_so in lacking.items() if is_so)
    return plan
