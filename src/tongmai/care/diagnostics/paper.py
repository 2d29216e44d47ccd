"""The report on paper, with a code that lets anybody ask whether it is genuine and still the latest."""

from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from tongmai.care.diagnostics import presenters
from tongmai.care.diagnostics.selectors import Detail
from tongmai.commons.residents.selectors import ResidentSummary
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui import printing
from tongmai.ui.words import when

_LENGTH = 12  # characters of the signature: enough that nobody guesses one, short enough for a small code


def signature(version_id: UUID) -> str:
    """Return the short signature of a printed version."""
    return signing.Signer(salt="diagnostics.report").signature(str(version_id))[:_LENGTH]


def is_genuine(version_id: UUID, given: str) -> bool:
    """Whether the signature belongs to the version."""
    return constant_time_compare(signature(version_id), given)


def report(found: Detail, person: ResidentSummary, *, host: str, by: Actor) -> bytes:
    """Return the latest published version as PDF; `host` is the address of this deployment, for the code."""
    order, version = found.order, found.versions[0]
    address = host + reverse("diagnostics:verify", args=[version.id, signature(version.id)])
    title = _("%(category)s报告") % {"category": presenters.CATEGORIES[order.category]}
    data = {
        "institution": order.centre.name,
        "title": title
        if version.number == 1
        else _("%(title)s（第 %(n)s 版）") % {"title": title, "n": version.number},
        "number": order.number,
        "printed": _("打印于 %(at)s · %(who)s") % {"at": when(by.now), "who": by.name},
        "person": [
            [_("姓名"), person.name],
            [_("性别年龄"), f"{person.sex_text} {person.age_text}"],
            [_("证件号码"), person.id_masked],
            [_("检查项目"), order.item_name],
            [_("申请机构"), order.orderer.name],
            [_("检查机构"), order.site.name],
            [_("检查时间"), when(order.performed_at)],
            [_("报告时间"), when(version.published_at)],
        ],
        "question": order.clinical_question,
        "findings": [[name, text] for name, text in presenters.split(version.findings)],
        "conclusion": version.conclusion,
        "reason": version.reason,
        "parts": [_("临床问题"), _("检查所见"), _("诊断意见"), _("修订原因")],
        "signed": [[_("报告医师"), version.author_name], [_("审核医师"), version.verifier_name or "—"]],
        "qr": printing.qr(address),
        "address": address,
        "caption": _("扫码核验真伪"),
    }
    return printing.pdf("diagnostics/report.typ", data)
