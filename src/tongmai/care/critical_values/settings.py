"""Limits and chains as they are in force: for the rules, and for the pages of those who set them."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.care.critical_values import starter
from tongmai.care.critical_values.models import LimitLine, Rung
from tongmai.care.critical_values.rules import Level, Limit
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Membership, valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import NotFound

if TYPE_CHECKING:
    from tongmai.care.critical_values.services import LimitInput


def limits_at(org_id: UUID, on: date) -> list[Limit]:
    """Return the limits that count at an organisation on a day: its own, its alliances', ours.  One query."""
    return [*map(_limit, _LINES.objects(org_id=org_id, on=on)), *starter.limits()]


def lines(by: Actor) -> QuerySet[LimitLine]:
    """Return the lines that the actor's organisation or its alliances have set, the ended ones too."""
    if by.org_id is None or not (by.may(Action.SEE_CRITICAL) or by.may(Action.MANAGE_CRITICAL)):
        return LimitLine.objects.none()
    current = Membership.objects.filter(valid_on(by.today), valid_on(by.today, "alliance__"), org_id=by.org_id)
    rows = LimitLine.objects.filter(Q(org_id=by.org_id) | Q(alliance__in=current.values("alliance")))
    return rows.select_related("org", "alliance", "set_by")


def limit_line(limit_id: UUID, *, by: Actor) -> LimitLine:
    """Return an open line to change it.

    Raises:
        NotFound: absent, ended, or not set by the actor's organisation.
    """
    leads = Membership.objects.filter(valid_on(by.today), org_id=by.org_id, part=Membership.Part.LEAD)
    own = Q(org_id=by.org_id) | Q(alliance__in=leads.values("alliance"))
    found = LimitLine.objects.select_for_update(of=("self",)).filter(own, id=limit_id, ends_before=None).first()
    if found is None:
        raise NotFound()
    return found


def standing_line(entered: "LimitInput", *, for_alliance: bool, by: Actor) -> LimitLine | None:
    """Return the open line of the actor's organisation, or of the alliance that it leads, on the same item and people."""
    leads = Membership.objects.filter(valid_on(by.today), org_id=by.org_id, part=Membership.Part.LEAD)
    owner = Q(alliance__in=leads.values("alliance")) if for_alliance else Q(org_id=by.org_id)
    return LimitLine.objects.filter(
        owner, item=entered.item, sex=entered.sex, age_from_days=entered.age_from_days,
        age_before_days=entered.age_before_days, ends_before=None,
    ).first()  # fmt: skip


def says_the_same(line: LimitLine, entered: "LimitInput") -> bool:
    """Whether a line says what is entered."""
    said = (entered.unit, entered.low, entered.high, entered.status, entered.source)
    return (line.unit, line.low, line.high, line.status, line.source) == said


def rungs(by: Actor) -> QuerySet[Rung]:
    """Return the chain of the actor's organisation, what has ended too."""
    if by.org_id is None:
        return Rung.objects.none()
    return Rung.objects.filter(org_id=by.org_id).select_related("at_org", "staff", "set_by")


def rung(rung_id: UUID, *, by: Actor) -> Rung:
    """Return an open rung to end it.

    Raises:
        NotFound: absent, ended, or of another organisation.
    """
    rows = Rung.objects.select_for_update(of=("self",)).filter(org_id=by.org_id, ends_before=None)
    found = rows.filter(id=rung_id).first()
    if found is None:
        raise NotFound()
    return found


def _limit(line: LimitLine) -> Limit:
    return Limit(
        ref=str(line.id), level=Level.ORG if line.org_id else Level.ALLIANCE, item=line.item, unit=line.unit,
        low=line.low, high=line.high, sex=line.sex, age_from_days=line.age_from_days,
        age_before_days=line.age_before_days, version=line.line_version, source=line.source, status=line.status,
    )  # fmt: skip


def _lines_at(by: None, *, org_id: UUID, on: date) -> QuerySet[LimitLine]:
    current = Membership.objects.filter(valid_on(on), valid_on(on, "alliance__"), org_id=org_id)
    rows = LimitLine.objects.filter(Q(org_id=org_id) | Q(alliance__in=current.values("alliance")), valid_on(on))
    return rows.order_by()


_LINES = Prepared(_lines_at)
