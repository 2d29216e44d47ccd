"""What can go wrong with what residents ask."""

from tongmai.kernel.errors import Conflict, InvalidInput, StepNotAllowed
from tongmai.kernel.text import N_


class DisputedAlready(Conflict):
    code = "disputed-already"
    sentence = N_("对这一条已经提出过异议，正在处理")


class ReopenedAlready(StepNotAllowed):
    """Once, and in time."""

    code = "reopened-already"
    sentence = N_("每项异议只能重新提出一次，并须在答复后的期限内")


class WardAskedAlready(Conflict):
    code = "ward-asked-already"
    sentence = N_("已经为这位家庭成员提出过申请，正在核对")


class WardUnknown(InvalidInput):
    """The registrar finds nobody with this name and number."""

    code = "ward-unknown"
    sentence = N_("没有姓名与证件号码都相符的居民。请先建档，或退回申请并写明原因")
