"""The smallest team and contract."""

from tongmai.care.family_doctors import services
from tongmai.care.family_doctors.models import Contract, Team
from tongmai.care.family_doctors.services import Consent
from tongmai.commons.residents.models import Resident
from tongmai.foundation.orgs.actors import Actor

CONSENT = Consent(agreed_name="示例甲")


def team(by: Actor, name: str = "示例家医团队") -> Team:
    """Return a team led by the actor."""
    return services.found_team(name=name, leader_id=by.staff_id, by=by)


def prepared(of: Resident, in_team: Team, by: Actor, **facts) -> Contract:
    return services.prepare(resident_id=of.id, team_id=in_team.id, doctor_id=in_team.leader_id, by=by, **facts)


def signed(of: Resident, in_team: Team, by: Actor, **facts) -> Contract:
    """Return an active contract."""
    return services.sign(contract_id=prepared(of, in_team, by, **facts).id, consent=CONSENT, by=by)
