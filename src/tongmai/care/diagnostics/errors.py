"""What can go wrong with an examination, in words for those who meet it."""

from tongmai.kernel.errors import Conflict, InvalidInput, NotPermitted, StepNotAllowed
from tongmai.kernel.text import N_


class AlreadyOrdered(Conflict):
    """The same examination of the same resident is open.  Facts: `number`, `item`, `order_id`."""

    code = "examination-already-ordered"
    sentence = N_("这位居民的“{item}”已有未完成的申请 {number}，不再重复开单")


class AlreadyClaimed(Conflict):
    """Somebody else took it first."""

    code = "examination-already-claimed"
    sentence = N_("这份检查刚刚已由他人领取，请领取下一份")


class NoCentre(InvalidInput):
    """No agreement says who reports for this site.  Facts: `site`."""

    code = "no-centre"
    sentence = N_("{site} 还没有承担这类检查报告的中心，请中心主任先登记服务协议")


class NotAReader(NotPermitted):
    """Facts: `why` (role, post or licence)."""

    code = "not-a-reader"
    sentence = N_("出具报告须有本中心的诊断医生岗位和有效的执业证书编号")


class SamePerson(StepNotAllowed):
    code = "verified-by-author"
    sentence = N_("审核须由另一位医生完成，书写人不能审核自己的报告")


class ReasonMissing(InvalidInput):
    code = "reason-missing"
    sentence = N_("这一步须填写理由")


class FieldsMissing(InvalidInput):
    """Mandatory fields are missing; the examination cannot be sent.  Facts: `missing`."""

    code = "fields-missing"
    sentence = N_("不能发送：必填内容不全（{missing}）")


class ConclusionMissing(InvalidInput):
    code = "conclusion-missing"
    sentence = N_("请填写诊断意见后再提交")


class MarkedButNormal(InvalidInput):
    """A critical finding was marked, and the report is not said to be abnormal.  Facts: `finding`."""

    code = "marked-but-normal"
    sentence = N_("已登记危急发现“{finding}”，报告须勾选“阳性结果”后再提交")


class AgreementOverlaps(Conflict):
    """Facts: `site`."""

    code = "agreement-overlaps"
    sentence = N_("{site} 的这类检查在该日期已有承担中心，请先结束原协议")
