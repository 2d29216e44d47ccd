"""What stands on the resident's own pages, in words that need no training."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongmai.commons.residents import bases, log_marks
from tongmai.commons.residents.presenters import sensitive_words
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.text import N_

# Why somebody looked, said to the person herself; a basis that is not here is said by its label.
BECAUSE = {
    "self": N_("您本人查看"),
    "guardian": N_("监护人查看"),
    "own_encounter": N_("您在该机构就诊"),
    "contract": N_("该机构的家庭医生团队与您签约"),
    "referral_received": N_("该机构收到您的转诊"),
    "referral_sent": N_("该机构为您转诊"),
    "booking": N_("您在该机构有预约"),
    "responsible_area": N_("该机构负责您居住的村（居）"),
    "order": N_("该机构为您做检查检验"),
    "recognition": N_("医生开检查前，看您已有的结果能不能用，免得重做"),
    "registration": N_("为您建档或核对身份"),
    "emergency": N_("紧急情况，查阅者写了理由"),
}
# Which part was looked at.
PARTS = {
    "record": N_("档案首页"),
    "home": N_("首页"),
    "own": N_("档案"),
    "timeline": N_("就诊经过"),
    "values": N_("指标和曲线"),
    "summary": N_("档案摘要"),
    "encounter": N_("一次就诊"),
    "report": N_("一份检查检验报告"),
    "critical_value": N_("一条危急值"),
    "document": N_("一份文书"),
    "referral": N_("转诊资料"),
    "identity": N_("身份信息"),
    "phone": N_("电话"),
    "account": N_("账号"),
    "tags": N_("人群标签"),
    "merges": N_("合并与来源"),
    "recognition": N_("可以互认的检查检验结果"),
    "break-glass": N_("打开档案"),
    "identity-review": N_("核对是否同一人"),
}
NEXT = {
    "reviewing": N_("卫生院正在审核，通过后送到接收医院。不用您做什么。"),
    "submitted": N_("等待医院接收并安排时间，约好后这里会显示时间和地点。"),
    "returned": N_("医院请您的医生补充资料，补充后会再送去。"),
    "accepted": N_("医院已接收，正在安排时间。"),
    "booked": N_("请按约定的时间带身份证就诊；去不了请告诉您的医生。"),
    "no_show": N_("您没有按时到诊。还需要看的，请联系您的医生重新约。"),
    "arrived": N_("您已到诊。"),
    "treated": N_("治疗已结束，医院会把后续安排转给您的家庭医生。"),
    "received": N_("您的家庭医生已接回，会按计划随访。"),
    "following": N_("家庭医生正在按计划随访，请留意下次随访的日期。"),
    "closed": N_("这次转诊已结束。"),
    "declined": N_("医院没有接收，请问您的医生下一步怎么办。"),
    "withdrawn": N_("您的医生撤回了这次转诊。"),
}


@dataclass(frozen=True)
class Looked:
    """One time that somebody looked, as the resident reads it."""

    id: int
    mark: str  # names it in an address: a number there would let people count
    at: datetime
    who: str
    org: str
    role: str
    because: str
    reason: str
    part: str
    is_emergency: bool
    is_own: bool


def looked(row: Any, *, by: Actor) -> Looked:
    """Return an entry of the access log in plain words; names only where the policy shows them."""
    shows_names = policy.value("resident_requests.names_shown", on=by.today).yes
    is_own = row.by_user_id == by.user_id
    return Looked(
        id=row.id,
        mark=log_marks.mark_of(row.id),
        at=row.at,
        who=_("您本人") if is_own else (row.by_name if shows_names or row.by_role == Role.RESIDENT else ""),
        org=row.by_org_name,
        role=dict(Role.choices).get(row.by_role, row.by_role),
        because=because(row.basis),
        reason=row.reason,
        part=part(row.what) + sensitive_words(row.sensitive),
        is_emergency=row.basis == bases.Basis.EMERGENCY,
        is_own=is_own,
    )


def because(basis: str) -> str:
    """Return why somebody looked."""
    known = BECAUSE.get(basis)
    return _(known) if known else _(dict(bases.LABELS).get(basis, basis))


def part(what: str) -> str:
    """Return which part was looked at."""
    known = PARTS.get(what.partition(":")[0])
    return _(known) if known else _("档案")


def next_of(state: str) -> str:
    """Return what happens next with a referral in this state; "" where that says nothing to her."""
    return _(NEXT[state]) if state in NEXT else ""
