"""What can go wrong with a referral, in words for those who meet it."""

from tongmai.kernel.errors import Conflict, InvalidInput, NotPermitted
from tongmai.kernel.text import N_


class AlreadyOpen(Conflict):
    """The resident has an open referral for this problem.  Facts: `problem`."""

    code = "referral-already-open"
    sentence = N_("该居民的这一病种（{problem}）已有未完成的转诊，不能重复发起")


class ConsentMissing(InvalidInput):
    code = "consent-missing"
    sentence = N_("须先取得并记录本人或近亲属的知情同意")


class ReceiverNotAllowed(InvalidInput):
    """Facts: `flaw` (rules.Flaw)."""

    code = "receiver-not-allowed"
    sentence = N_("不能转往该机构")


class WrongWay(ReceiverNotAllowed):
    code = "receiver-wrong-way"
    sentence = N_("上转应转往更高层级的机构，下转应转往更低层级的机构")


class SameOrganisation(ReceiverNotAllowed):
    code = "receiver-is-sender"
    sentence = N_("不能转给本机构")


class OutsideUnexplained(ReceiverNotAllowed):
    code = "outside-unexplained"
    sentence = N_("转往医联体外的机构须填写理由")


class ReasonMissing(InvalidInput):
    code = "reason-missing"
    sentence = N_("这一步须填写理由")


class NotYourDraft(NotPermitted):
    code = "not-your-draft"
    sentence = N_("只有发起机构可以修改草稿")


class NotInPlan(InvalidInput):
    code = "not-in-plan"
    sentence = N_("下转须附出院小结和至少一项用药或随访安排")


class NothingToSendDown(Conflict):
    code = "nothing-to-send-down"
    sentence = N_("患者尚未到诊，不能下转")
