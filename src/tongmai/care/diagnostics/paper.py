"""The report on paper, with a code that lets anybody ask whether it is genuine and still the latest; and the order."""

from typing import Any
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from tongmai.care.diagnostics import barcode, enclosures, presenters
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.selectors import Detail
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound
from tongmai.ui import printing
from tongmai.ui.words import when

_LENGTH = 12  # characters of the signature: enough that nobody guesses one, short enough for a small code


def signature(version_id: UUID) -> str:
    """Return the short signature of a printed version."""
    return signing.Signer(salt="diagnostics.report").signature(str(version_id))[:_LENGTH]


def is_genuine(version_id: UUID, given: str) -> bool:
    """Whether the signature belongs to the version."""
    return constant_time_compare(signature(version_id), given)


def report(found: Detail, person: ResidentSummary, *, host: str, by: Actor, number: int | None = None) -> bytes:
    """Return a published version as PDF, the latest unless `number` names one; `host` is the address of this deployment.

    With the words go the key images and the electrocardiogram, and the mark of mutual recognition where one may stand
    on it; what was amended later says so, and carries no mark.

    Raises:
        NotFound: there is no such version.
    """
    order, latest = found.order, next(iter(found.versions), None)
    version = next((each for each in found.versions if number in (None, each.number)), None)
    if version is None or latest is None:
        raise NotFound()
    address = host + reverse("diagnostics:verify", args=[version.id, signature(version.id)])
    data = _head(order, person, by=by) | {
        "institution": order.centre.name,
        "title": _title(order.category, version.number),
        "superseded": ""
        if version is latest
        else _("本版已于 %(at)s 修订，以第 %(n)s 版为准") % {"at": when(latest.published_at), "n": latest.number},
        "mark": enclosures.mark(order) if version is latest else "",
        "mark_caption": _("互认标识"),
        "person": [
            *_person(person, order),
            [_("申请机构"), order.orderer.name],
            [_("检查机构"), order.site.name],
            [_("检查时间"), when(order.performed_at)],
            [_("报告时间"), when(version.published_at)],
        ],
        "question": order.clinical_question,
        "findings": [[name, text] for name, text in presenters.split(version.findings)],
        "conclusion": version.conclusion,
        "reason": version.reason,
        "parts": [_("临床问题"), _("检查所见"), _("诊断意见"), _("修订原因"), _("关键图像")],
        "signed": [[_("报告医师"), version.author_name], [_("审核医师"), version.verifier_name or "—"]],
        "pictures": [_picture(n, each) for n, each in enumerate(enclosures.pictures(order, found.opened), start=1)],
        "picture_missing": _("图像暂时无法显示"),
        "tracing": _tracing(order, person, enclosures.tracing(order, found.opened)),
        "qr": printing.qr(address),
        "address": address,
        "caption": _("扫码核验真伪"),
    }
    return printing.pdf("diagnostics/report.typ", data)


def slip(found: Detail, person: ResidentSummary, *, by: Actor) -> bytes:
    """Return the order as PDF: what the person brings along, with its number as codes for any scanner."""
    order = found.order
    data = _head(order, person, by=by) | {
        "institution": order.orderer.name,
        "title": _("%(category)s检查申请单") % {"category": presenters.CATEGORIES[order.category]},
        "person": [
            *_person(person, order),
            [_("紧急程度"), str(presenters.PRIORITIES[order.priority][0])],
            [_("检查机构"), order.site.name],
            [_("报告中心"), order.centre.name],
            [_("开单时间"), when(order.requested_at)],
        ],
        "parts": [_("临床问题"), _("临床诊断"), _("检查前询问")],
        "texts": [order.clinical_question, order.diagnosis_name, presenters.told(found.answers, order.safety_note)],
        "bars": barcode.svg(order.number),
        "qr": printing.qr(order.number),
        "caption": _("扫码调出本单"),
        "signatures": [_("开单医师"), _("检查技师"), _("患者或家属")],
        "doctor": order.orderer_staff.name if order.orderer_staff else "",
    }
    return printing.pdf("diagnostics/slip.typ", data)


def _head(order: Order, person: ResidentSummary, *, by: Actor) -> dict[str, Any]:
    return {
        "number": order.number,
        "printed": _("打印于 %(at)s · %(who)s") % {"at": when(by.now), "who": by.name},
        "name": person.name,
    }


def _title(category: str, number: int) -> str:
    title = _("%(category)s报告") % {"category": presenters.CATEGORIES[category]}
    return title if number == 1 else _("%(title)s（第 %(n)s 版）") % {"title": title, "n": number}


def _person(person: ResidentSummary, order: Order) -> list[list[str]]:
    return [
        [_("姓名"), person.name],
        [_("性别年龄"), f"{person.sex_text} {person.age_text}"],
        [_("证件号码"), person.id_masked],
        [_("检查项目"), order.item_name],
    ]


def _picture(n: int, found: enclosures.Picture) -> dict[str, str]:
    said = (_("图 %(n)s") % {"n": n}, found.what)
    return {"svg": found.svg, "caption": " · ".join(part for part in said if part)}


def _tracing(order: Order, person: ResidentSummary, found: enclosures.Paper | None) -> dict[str, Any] | None:
    """The page with the paper: whose, when, at what scale, what was measured."""
    if found is None:
        return None
    at = found.recording.recorded_at or found.recording.received_at
    said = (order.number, person.name, person.sex_text, person.age_text, when(at), found.recording.org.name)
    return {
        "svg": found.svg,
        "title": order.item_name,
        "head": " · ".join(said),
        "scale": f"{found.speed} mm/s · {found.gain} mm/mV",
        "values": found.values,
        "unconfirmed": _("测量值由计算机给出，供医师参考；诊断以报告为准。"),
    }
