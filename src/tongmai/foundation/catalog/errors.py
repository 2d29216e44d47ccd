"""What can go wrong with code lists and divisions."""

from tongmai.kernel.errors import Conflict, InvalidInput, NotFound
from tongmai.kernel.text import N_


class UnknownCode(NotFound):
    """No such code in the list in force on that day.  Facts: `code`, `on`."""

    code = "unknown-code"
    sentence = N_("代码 {code} 不在当日有效的目录中")


class NoListInForce(NotFound):
    """No edition of the coding system is in force on that day.  Facts: `system`, `on`."""

    code = "no-list-in-force"
    sentence = N_("{on} 没有有效的代码目录，请先导入")


class ListOverlaps(Conflict):
    """Another edition starts on the same day.  Facts: `version`, `other`."""

    code = "list-overlaps"
    sentence = N_("版本 {other} 已从同一天起生效")


class PriceStands(Conflict):
    """The item has another price from the same day on.  Facts: `on`, `amount`."""

    code = "price-stands"
    sentence = N_("该项目自 {on} 起的价格已是 {amount} 元；价格不能改写，请用新的执行日期")


class PricesOverlap(Conflict):
    """A price that begins later stands in the way.  Facts: `on`, `amount`."""

    code = "prices-overlap"
    sentence = N_("与该项目自 {on} 起的价格 {amount} 元重叠；请核对执行日期和截止日期")


class LoadedMeanwhile(Conflict):
    """Somebody else loads the same table at this moment; nothing of this load was written."""

    code = "loaded-meanwhile"
    sentence = N_("同一目录正在由他人导入，请稍后再试")


class UnreadableFile(InvalidInput):
    """The file cannot be read as a table, or its columns are not the expected ones.  Facts: `problem`."""

    code = "unreadable-file"
    sentence = N_("文件无法读取：{problem}")


class VersionStartsElsewhere(InvalidInput):
    """The version is stored already with another first day.  Facts: `version`, `starts_on`."""

    code = "version-starts-elsewhere"
    sentence = N_("版本 {version} 已存在，自 {starts_on} 起生效；请使用同一日期，或换一个版本号")
