"""The app's errors.  Why a file cannot be read stands in `flaws`."""

from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


class ElsewhereAlready(Conflict):
    """The same file stands in another person's record; whose is not said."""

    code = "recording-elsewhere"
    sentence = N_("这份心电记录已存入另一位居民的档案，请先到心电核对页面处理")


class NotWaiting(Conflict):
    code = "recording-not-waiting"
    sentence = N_("这份心电记录已经处理过了")


class UnknownOrder(InvalidInput):
    code = "unknown-order"
    sentence = N_("没有找到申请单号 {number}，或者不是本机构执行的检查")

    def __init__(self, number: str) -> None:
        super().__init__(field="order_number", number=number[:32])
