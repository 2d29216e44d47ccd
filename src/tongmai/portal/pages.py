"""Pages that only tell: who I am here, the help with its sources, what this is."""

from importlib.metadata import version

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.guards import signed_in
from tongmai.foundation.orgs.roles import ADMINISTRATORS
from tongmai.portal import guidance
from tongmai.ui.http import page


@require_safe
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    idle = policy.value("security.session.idle", on=actor.today, at=actor.org_id)
    if actor.role in ADMINISTRATORS:
        idle = policy.value("security.session.idle_administrator", on=actor.today, at=actor.org_id)
    return page(request, "portal/me.html", {"now": actor.now, "idle": idle})


@require_safe
@signed_in
def help_page(request: HttpRequest) -> HttpResponse:
    subjects = {
        "access": _("查阅档案"),
        "audit": _("审计"),
        "capacity": _("号源与床位"),
        "family_doctors": _("家庭医生"),
        "referrals": _("转诊"),
        "orgs": _("机构"),
        "residents": _("居民"),
        "security": _("登录安全"),
        "texting": _("短信验证码"),
        "resident_requests": _("居民的要求"),
    }
    groups = [(subjects.get(name, name), values) for name, values in guidance.policies(by=request.actor)]
    return page(request, "portal/help.html", {"groups": groups})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/about.html", {"version": version("tongmai")})
