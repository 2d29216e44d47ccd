"""Why a file as a whole cannot be used.  What is wrong with one row is that row's fate, not an error."""

from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


class UnusableFile(InvalidInput):
    """Fact `remedy` says what to do."""

    code = "unusable-file"
    sentence = N_("文件：{problem} {remedy}")


PROBLEMS = {
    "empty": (N_("文件里没有数据。"), N_("请确认选择了正确的文件和工作表。")),
    "too-large": (N_("文件过大。"), N_("请按乡镇拆分后分次导入。")),
    "old-excel": (N_("这是旧版 Excel（.xls）文件。"), N_("请在 Excel 中另存为 .xlsx 或 CSV UTF-8 后再导入。")),
    "not-excel": (N_("这不是有效的 .xlsx 文件，或文件已损坏。"), N_("请在 Excel 中打开后另存一份再导入。")),
    "encoding": (N_("文字编码无法识别。"), N_("请在 Excel 中另存为“CSV UTF-8”后再导入。")),
    "no-head": (N_("没有找到表头行。"), N_("表头行应包含“姓名”等列名，请对照模板。")),
    "missing-columns": (N_("缺少必需的列：{columns}。"), N_("请补上这些列，或在“列对应”中指定。")),
    "same-headings": (N_("有两列都对应“{columns}”。"), N_("请在“列对应”中只保留一列。")),
}


def unusable(reason: str, **facts: object) -> UnusableFile:
    """Return the error for one of `PROBLEMS`."""
    problem, remedy = PROBLEMS[reason]
    return UnusableFile(field="file", reason=reason, problem=problem.format(**facts), remedy=remedy)
