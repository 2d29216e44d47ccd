"""The agreement on paper."""

from django.utils.translation import gettext as _

from tongmai.care.family_doctors import agreement as texts
from tongmai.care.family_doctors.models import Contract
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui import printing
from tongmai.ui.words import day, when


def agreement(contract: Contract, person: ResidentSummary, *, by: Actor) -> bytes:
    """Return the agreement as PDF, with places to sign."""
    data = {
        "institution": contract.team.org.name,
        "title": _("家庭医生签约服务协议书"),
        "number": contract.number,
        "printed": _("打印于 %(at)s · %(who)s") % {"at": when(by.now), "who": by.name},
        "facts": [
            [_("居民"), f"{person.name} {person.sex_text} {person.age_text}"],
            [_("证件号码"), person.id_masked],
            [_("住址"), f"{person.town}{person.village}"],
            [_("团队"), contract.team.name],
            [_("签约医生"), contract.doctor.name],
            [_("联系电话"), contract.team.phone or "—"],
            [_("起"), day(contract.starts_on)],
            [_("到期（不含）"), day(contract.ends_before)],
        ],
        "parts": [
            [_("服务内容"), [_(line) for line in texts.CONTENT]],
            [_("权利"), [_(line) for line in texts.RIGHTS]],
            [_("风险"), [_(line) for line in texts.RISKS]],
        ],
        "version": _("文本版本 %(version)s") % {"version": contract.text_version or texts.TEXT_VERSION},
        "signatures": [_("居民或监护人"), _("签约医生"), _("日期")],
    }
    return printing.pdf("family_doctors/agreement.typ", data)
