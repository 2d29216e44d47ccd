"""Who is who, in words."""

from django.utils.translation import gettext as _

from tongmai.commons.residents.selectors.reviews import ComparedField, ReviewPage
from tongmai.kernel.text import N_
from tongmai.ui.words import Tag

FIELDS = {
    "name": N_("姓名"),
    "born": N_("出生日期"),
    "sex": N_("性别"),
    "number": N_("证件号码"),
    "phone": N_("电话"),
    "insurance": N_("医保编号"),
    "village": N_("住址"),
}
LEVELS = {
    "exact": ("green", N_("一致")),
    "address": ("green", N_("门牌一致")),
    "homophone": ("green", N_("同音")),
    "near": ("amber", N_("差一处")),
    "swapped": ("amber", N_("月日互换")),
    "lunar": ("amber", N_("公历与农历")),
    "surname": ("amber", N_("同姓")),
    "year": ("amber", N_("同年")),
    "town": ("amber", N_("同乡镇")),
    "other": ("red", N_("不同")),
    "unknown": ("grey", N_("未知")),
}
WHY = {
    "": N_("相似程度介于同一人与不同人之间"),
    "two-numbers": N_("两个有效的身份证号码不同，不能自动关联"),
    "other-given-name": N_("名字不同，又没有相同的证件号码，可能是双胞胎或家人"),
    "other-persons-number": N_("号码相同，但姓名和出生日期都不同，可能用了家人的证件"),
    "no-name": N_("新生儿或身份不明者，没有可核对的姓名"),
    "two-alike": N_("有两位居民都很相似"),
}
KINDS = {"alike": N_("疑似同一人"), "changed": N_("来源信息有重大变化")}
VERDICTS = {"same": ("green", N_("同一人，已合并")), "different": ("grey", N_("不是同一人"))}


def level_tag(field: ComparedField) -> Tag:
    """Return how far a field agrees, as a tag."""
    tone, word = LEVELS[field.level]
    return Tag(_(word), tone)


def verdict_tag(found: ReviewPage) -> Tag | None:
    """Return what was decided, None while nothing is."""
    if not found.verdict:
        return None
    tone, word = VERDICTS[found.verdict]
    return Tag(_(word), tone)


def why(code: str) -> str:
    """Return why a person is asked."""
    return _(WHY[code])


def kind(code: str) -> str:
    """Return the occasion on which the two were found."""
    return _(KINDS[code])


def field(name: str) -> str:
    """Return the word for a field of the comparison."""
    return _(FIELDS[name])
