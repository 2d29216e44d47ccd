"""What can be wrong with a message or a row, in words.  Rows keep the code and its facts; the words are chosen when they
are shown, in the reader's language.  Pure.
"""

import string
from collections.abc import Callable, Mapping
from typing import Any

from tongmai.kernel.errors import TongmaiError
from tongmai.kernel.text import N_

Facts = Mapping[str, Any]
SENTENCE = "sentence"  # the fact that is itself a template: what one of our own errors says
_TRANSLATED = frozenset({"problem", "field"})  # facts that are words of ours, not of the sender

_BY_COORDINATOR = N_("请核对名称，或由转诊专员选择对应的机构。")

# what → (what is wrong, what can be done about it)
MESSAGES: dict[str, tuple[str, str]] = {
    "not-hl7": (N_("文件不是 HL7 v2 消息：应以 MSH 段开头"), N_("请核对导出的文件。")),
    "no-separators": (N_("MSH 段没有给出分隔符"), N_("请在 MSH-1 和 MSH-2 中给出分隔符。")),
    "same-separators": (N_("MSH 段给出的分隔符有重复"), N_("五个分隔符应各不相同。")),
    "wrong-bytes": (N_("消息的字节不能按 UTF-8 或 GB18030 解读"), N_("请用 UTF-8 重新导出。")),
    "bad-segment": (N_("段名应为三个大写字母或数字"), N_("请核对该行。")),
    "no-control-id": (N_("没有消息控制号，无法辨认重复"), N_("请在 MSH-10 中填写唯一编号。")),
    "wrong-type": (N_("不接收这类消息：{kind}"), N_("可接收的消息种类见接入说明。")),
    "wrong-event": (N_("不接收这种事件：{kind}"), N_("可接收的事件见接入说明；转诊的修改和撤销请在平台上办理。")),
    "used-twice": (N_("该消息控制号已用于另一条内容不同的消息"), N_("请为每条消息使用新的控制号后重发。")),
    "no-patient-segment": (N_("没有患者信息段"), N_("请补上 PID 段后重发，或由转诊专员选择居民。")),
    "no-name": (N_("没有患者姓名"), N_("请在 PID-5 中填写姓名，或由转诊专员选择居民。")),
    "bad-number": ("{sentence}", N_("请核对证件号码后更正，或由转诊专员选择居民。")),
    "no-diagnosis": (N_("没有诊断"), N_("请补上 DG1 段，或由转诊专员选择诊断。")),
    "empty-diagnosis": (N_("诊断没有编码，也没有名称"), N_("请在 DG1-3 中填写，或由转诊专员选择诊断。")),
    "unknown-diagnosis": (N_("诊断“{said}”不在诊断目录中"), N_("请由转诊专员选择诊断。")),
    "no-referral-segment": (N_("没有转诊信息段"), N_("请补上 RF1 段后重发，或由转诊专员补填转诊方向。")),
    "unknown-sender": (N_("转出机构“{name}”不在机构目录中"), _BY_COORDINATOR),
    "unknown-receiver": (N_("接收机构“{name}”不在机构目录中"), _BY_COORDINATOR),
    "other-name": (N_("证件号码已建档，但姓名与消息不一致"), N_("请核对是否为同一人，再由转诊专员选择居民。")),
    "other-birth": (
        N_("号码属于一位同名居民，但出生日期不一致或未写明"),
        N_("请核对是否为同一人，再由转诊专员选择居民。"),
    ),
    "several-residents": (N_("消息中的号码属于不止一位居民"), N_("请由转诊专员选择居民。")),
    "unknown-resident": (
        N_("没有找到这位患者的居民档案，消息也没有有效的居民身份证号"),
        N_("请由转诊专员选择居民，或核对证件后建档。"),
    ),
    "incomplete-identity": (
        N_("没有找到这位患者的居民档案；消息中的身份不完整，缺{lacking}"),
        N_("请核对证件后按消息建档，或请对方补全后重发。"),
    ),
    "contradicting-sex": (N_("消息中的性别与身份证号不一致"), N_("请核对证件，再由转诊专员选择居民或建档。")),
    "contradicting-birth": (N_("消息中的出生日期与身份证号不一致"), N_("请核对证件，再由转诊专员选择居民或建档。")),
    "no-down-group": (N_("下转消息没有写明下转类别"), N_("请由转诊专员补填下转类别。")),
    "no-down-summary": (N_("下转消息没有出院小结"), N_("请对方补上出院小结，或由转诊专员补填。")),
    "no-down-plan": (N_("下转消息既没有用药，也没有后续安排"), N_("请对方补上，或由转诊专员补填。")),
    "no-application": (N_("没有写明发送系统"), N_("请在 MSH-3 中填写发送系统。")),
    "unknown-system": (
        N_("发送系统“{name}”没有登记"),
        N_("请系统管理员登记该系统，或由转诊专员选择它属于哪家机构，然后重试。"),
    ),
    "stopped-system": (N_("发送系统“{name}”已停用"), N_("请系统管理员核对后启用，再重试。")),
    "other-address": (N_("消息不是从“{name}”登记的地址或证书发来的"), N_("请系统管理员核对来源地址和证书。")),
    "no-patient-number": (N_("没有患者号"), N_("请在 PID-3 中填写发送系统的患者号。")),
    "not-enterable": ("{problem}", N_("请补全身份信息后更正原文，或选择居民。")),
    "no-merged-number": (N_("没有写明被合并的患者号"), N_("请在 MRG-1 中填写。")),
    "no-visit-segment": (N_("没有就诊信息段"), N_("请补上 PV1 段后重发。")),
    "no-visit": (N_("就诊信息段没有内容"), N_("请填写 PV1-2、PV1-19 和 PV1-44。")),
    "no-visit-number": (N_("没有就诊号，也不能从其他内容认出是哪次就诊"), N_("请在 PV1-19 中填写就诊号。")),
    "no-report": (N_("结果消息没有报告"), N_("请补上 OBR 段后重发。")),
    "no-order": (N_("医嘱消息没有申请"), N_("请补上 ORC 和 OBR 段后重发。")),
    "no-order-number": (N_("申请没有编号，无法辨认重复"), N_("请在 ORC-2 中填写申请单号。")),
    "no-appointment": (N_("没有预约信息段"), N_("请补上 SCH 段后重发。")),
    "no-appointment-number": (N_("预约没有编号"), N_("请在 SCH-1 或 SCH-2 中填写。")),
    "no-appointment-time": (N_("预约没有时间"), N_("请在 SCH-11 或 TQ1-7 中填写开始时间。")),
    "no-document": (N_("没有文书信息段"), N_("请补上 TXA 段后重发。")),
    "no-document-number": (N_("文书没有唯一编号"), N_("请在 TXA-12 中填写。")),
    "no-content": (N_("文书没有内容"), N_("请在 OBX-5 中给出文字或文件。")),
    "bad-content": (N_("文书的文件不能解码"), N_("请核对 OBX-5 的编码方式和内容。")),
    "not-cda": (N_("文件不是 CDA 文档：根元素应为 ClinicalDocument"), N_("请核对导出的文件。")),
    "bad-xml": (N_("XML 格式有误：第 {line} 行第 {column} 列（{said}）"), N_("请更正原文，或请对方重新导出。")),
    "has-doctype": (N_("文档带有 DOCTYPE 声明，出于安全不接收"), N_("请去掉 DOCTYPE 后重新导出。")),
    "too-large": (N_("文件超过 {most} MB"), N_("请去掉过大的附件后重新导出。")),
    "too-deep": (N_("文档嵌套超过 {most} 层"), N_("请核对导出的文件。")),
    "too-many-elements": (N_("文档元素超过 {most} 个"), N_("请核对导出的文件。")),
    "cda-no-id": (N_("文档没有编号（id）"), N_("请更正原文，补上文档的唯一编号。")),
    "cda-no-patient": (N_("文档没有患者信息（recordTarget）"), N_("请更正原文，或选择居民。")),
    "cda-several-patients": (N_("文档涉及 {n} 位患者，不能确定归谁"), N_("请对方按人分开，或选择居民。")),
    "cda-no-name": (N_("文档没有患者姓名"), N_("请更正原文，或选择居民。")),
    "cda-no-number": (N_("文档没有患者号，也没有身份证号"), N_("请更正原文，或选择居民。")),
    "cda-no-content": (N_("文档没有正文"), N_("请对方补上正文后重发。")),
    "cda-body-elsewhere": (N_("文档的正文在另一份文件中，没有随文档发来"), N_("请对方把正文放进文档后重发。")),
    "cda-bad-content": (N_("文档的正文不能解码"), N_("请对方核对 nonXMLBody 的编码方式和内容。")),
    "cda-many-sections": (N_("文档超过 {most} 节"), N_("请核对导出的文件。")),
    "other-person": (N_("文档所写的患者与该患者号已对应的居民不是同一人"), N_("请核对后选择居民，或请对方更正。")),
    "other-persons-document": (N_("文档的前一版属于另一位居民"), N_("请核对后选择居民，或请对方更正。")),
    "not-whole": (N_("消息过长，或没有发完就断开，未保存"), N_("请核对后完整重发。")),
    "too-many-parts": (
        N_("消息的段、字段和组成部分太多，无法处理"),
        N_("请核对导出的消息；长的内容放在一个字段里，或分几条发送。"),
    ),
    "crashed": (N_("处理这条消息时程序出错（{error}），消息已保留"), N_("请联系平台运维，更正原文或升级后重试。")),
    "refused": ("{sentence}", N_("请按提示处理后重试，或拒绝该消息。")),
    "refused-by-person": ("{reason}", ""),
    "said": ("{problem}", "{remedy}"),  # kept from before problems had codes
}

# What a message that was applied did here.  The keys are stored.
OUTCOMES: dict[str, str] = {
    "referral": N_("成为转诊"),
    "registered": N_("登记了患者"),
    "updated": N_("更新了患者信息"),
    "merged": N_("合并了患者号"),
    "given-up": N_("记住了停用的患者号"),
    "visit": N_("记入就诊"),
    "report": N_("记入检查检验结果"),
    "order": N_("记入医嘱申请"),
    "appointment": N_("记入外院预约"),
    "document": N_("记入文书"),
    "same": N_("内容没有变化"),
    "stale": N_("已有更新的内容，未改动"),
    "nothing": N_("没有可改动的内容"),
}

_CHECK_DOCUMENT = N_("请对照证件核对后更正。")
_CHECK_VILLAGE = N_("请核对名称，或改填村代码。")

ROWS: dict[str, tuple[str, str]] = {
    "bad-citizen-number": ("{sentence}", _CHECK_DOCUMENT),
    "no-birth": (N_("没有身份证号，也没有出生日期"), N_("请至少补上其中一项。")),
    "no-row-identity": (N_("没有档案编号，也没有身份证号，下次导入无法认出这一行"), N_("请补上其中一项。")),
    "bad-staff-number": (N_("工号为空，或含有不能使用的字符"), N_("工号用字母、数字、横线，不超过 32 位。")),
    "no-org": (N_("没有机构"), N_("请填写机构名称或机构代码。")),
    "unknown-role": (N_("岗位“{given}”无法识别"), N_("请使用：{known}。")),
    "unknown-grade": (N_("职称“{given}”无法识别"), N_("请填写初级、中级、副高、正高，或具体职称。")),
    "bad-insurance-number": (N_("医保编号“{given}”无法识别"), N_("医保编号用数字和字母，4–40 位；没有的请留空。")),
    "unknown-scheme": (N_("医保类型“{given}”无法识别"), N_("请填写城乡居民、职工、未参保或其他。")),
    "unknown-tag": (N_("人群分类“{given}”无法识别"), N_("请使用：{known}。")),
    "bad-village-code": (N_("村代码应为 9 位或 12 位数字"), N_("请按国家统计用区划代码填写。")),
    "bad-day": (N_("日期“{given}”不存在"), N_("请写成 1965-03-07 的样子。")),
    "lost-digits": (
        N_("号码被 Excel 当作数字，末几位已丢失"),
        N_("请把该列设为“文本”格式，重新填写号码后再导入。"),
    ),
    "too-long": (N_("“{given}…”过长"), N_("请缩短这一格的内容。")),
    "no-name": (N_("没有姓名"), N_("请补上姓名。")),
    "unknown-sex": (N_("性别“{given}”无法识别"), N_("请填写“男”或“女”。")),
    "bad-phone": (N_("电话“{given}”无法识别"), N_("请填写 11 位手机号，或带区号的座机号。")),
    "other-birth": (N_("出生日期与身份证号不一致"), N_("请对照证件核对：证件号上的出生日期是 {stated}。")),
    "other-sex": (N_("性别与身份证号不一致"), N_("请对照证件核对性别与号码。")),
    "same-identity": (N_("与第 {line} 行的编号相同"), N_("同一编号只保留一行。")),
    "other-holder": (N_("证件号码属于另一位居民，与此前导入的同一编号不符"), N_("请核对编号与证件号码。")),
    "other-name": (N_("已有档案的姓名与此不同"), N_("请核对；确系更名的，先在居民页面更正姓名再导入。")),
    "several-villages": (N_("村“{said}”在本县不止一个"), N_("请补上乡镇，或改填村代码。")),
    "unknown-village": (N_("村“{said}”不在本县区划中"), _CHECK_VILLAGE),
    "unknown-org": (N_("机构“{said}”不在机构目录中，或不归您管理"), N_("请核对名称，或先登记该机构。")),
    "unknown-department": (N_("“{org}”没有科室“{said}”"), N_("请核对名称，或先登记该科室。")),
    "other-staff-name": (N_("该工号已属于另一姓名的人员"), N_("请核对工号；确系更名的，先在人员页面更正。")),
    "alike": (N_("可能与已有的一位居民是同一人"), N_("将先建立档案，再由登记员核对是否合并。")),
    "no-longer-here": (N_("此前对应的居民档案已不在"), N_("请核对编号与证件号码。")),
    "no-citizen-number": (N_("没有身份证号，无法认出是哪位居民"), N_("请补上身份证号。")),
    "unknown-resident": (N_("没有这位居民的档案"), N_("请先建档，或先导入居民花名册。")),
    "no-team": (N_("没有签约团队"), N_("请填写团队名称。")),
    "unknown-team": (N_("本机构没有团队“{said}”"), N_("请核对名称，或先建立该团队。")),
    "unknown-doctor": (N_("“{team}”中没有“{said}”，或不止一位"), N_("请改填工号，或先把该医生加入团队。")),
    "no-start": (N_("没有开始日期"), N_("请补上日期，写成 2026-11-22 的样子。")),
    "unknown-how": (N_("签署方式“{given}”无法识别"), N_("请填写本人签字、监护人签字或线上确认。")),
    "bad-years": (N_("签约年限“{given}”无法识别"), N_("请填写整年数，例如 1。")),
    "bad-term": (N_("到期日期 {given} 与开始日期、年限不符"), N_("请核对三者，或不填到期日期。")),
    "other-contract": (
        N_("该居民已有有效协议（至 {until}），内容与此不同"),
        N_("请核对；确需改签的，先在签约页面解约再导入。"),
    ),
    "no-resource": (N_("没有资源名称"), N_("请填写门诊、病区或检查项目的名称。")),
    "unknown-resource": (N_("本机构没有资源“{said}”"), N_("请核对名称，或补上科室和资源类别后导入。")),
    "several-resources": (N_("本机构有不止一个“{said}”"), N_("请先在资源页面改名区分。")),
    "unknown-kind": (N_("资源类别“{said}”不在目录中，或不能预约"), N_("请填写标准目录中可预约资源的名称。")),
    "no-day": (N_("没有日期"), N_("请补上日期，写成 2026-11-24 的样子。")),
    "bad-clock": (N_("时间“{given}”无法识别"), N_("请写成 08:00 的样子。")),
    "half-hours": (N_("开始和结束时间只填了一个"), N_("请补上另一个；整日的两个都不填。")),
    "bad-total": (N_("名额“{given}”不是整数"), N_("请填写 1 到 2000 的整数。")),
    "other-hours": (N_("该时段已发布，结束时间不同"), N_("请先在时段页面停用原时段，再导入。")),
    "bad-code": (N_("项目编码“{given}”为空，或含有不能使用的字符"), N_("编码用数字和字母，不超过 32 位。")),
    "no-item-name": (N_("没有项目名称"), N_("请补上项目名称。")),
    "unknown-system": (N_("项目类别“{given}”无法识别"), N_("请填写医疗服务项目、药品或医用耗材。")),
    "unknown-institution": (N_("机构级别“{given}”无法识别"), N_("请填写村级、乡镇级、县级；不限的留空。")),
    "bad-span": (N_("截止日期早于执行日期"), N_("请核对两个日期。")),
    "bad-price": (N_("价格“{given}”无法识别"), N_("请以元填写，最多两位小数，例如 12.50。")),
    "no-local-code": (N_("没有本地编码，或超过 60 字"), N_("请补上本单位系统里的编码。")),
    "unknown-code-set": (N_("目录“{given}”无法识别"), N_("请填写诊断、药品、耗材或收费项目。")),
    "unknown-relation": (N_("关系“{given}”无法识别"), N_("请填写等同、更宽、更窄或没有对应。")),
    "relation-and-code": (N_("关系与统一编码不符"), N_("有统一编码的填等同、更宽或更窄；没有对应的不填统一编码。")),
    "unknown-limit-sex": (N_("性别“{given}”无法识别"), N_("请填写男、女，或留空表示不限。")),
    "unknown-level": (N_("层级“{given}”无法识别"), N_("请填写本机构或医联体。")),
    "unknown-status": (N_("性质“{given}”无法识别"), N_("请填写本地默认、政策明文或依政策推定。")),
    "bad-limit": (N_("界值“{given}”不是数字"), N_("请只填数字，单位写在单位一栏；没有的留空。")),
    "no-limits": (N_("低于、高于都没有填"), N_("请至少填一项；确实不作为危急值的，请在低于一栏写“不设”。")),
    "bad-age": (N_("年龄“{given}”无法识别"), N_("请填写天数，或写成 28天、6月、18岁 的样子。")),
    "own-limit-stands": (N_("“{said}”已有本机构的界值，这一行改的是初始界值"), N_("请改层级为本机构的那一行。")),
    "refused": ("{sentence}", N_("请按提示处理后重新导入。")),
    "said": ("{reason}", "{remedy}"),
}


def plainly(text: str) -> str:
    """Return the text as it is written: the language of the other systems, and of tests."""
    return text


def said(
    table: Mapping[str, tuple[str, str]], what: str, facts: Facts, translate: Callable[[str], str] = plainly
) -> tuple[str, str]:
    """Return problem and remedy of `what`, each translated by `translate` and filled with its facts."""
    filled = _Filled({name: _word(name, value, translate) for name, value in facts.items()})
    if SENTENCE in facts:
        filled[SENTENCE] = translate(str(facts[SENTENCE])).format_map(filled)
    problem, remedy = table.get(what, table["said"])
    return tuple(translate(text).format_map(filled) if text else "" for text in (problem, remedy))  # type: ignore[return-value]


def of_error(error: TongmaiError) -> dict[str, str]:
    """Return one of our errors as facts: its sentence, and what the sentence is filled with."""
    names = {name for _, name, _, _ in string.Formatter().parse(error.sentence) if name}
    return {SENTENCE: error.sentence, **{n: str(error.facts[n])[:200] for n in names if n in error.facts}}


def _word(name: str, value: Any, translate: Callable[[str], str]) -> str:
    if isinstance(value, list | tuple):
        return "、".join(translate(str(each)) for each in value)
    return translate(str(value)) if name in _TRANSLATED and value else str(value)


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
