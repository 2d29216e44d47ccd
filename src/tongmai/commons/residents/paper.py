"""The form on which a resident decides about her record, on paper."""

from django.utils.translation import gettext as _

from tongmai.commons.residents import consent_text
from tongmai.commons.residents.choices import PURPOSES, SENSITIVE_KINDS
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui import printing
from tongmai.ui.words import when

_LINE = "______________________"


def consents(person: ResidentSummary, *, by: Actor) -> bytes:
    """Return the form as PDF: what she is told, what she may tick, and places to sign."""
    data = {
        "institution": by.org_name,
        "title": _("健康档案共享与使用意愿书"),
        "number": "",
        "printed": _("打印于 %(at)s · %(who)s") % {"at": when(by.now), "who": by.name},
        "facts": [
            [_("居民"), f"{person.name} {person.sex_text} {person.age_text}"],
            [_("证件号码"), person.id_masked],
            [_("住址"), f"{person.town}{person.village}"],
            [_("电话"), person.phone],
        ],
        "parts": [
            [_("共享须知"), [_(line) for line in consent_text.SHARING]],
            [_("诊疗以外的使用须知"), [_(line) for line in consent_text.USE]],
        ],
        "choices": [
            [_("全部档案"), [_("同意在成员机构间共享"), _("不同意共享"), _("不向以下机构共享：") + _LINE]],
            *(
                [str(label), [_("只限诊治该病的机构"), _("同意签约医生查阅"), _("同意以下机构查阅：") + _LINE]]
                for _kind, label in SENSITIVE_KINDS
            ),
            *(
                [str(label), [_("不同意"), _("同意，使用方、用途和期限：") + _LINE]] for _purpose, label in PURPOSES
            ),
        ],
        "version": _("文本版本 %(version)s") % {"version": consent_text.TEXT_VERSION},
        "signatures": [_("居民或监护人"), _("经办人"), _("日期")],
    }  # fmt: skip
    return printing.pdf("residents/consents.typ", data)
