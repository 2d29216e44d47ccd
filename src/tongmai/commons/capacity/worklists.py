"""What waits at an organisation that offers capacity: who comes today, and who is booked into a closed session."""

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.capacity import access
from tongmai.commons.capacity.models import BookedPlace
from tongmai.commons.capacity.presenters import hours_said
from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.capacity.states import PoolState, State, Step
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.ui.worklist import WorkItem

KIND = "capacity"
MOST = 100
_MARKS_ARRIVAL = frozenset({Role.REGISTRAR, Role.NURSE, Role.TECHNICIAN})
_MOVES_PEOPLE = frozenset({Role.REGISTRAR, Role.RESOURCE_MANAGER, Role.REFERRAL_COORDINATOR})


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return today's bookings to mark as arrived, and people in closed sessions to move or tell.

    Bookings of referrals wait on the referral's own list until they are in a closed session.
    """
    if by.org_id is None or not by.may(Action.SEE_CAPACITY):
        return []
    items = []
    if by.role in _MARKS_ARRIVAL:
        items += [_arrival(row) for row in _rows(_today(by))]
    if by.role in _MOVES_PEOPLE:
        items += [_stranded(row) for row in _rows(_in_closed(by))]
    return items


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many items `waiting` has; the database counts them."""
    if by.org_id is None or not by.may(Action.SEE_CAPACITY):
        return {}
    n = _today(by)[:MOST].count() if by.role in _MARKS_ARRIVAL else 0
    n += _in_closed(by)[:MOST].count() if by.role in _MOVES_PEOPLE else 0
    return {KIND: n} if n else {}


def _today(by: Actor) -> QuerySet[BookedPlace]:
    places = _own(by).filter(pool__day=by.today, booking__state=State.BOOKED, pool__state=PoolState.OPEN)
    return places.filter(booking__starts_at=F("pool__starts_at")).exclude(booking__source_kind=SourceKind.REFERRAL)


def _in_closed(by: Actor) -> QuerySet[BookedPlace]:
    return _own(by).filter(
        pool__state=PoolState.CLOSED, pool__ends_at__gt=by.now, booking__state__in=[State.HELD, State.BOOKED]
    )


def _own(by: Actor) -> QuerySet[BookedPlace]:
    return BookedPlace.objects.filter(
        is_taken=True, booking__in=access.visible(by).select_related(None), pool__resource__org_id=by.org_id
    )


def _rows(places: QuerySet[BookedPlace]):
    return places.order_by("pool__starts_at", "number").values(
        "number",
        "booking_id",
        name=F("resident__name"),
        resource=F("pool__resource__name"),
        starts_at=F("pool__starts_at"),
        ends_at=F("pool__ends_at"),
        closed_at=F("pool__closed_at"),
        closed_reason=F("pool__closed_reason"),
        booker=F("booking__booker_org__short_name"),
        booked_at=F("booking__created_at"),
    )[:MOST]


def _arrival(row: dict) -> WorkItem:
    return WorkItem(
        kind=KIND,
        title=_("今日预约，待登记到诊"),
        who=row["name"],
        what=f"{row['resource']} {hours_said(row['starts_at'], row['ends_at'])} {_('%(n)s 号') % {'n': row['number']}}",
        from_whom=row["booker"] or "",
        started_at=row["booked_at"],
        due_at=row["ends_at"],
        href=reverse("capacity:booking", args=[row["booking_id"]]),
        action_label=_("到诊"),
        action_url=reverse("capacity:step", args=[row["booking_id"], Step.ARRIVE.value]),
    )


def _stranded(row: dict) -> WorkItem:
    return WorkItem(
        kind=KIND,
        title=_("已停诊，请改期或告知"),
        who=row["name"],
        what=f"{row['resource']} {row['closed_reason']}",
        from_whom=row["booker"] or "",
        started_at=row["closed_at"],
        due_at=row["starts_at"],
        urgency="urgent",
        href=reverse("capacity:booking", args=[row["booking_id"]]),
        action_label=_("改期"),
    )
