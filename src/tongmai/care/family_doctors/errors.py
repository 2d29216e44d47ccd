"""What can go wrong with a contract."""

from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


class AlreadySigned(Conflict):
    """The resident has an active contract.  Facts: `team`, `until`."""

    code = "already-signed"
    sentence = N_("该居民已与“{team}”签约，至 {until} 到期；请先续签或解约")


class DraftExists(Conflict):
    code = "contract-draft-exists"
    sentence = N_("该居民与本团队已有未签署的协议")


class NotInTeam(InvalidInput):
    code = "not-in-team"
    sentence = N_("所选医生不在该团队中")


class MemberAlready(Conflict):
    code = "member-already"
    sentence = N_("该人员已在团队中")


class LeaderStays(Conflict):
    code = "leader-stays"
    sentence = N_("团队长不能移出团队，请先更换团队长")


class ResidentDied(Conflict):
    code = "resident-died"
    sentence = N_("该居民已去世，不能签约")
