"""What waits for the administrators: agreements, posts and tokens that are about to end."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.foundation.orgs import access, policy, presenters
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.months import start_of_day
from tongmai.ui.worklist import WorkItem


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return what ends within the notice and wants a decision: renew it, or let it end."""
    if not (by.may(Action.MANAGE_ORGS) or by.may(Action.MANAGE_POSTS)) or by.org_id is None:
        return []
    notice = policy.value("orgs.expiry_notice", on=by.today, at=by.org_id).timedelta()
    items: list[WorkItem] = []
    if by.may(Action.MANAGE_ORGS):
        items += _agreements(by, notice)
    if by.may(Action.MANAGE_POSTS):
        items += _posts(by, notice)
    if by.may(Action.MANAGE_TOKENS):
        items += _tokens(by, notice)
    return items


def _agreements(by: Actor, notice: timedelta) -> list[WorkItem]:
    kept = access.managed_orgs(by)
    rows = access.visible_agreements(by).filter(ends_before__gt=by.today, ends_before__lte=by.today + notice)
    rows = rows.filter(from_org__in=kept) | rows.filter(to_org__in=kept)
    return [
        WorkItem(
            kind="orgs",
            title=_("协议即将到期"),
            who=row.to_org.name,
            what=presenters.agreement_kind(row.kind),
            from_whom=row.from_org.name,
            started_at=start_of_day(row.ends_before) - notice,
            due_at=start_of_day(row.ends_before),
            href=reverse("orgs:agreement", args=[row.id]),
        )
        for row in rows
    ]


def _posts(by: Actor, notice: timedelta) -> list[WorkItem]:
    rows = access.visible_posts(by).filter(
        ends_before__gt=by.today, ends_before__lte=by.today + notice, starts_on__lte=by.today, staff__is_active=True
    )
    return [
        WorkItem(
            kind="orgs",
            title=_("岗位即将到期"),
            who=row.staff.name,
            what=presenters.role(row.role),
            from_whom=row.org.name,
            started_at=start_of_day(row.ends_before) - notice,
            due_at=start_of_day(row.ends_before),
            href=reverse("orgs:person", args=[row.staff_id]),
        )
        for row in rows
    ]


def _tokens(by: Actor, notice: timedelta) -> list[WorkItem]:
    rows = access.visible_tokens(by).filter(
        revoked_at__isnull=True, expires_at__gt=by.now, expires_at__lte=by.now + notice
    )
    return [
        WorkItem(
            kind="orgs",
            title=_("接口令牌即将到期"),
            who=row.name,
            what=row.post.staff.name,
            from_whom=row.post.org.name,
            started_at=row.expires_at - notice,
            due_at=row.expires_at,
            href=reverse("orgs:tokens"),
        )
        for row in rows
    ]
