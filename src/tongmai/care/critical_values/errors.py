"""What can go wrong with a critical value."""

from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


class AlreadyAcknowledged(Conflict):
    """Somebody was faster.  Facts: `name`, `org`, `at`."""

    code = "critical-already-acknowledged"
    sentence = N_("{org} 的{name}已在 {at} 复述确认，由其负责处置")


class ReadBackDiffers(InvalidInput):
    """What was typed is not what was told."""

    code = "read-back-differs"
    sentence = N_("复述与通报的结果不一致，请核对后重新输入结果数值或所见")


class ReasonMissing(InvalidInput):
    code = "reason-missing"
    sentence = N_("请写明原因")


class SamePerson(Conflict):
    """Two people release a critical value where the policy wants it."""

    code = "critical-same-person"
    sentence = N_("须由上报人以外的第二人核对后发出")
