"""The shell around every page: which entries this post has, where it stands, what else its user may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongmai.foundation.orgs import policy, sessions, staying
from tongmai.foundation.orgs.permissions import TO_IMPORT, Action
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.addresses import plain as address

_AT_FOOT = frozenset({"home", "residents", "referrals", "own", "own-accesses", "own-family"})


@dataclass(frozen=True)
class Entry:
    """One line of the left column.  `kind` names the work items it counts."""

    kind: str
    label: str
    icon: str
    href: str
    is_current: bool = False


@dataclass(frozen=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True)
class PostChoice:
    value: str
    label: str
    is_current: bool


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: gives templates `shell`.  Nothing is computed until a page draws it."""
    return {"shell": Shell(request)}


class Shell:
    """What the base page draws around its content for a signed-in actor."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def actor(self) -> Any:
        return self.request.actor  # type: ignore[attr-defined]

    home = property(lambda self: address("portal:home"))
    post_href = property(lambda self: address("portal:post"))
    sign_out_href = property(lambda self: address("portal:sign-out"))
    stay_href = property(lambda self: address("orgs:stay"))
    counts_href = property(lambda self: address("portal:counts"))

    @property
    def search_href(self) -> str:
        return address("portal:search") if self.actor.may(Action.SEARCH_RESIDENTS) else ""

    @property
    def alarm_href(self) -> str:
        """Return where the bar leads that stands on every page while a critical value waits to be read back or acted on."""
        return f"{self.home}?kind=critical_values" if self.actor.may(Action.SEE_CRITICAL) else ""

    @cached_property
    def seconds_left(self) -> int:
        """Return for how long the session stays open if nothing more is done; 0 for a program's, which has none."""
        return staying.seconds_left(self.request, self.actor)

    @property
    def warning_seconds(self) -> int:
        value = policy.value("security.session.warning", on=self.actor.today, at=self.actor.org_id)
        return int(value.timedelta().total_seconds())

    @property
    def role_label(self) -> str:
        return str(Role(self.actor.role).label)

    @property
    def post_label(self) -> str:
        """Return who I am here: organisation and role; a resident is only herself."""
        return " · ".join(part for part in (self.actor.org_name, self.role_label) if part)

    @cached_property
    def entries(self) -> list[Entry]:
        """Return the left column: only what this post may use."""
        return _built(_entries(), self.actor, self.request.path)

    @property
    def ways(self) -> list[tuple[Entry, str]]:
        """Return where else this post may look, each with a sentence: for a home where nothing waits."""
        said = _sentences()
        return [(entry, said[entry.kind]) for entry in self.entries if entry.kind in said]

    @property
    def bottom(self) -> list[Entry]:
        """Return the bar at the foot of a phone: 待办·居民·转诊·我; a resident's: 首页·谁看过·家人·我."""
        kept = [entry for entry in self.entries if entry.kind in _AT_FOOT]
        me = address("portal:me")
        return [*kept, Entry("me", _("我"), "user", me, self.request.path == me)]

    @cached_property
    def posts(self) -> list[PostChoice]:
        """Return the posts this user can switch to."""
        return [
            PostChoice(
                value=str(post.id),
                label=f"{post.org_name} · {Role(post.role).label}",
                is_current=post.id == self.actor.post_id,
            )
            for post in sessions.held(self.request, now=self.actor.now)
        ]

    @property
    def user_links(self) -> list[Link]:
        return [
            Link(_("我"), address("portal:me")),
            Link(_("登录安全"), address("orgs:security")),
            Link(_("帮助与依据"), address("portal:help")),
            Link(_("关于通脉"), address("portal:about")),
        ]


def _entries() -> tuple[tuple[str, str, str, str, tuple[Action, ...]], ...]:
    """Kind, label, icon, name of the view, and the actions of which one is needed (none: every post)."""
    return (
        ("home", _("待办"), "list-check", "portal:home", ()),
        ("own", _("我的首页"), "home", "portal:own", (Action.SEE_OWN,)),
        ("own-accesses", _("谁看过"), "eye", "portal:own-accesses", (Action.SEE_OWN,)),
        ("own-family", _("家人"), "users", "portal:own-family", (Action.SEE_OWN,)),
        ("residents", _("居民"), "users", "residents:list", (Action.SEARCH_RESIDENTS,)),
        ("encounters", _("就诊"), "stethoscope", "encounters:list", (Action.WRITE_RECORD,)),
        ("critical_values", _("危急值"), "alert-triangle", "critical_values:list", (Action.SEE_CRITICAL,)),
        ("diagnostics", _("检查"), "heartbeat", "diagnostics:list", (Action.SEE_DIAGNOSTICS,)),
        ("ecg", _("上传心电图"), "activity", "ecg:upload", (Action.PERFORM_EXAMINATION,)),
        ("referrals", _("转诊"), "arrows-exchange", "referrals:list", (Action.SEE_REFERRALS,)),
        ("family_doctors", _("家医签约"), "heart-handshake", "family_doctors:list", (Action.SIGN_CONTRACTS,)),
        ("capacity", _("号源床位"), "calendar-stats", "capacity:board", (Action.SEE_CAPACITY,)),
        ("compliance", _("预留达标"), "chart-bar", "capacity:compliance", (Action.SEE_COMPLIANCE,)),
        ("recognition", _("结果互认"), "circle-check", "recognition:figures", (Action.SEE_RECOGNITION,)),
        ("flow", _("转诊流向"), "chart-sankey", "portal:flow", (Action.SEE_FLOW,)),
        ("orgs", _("机构"), "building-hospital", "orgs:list", (Action.SEE_ORGS,)),
        ("catalog", _("目录"), "book", "catalog:lists", (Action.MANAGE_CATALOG,)),
        ("exchange", _("消息接入"), "plug-connected", "exchange:messages", (Action.SEE_MESSAGES,)),
        ("images", _("影像核对"), "file-import", "exchange:images", (Action.RECONCILE_IMAGES,)),
        ("devices", _("影像设备"), "plug-connected", "exchange:devices", (Action.MANAGE_CONNECTIONS,)),
        ("connections", _("接入系统"), "plug-connected", "exchange:connections", (Action.MANAGE_CONNECTIONS,)),
        ("imports", _("名册导入"), "file-import", "exchange:imports", TO_IMPORT),
        ("codes", _("编码对照"), "columns", "terminology:list", (Action.SETTLE_CODES,)),
        ("operations", _("运行"), "activity", "audit:operations", (Action.OPERATE,)),
        ("audit", _("审计"), "shield-check", "audit:events", (Action.READ_AUDIT,)),
    )


def _sentences() -> dict[str, str]:
    """What one finds behind an entry of the left column."""
    return {
        "residents": _("查找、建档，打开健康档案"),
        "encounters": _("计划和进行中的就诊"),
        "critical_values": _("发现、复述确认、处置和统计"),
        "diagnostics": _("申请、执行和报告的检查"),
        "ecg": _("上传心电文件，核对不确定是谁的记录"),
        "referrals": _("发出、收到和等待答复的转诊"),
        "family_doctors": _("团队、签约居民和到期续签"),
        "capacity": _("两周内的号源、床位和检查"),
        "compliance": _("为家庭医生预留的名额，按机构和周"),
        "recognition": _("互认了多少结果、少花多少钱，各机构的互认标识"),
        "flow": _("村、镇、县之间上转和下转的人次"),
        "orgs": _("医联体、成员、协议和人员岗位"),
        "catalog": _("诊断、传染病和诊疗科目的现行版本"),
        "exchange": _("其他系统发来的消息和搁置的原因"),
        "connections": _("成员单位的系统和它们的近况"),
        "images": _("不能确定属于谁的图像和隔离的文件"),
        "devices": _("可以发送图像的设备和隔离的文件"),
        "imports": _("居民、人员、签约、号源、价格和危急值界值的名单"),
        "codes": _("成员单位自己的编码对应哪个统一编码"),
        "operations": _("事件投递、定时任务和封存"),
        "audit": _("谁在什么时候做了什么"),
    }


def _built(table: Iterable[tuple], actor: Any, path: str) -> list[Entry]:
    built = []
    for kind, label, icon, name, needs in table:
        if kind == "home" and actor.role == Role.RESIDENT:
            continue
        if needs and not any(actor.may(action) for action in needs):
            continue
        built.append((kind, label, icon, address(name)))
    here = _here([href for *_rest, href in built], path)
    return [Entry(kind, label, icon, href, href == here) for kind, label, icon, href in built]


def _here(hrefs: list[str], path: str) -> str:
    """Return the entry that a page lies under; else the only one of the same room."""
    above = [href for href in hrefs if path == href or href != "/" and path.startswith(href)]
    if above:
        return max(above, key=len)
    beside = [href for href in hrefs if href.split("/")[1] == path.split("/")[1]]
    return beside[0] if len(beside) == 1 else ""
