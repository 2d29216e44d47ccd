"""One row of a list of contracts: prepared and signed by the same services as on the page, renewed when it begins anew,
put right where it says otherwise.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tongmai.care.family_doctors import access as contracts
from tongmai.care.family_doctors import rules, services
from tongmai.care.family_doctors.models import Contract, Team
from tongmai.care.family_doctors.states import State
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.services.registering import find_by_citizen_numbers
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Cells, Refused, check_cells, citizen_number, day_of, name_of, or_problem
from tongmai.exchange.tabular.verdicts import Row, Verdict, held, settled
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Staff, valid_on
from tongmai.kernel.text import N_

HOWS = {
    "": Contract.How.SIGNATURE, "本人签字": Contract.How.SIGNATURE, "纸质": Contract.How.SIGNATURE,
    "纸质签约": Contract.How.SIGNATURE, "现场签约": Contract.How.SIGNATURE, "签字": Contract.How.SIGNATURE,
    "监护人签字": Contract.How.GUARDIAN, "监护人": Contract.How.GUARDIAN, "代签": Contract.How.GUARDIAN,
    "线上确认": Contract.How.ONLINE, "线上": Contract.How.ONLINE, "网上签约": Contract.How.ONLINE,
    "电子签约": Contract.How.ONLINE,
}  # fmt: skip
AS_THE_LIST_SAYS = N_("按签约名单更正")
_YEARS = re.compile(r"([1-9])(?:\.0)?年?")
_CHINESE_YEARS = {"一年": 1, "两年": 2, "二年": 2, "三年": 3}


@dataclass(frozen=True)
class ContractFacts:
    """A contract as a list states it.  `years` 0: as the policy has it."""

    name: str
    citizen_number: str
    team: str
    doctor: str
    starts_on: date
    years: int
    agreed_name: str
    agreed_how: str


@or_problem
def contract_facts(cells: Cells) -> ContractFacts:
    """Return what a row of a list of contracts says, or the first thing that is wrong with it."""
    name = name_of(cells)
    check_cells(cells)
    number = citizen_number(cells)
    if not number:
        raise Refused("no-citizen-number")
    if not cells.get("team", ""):
        raise Refused("no-team")
    starts_on = day_of(cells.get("starts_on", ""))
    if starts_on is None:
        raise Refused("no-start")
    how = cells.get("agreed_how", "")
    if how not in HOWS:
        raise Refused("unknown-how", given=how[:20])
    return ContractFacts(
        name=name,
        citizen_number=number,
        team=cells["team"],
        doctor=cells.get("doctor", ""),
        starts_on=starts_on,
        years=_years(cells.get("years", ""), starts_on, day_of(cells.get("ends_on", ""))),
        agreed_name=cells.get("agreed_name", "") or name,
        agreed_how=str(HOWS[how]),
    )


def settler(by: Actor) -> Callable[[Row], Verdict]:
    """Return what does what a row asks for, and tells its fate."""
    return lambda row: settled(row, contract_facts(row.cells), lambda facts, digest: _settle(row, facts, digest, by))


def _years(text: str, starts_on: date, ends_on: date | None) -> int:
    """Return the years that are stated, or that lie between the two days; lists end on the last day or the one after."""
    found = _YEARS.fullmatch(text)
    years = int(found.group(1)) if found else _CHINESE_YEARS.get(text, 0)
    if text and not years:
        raise Refused("bad-years", given=text[:20])
    if ends_on is None:
        return years
    fitting = [n for n in range(1, 10) if rules.ends_before(starts_on, n) in (ends_on, ends_on + timedelta(days=1))]
    if not fitting or (years and years != fitting[0]):
        raise Refused("bad-term", given=ends_on.isoformat())
    return fitting[0]


def _settle(row: Row, facts: ContractFacts, digest: str, by: Actor) -> Verdict:
    resident_id = find_by_citizen_numbers([facts.citizen_number]).get(facts.citizen_number)
    if resident_id is None:
        return held(row.identity, "unknown-resident")
    resident = residents.get(resident_id, by=by)
    if resident.name != facts.name:
        return held(row.identity, "other-name")
    team = contracts.visible_teams(by).filter(name=facts.team, org_id=by.org_id, is_active=True).first()
    if team is None:
        return held(row.identity, "unknown-team", said=facts.team[:60])
    doctor = _doctor(facts, team, by)
    if doctor is None:
        return held(row.identity, "unknown-doctor", team=team.name, said=facts.doctor[:60])
    active = Contract.objects.filter(resident=resident, state=State.ACTIVE, ends_before__gt=by.today).first()
    if active is not None:
        return _beside(active, row, facts, digest, team, doctor, by)
    draft = services.prepare(
        resident_id=resident.id, team_id=team.id, doctor_id=doctor.id, starts_on=facts.starts_on,
        years=facts.years or None, is_on_paper=True, by=by,
    )  # fmt: skip
    signed = services.sign(contract_id=draft.id, consent=_consent(facts), by=by)
    return Verdict(Fate.NEW, row.identity, digest, signed.id)


def _beside(
    active: Contract, row: Row, facts: ContractFacts, digest: str, team: Team, doctor: Staff, by: Actor
) -> Verdict:
    """What becomes of a row for somebody who has a contract: the same one, the one that follows it, or another."""
    if active.team_id != team.id:
        return held(row.identity, "other-contract", until=active.ends_before.isoformat())
    if facts.starts_on <= active.starts_on or _is_renewed_already(active, facts):
        return _amended(active, row, facts, digest, doctor, by)
    renewed = services.renew(
        contract_id=active.id, consent=_consent(facts), years=facts.years or None, doctor_id=doctor.id, by=by
    )
    return Verdict(Fate.UPDATED, row.identity, digest, renewed.id)


def _amended(active: Contract, row: Row, facts: ContractFacts, digest: str, doctor: Staff, by: Actor) -> Verdict:
    """What the list says otherwise of the same contract is put right: her doctor, its first day, its term."""
    is_renewal = active.renews_id is not None and facts.starts_on >= active.starts_on
    amended = services.amend(
        contract_id=active.id, doctor_id=doctor.id if facts.doctor else None,
        starts_on=None if is_renewal else facts.starts_on, years=None if is_renewal else facts.years or None,
        reason=str(AS_THE_LIST_SAYS), by=by,
    )  # fmt: skip
    is_same = amended.version == active.version
    return Verdict(Fate.SAME if is_same else Fate.UPDATED, row.identity, digest, active.id)


def _is_renewed_already(active: Contract, facts: ContractFacts) -> bool:
    """Whether the active contract is the renewal that the list means: it follows another and reaches beyond the list's day."""
    return active.renews_id is not None and facts.starts_on <= active.ends_before and facts.starts_on > active.starts_on


def _doctor(facts: ContractFacts, team: Team, by: Actor) -> Staff | None:
    """Return the member who is named by name or number, where she is the only one; the leader where none is named."""
    if not facts.doctor:
        return team.leader
    members = [each.staff for each in team.members.filter(valid_on(by.today)).select_related("staff")]
    found = [each for each in members if facts.doctor in (each.name, each.number)]
    return found[0] if len(found) == 1 else None


def _consent(facts: ContractFacts) -> services.Consent:
    return services.Consent(agreed_name=facts.agreed_name, agreed_how=facts.agreed_how)
