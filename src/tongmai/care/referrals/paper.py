"""The slip and the plan on paper, with a code that lets anybody ask whether they are genuine."""

from typing import Any
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from tongmai.care.referrals import presenters
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.selectors import Detail
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui import printing
from tongmai.ui.words import day, when

_LENGTH = 12  # characters of the signature: enough that nobody guesses one, short enough for a small code


def signature(referral_id: UUID) -> str:
    """Return the short signature of a slip."""
    return signing.Signer(salt="referrals.slip").signature(str(referral_id))[:_LENGTH]


def is_genuine(referral_id: UUID, given: str) -> bool:
    """Whether the signature belongs to the slip."""
    return constant_time_compare(signature(referral_id), given)


def slip(detail: Detail, person: ResidentSummary, *, host: str, by: Actor) -> bytes:
    """Return the referral slip as PDF; `host` is the address of this deployment, for the code."""
    referral = detail.referral
    data = _common(referral, person, host=host, by=by) | {
        "title": _("双向转诊单（%(direction)s）") % {"direction": presenters.DIRECTIONS[referral.direction]},
        "facts": [[label, str(value)] for label, value in presenters.facts(referral)],
        "case": [
            [_("转诊原因"), referral.reason],
            [_("病情摘要"), referral.summary or "—"],
            [_("知情同意"), presenters.consent_text(referral)],
            *([_("随附心电图"), each.text] for each in detail.enclosed),
        ],
        "signatures": [_("转诊医师"), _("患者或家属"), _("接收机构")],
    }
    return printing.pdf("referrals/slip.typ", data)


def plan(detail: Detail, person: ResidentSummary, *, host: str, by: Actor) -> bytes:
    """Return the plan of a down-referral as PDF."""
    referral = detail.referral
    written = referral.plan
    data = _common(referral, person, host=host, by=by) | {
        "title": _("下转康复随访计划"),
        "facts": [
            [label, str(value)]
            for label, value in [(_("下转类别"), written.get_group_display()), *presenters.facts(referral)]
        ],
        "summary": written.discharge_summary,
        "medicines": [
            [m.name, m.dose, m.frequency, str(m.days) if m.days else "—", m.note or "—"]
            for m in written.medicines.all()
        ],
        "medicines_head": [_("药品"), _("剂量"), _("用法"), _("天数"), _("备注")],
        "items": [[i.text, i.get_who_display(), day(i.due_on)] for i in written.items.all()],
        "items_head": [_("安排"), _("由谁完成"), _("日期")],
        "follow_ups": [[str(f.number), day(f.due_on), f.task or "—", ""] for f in detail.follow_ups],
        "follow_ups_head": [_("次"), _("日期"), _("内容"), _("结果")],
        "red_flags": written.red_flags or "—",
        "parts": [_("出院小结"), _("用药"), _("安排"), _("随访"), _("出现以下情况须立即就医")],
        "signatures": [_("医师"), _("患者或家属")],
    }
    return printing.pdf("referrals/plan.typ", data)


def _common(referral: Referral, person: ResidentSummary, *, host: str, by: Actor) -> dict[str, Any]:
    address = host + reverse("referrals:verify", args=[referral.id, signature(referral.id)])
    return {
        "institution": referral.sender.name,
        "number": referral.number,
        "printed": _("打印于 %(at)s · %(who)s") % {"at": when(by.now), "who": by.name},
        "person": [
            [_("姓名"), person.name],
            [_("性别年龄"), f"{person.sex_text} {person.age_text}"],
            [_("证件号码"), person.id_masked],
            [_("住址"), f"{person.town}{person.village}"],
        ],
        "qr": printing.qr(address),
        "address": address,
        "caption": _("扫码核验真伪"),
        "parts": [_("转诊"), _("病情与资料")],
    }
