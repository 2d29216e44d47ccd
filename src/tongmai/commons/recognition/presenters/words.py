"""The words of the closed lists, each with the article of the rule that it rests on."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongmai.commons.recognition.choices import Outcome, Reason, Scope, Standing, Strength, Why
from tongmai.ui.words import Tag

RULE = gettext_lazy("医疗机构检查检验结果互认管理办法（国卫医发〔2022〕6号）")
REASONS = {
    Reason.CONFLICT: gettext_lazy("病情变化，结果与临床表现、诊断不符"),
    Reason.CHANGES_FAST: gettext_lazy("结果随疾病发展变化较快"),
    Reason.BEFORE_MAJOR: gettext_lazy("对诊疗意义重大（手术、输血等重大措施前）"),
    Reason.EMERGENCY: gettext_lazy("急诊、急救等紧急状态"),
    Reason.APPRAISAL: gettext_lazy("司法、伤残、病退等鉴定"),
    Reason.OTHER_NEED: gettext_lazy("其他确需复查的情形"),
}
ARTICLE_OF_REASONS = gettext_lazy("第十九条")
WHY = {
    Why.OTHER_ITEM: (gettext_lazy("同部位的另一种检查，不是同一项目"), ""),
    Why.OTHER_METHOD: (gettext_lazy("检查方法不同（以所存图像为准）"), ""),
    Why.OTHER_PART: (gettext_lazy("检查部位不同（以所存图像为准）"), ""),
    Why.NOT_FINAL: (gettext_lazy("报告还没有审核签发"), ""),
    Why.NO_DATE: (gettext_lazy("报告没有写明检查和报告时间"), ""),
    Why.FAST: (gettext_lazy("这类结果变化快，不作互认"), gettext_lazy("第十九条（二）")),
    Why.OUTSIDE_WINDOW: (gettext_lazy("已超过互认时限"), gettext_lazy("第十九条（二）")),
    Why.NO_DATA: (gettext_lazy("只有报告文字，没有可调阅的图像或数据；互认的是图像和数据，不含诊断结论"), gettext_lazy("第二条")),
    Why.FAILED: (gettext_lazy("该机构此项目质量评价不合格（%(day)s），不得标注互认标识"), gettext_lazy("第十三条")),
    Why.WITHDRAWN: (gettext_lazy("互认标识已取消，可由医师酌情认可"), gettext_lazy("第十三条、第十六条")),
    Why.EXPIRED: (gettext_lazy("出报告时质量评价已过期，没有互认标识；可由医师酌情认可"), gettext_lazy("第二十五条、第十六条")),
    Why.NO_MARK: (gettext_lazy("没有互认标识，可由医师酌情认可"), gettext_lazy("第十六条")),
    Why.OTHER_AREA: (gettext_lazy("标识的互认范围不含本地区，鼓励医师酌情认可"), gettext_lazy("第十六条")),
    Why.OWN: (gettext_lazy("本机构自己的结果，由医师判断是否够用"), gettext_lazy("第四条")),
}  # fmt: skip
STRENGTHS = {
    Strength.MUST: ("green", gettext_lazy("应予互认")),
    Strength.MAY: ("blue", gettext_lazy("可以认可")),
    Strength.NOT: ("grey", gettext_lazy("不作互认")),
}
STANDINGS = {
    Standing.VALID: ("green", gettext_lazy("有效")),
    Standing.EXPIRED: ("amber", gettext_lazy("已过期，不得标注")),
    Standing.FAILED: ("red", gettext_lazy("不合格，不得标注")),
    Standing.WITHDRAWN: ("grey", gettext_lazy("已取消，不得标注")),
    Standing.NONE: ("grey", gettext_lazy("未评价，不得标注")),
}
OUTCOMES = {
    Outcome.PASSED: gettext_lazy("合格"),
    Outcome.FAILED: gettext_lazy("不合格"),
    Outcome.WITHDRAWN: gettext_lazy("取消标注"),
}
SCOPES = {
    Scope.NATIONAL: gettext_lazy("全国"),
    Scope.PROVINCE: gettext_lazy("本省"),
    Scope.CITY: gettext_lazy("本市"),
    Scope.COUNTY: gettext_lazy("本县（区）"),
    Scope.AGREEMENT: gettext_lazy("协议地区"),
}


def reason_said(reason: str) -> str:
    """Return one of the six reasons in words; "" for none."""
    return str(REASONS[Reason(reason)]) if reason else ""


def why_said(why: Why, *, failed_on: str = "") -> str:
    """Return why a result does not count, with the article."""
    said, article = WHY[why]
    text = str(said) % {"day": failed_on} if why == Why.FAILED else str(said)
    return f"{text}（{article}）" if article else text


def strength_tag(strength: str) -> Tag:
    """Return how far a result counts, as a tag."""
    tone, word = STRENGTHS[Strength(strength)]
    return Tag(str(word), tone)


def standing_tag(standing: str, *, is_ending: bool = False) -> Tag:
    """Return how a mark stands, as a tag; one that is about to lapse says so."""
    tone, word = STANDINGS[Standing(standing)]
    return Tag(_("即将到期"), "amber") if is_ending else Tag(str(word), tone)
