"""What can go wrong when a result is to be recognised, or examined anew."""

from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


class DecisionNeeded(InvalidInput):
    """A result that must be recognised stands, and nothing was decided about it.  Facts: `field`, `item`, `org`, `taken_on`."""

    code = "recognition-decision-needed"
    sentence = N_(
        "{org} {taken_on} 的“{item}”结果应予互认，不得重复检查。请先互认，或选择重新检查的法定情形并向患者说明（互认管理办法第十七、十九、二十一条）"
    )


class NotOffered(InvalidInput):
    """The report is none that counts for this item now.  Facts: `field`."""

    code = "recognition-not-offered"
    sentence = N_("这份结果现在不能用于互认，请刷新后重新选择")


class NotRecognisable(InvalidInput):
    """The item is not on the list of recognised items.  Facts: `field`."""

    code = "recognition-no-item"
    sentence = N_("这个项目不在互认项目清单中")


class DecidedOtherwise(Conflict):
    """Something else was decided today about the same item of the same person.  Facts: `by_name`."""

    code = "recognition-decided"
    sentence = N_("{by_name} 今天已为该居民互认了此项目的另一份结果；需要改动请先撤销")


class TooLateToUndo(Conflict):
    """Facts: `minutes`."""

    code = "recognition-too-late-to-undo"
    sentence = N_("互认已超过 {minutes} 分钟，不能再撤销；确需检查请按重新检查的情形开单")


class OrderStands(Conflict):
    code = "recognition-order-stands"
    sentence = N_("重新检查的申请已经开出，请作废申请单")
