"""What an organisation sets for itself: its limits and its chain, from a day on.  Values raised before stay as they are."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.care.critical_values import events
from tongmai.care.critical_values.items import ITEMS, converted, usual_unit
from tongmai.care.critical_values.models import LimitLine, Rung
from tongmai.care.critical_values.settings import limit_line, rung
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs import selectors
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, NotPermitted
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class LimitInput:
    """A limit as it is entered.  Neither `low` nor `high`: the item is never critical there."""

    item: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    source: str
    sex: str = ""
    age_from_days: int = 0
    age_before_days: int = 60_000
    status: str = "local-default"


@dataclass(frozen=True)
class RungInput:
    """Who is told after so many minutes: a person, or everybody in a role (blank: any) at an organisation."""

    after_minutes: int
    at_org_id: UUID
    title: str
    staff_id: UUID | None = None
    role: str = ""


@transaction.atomic
def set_limit(*, entered: LimitInput, starts_on: date, for_alliance: bool = False, by: Actor) -> LimitLine:
    """Set a limit of the actor's organisation, or of the alliance that it leads, from a day on.

    Raises:
        NotPermitted: the post sets none, or its organisation leads no alliance.
        InvalidInput: limits the wrong way round, a unit that nobody can convert, no source, or a day that has passed.
        Conflict: somebody set the same at this moment.
    """
    require(by, Action.MANAGE_CRITICAL)
    entered = _tidy(entered)
    _check_limit(entered, starts_on, by)
    alliance_id = _led(by) if for_alliance else None
    owner = {"alliance_id": alliance_id} if for_alliance else {"org_id": by.org_id}
    key = {name: getattr(entered, name) for name in ("sex", "age_from_days", "age_before_days")}
    key["item"] = entered.item
    before = LimitLine.objects.select_for_update().filter(**owner, **key, ends_before=None).first()
    if before is not None:
        before.ends_before, before.ended_at, before.ended_by_id = max(starts_on, before.starts_on), by.now, by.user_id
        before.save(update_fields=["ends_before", "ended_at", "ended_by"])
    try:
        with transaction.atomic():
            line = LimitLine.objects.create(
                **owner, **key, unit=entered.unit, low=entered.low, high=entered.high, status=entered.status,
                source=entered.source, line_version=before.line_version + 1 if before else 1,
                starts_on=max(starts_on, before.starts_on) if before else starts_on, set_at=by.now, set_by_id=by.user_id,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict() from None
    told = events.LimitSet(limit_id=line.id, org_id=line.org_id, starts_on=line.starts_on)
    audit.record(told, by=by, subject_id=line.id)
    return line


@transaction.atomic
def end_limit(*, limit_id: UUID, by: Actor) -> None:
    """End a limit today: the next level's counts again.

    Raises:
        NotFound: not one of the actor's own.  NotPermitted: the post sets none.
    """
    require(by, Action.MANAGE_CRITICAL)
    line = limit_line(limit_id, by=by)
    line.ends_before, line.ended_at, line.ended_by_id = max(by.today, line.starts_on), by.now, by.user_id
    line.save(update_fields=["ends_before", "ended_at", "ended_by"])
    audit.record(events.LimitEnded(limit_id=line.id, org_id=line.org_id), by=by, subject_id=line.id)


@transaction.atomic
def set_rung(*, entered: RungInput, starts_on: date, by: Actor) -> Rung:
    """Add a rung to the chain of the actor's organisation from a day on.  With the first one the usual chain ends there.

    Raises:
        NotPermitted: the post sets none.  NotFound: no such organisation or person in reach.
        InvalidInput: minutes out of range, no title, or a day that has passed.
    """
    require(by, Action.MANAGE_CRITICAL)
    if not 1 <= entered.after_minutes <= 240:
        raise InvalidInput(field="after_minutes", problem=N_("请填写 1 至 240 分钟"))
    if not entered.title.strip():
        raise InvalidInput(field="title", problem=N_("请填写这一级的称呼，如科主任、总值班"))
    if starts_on < by.today:
        raise InvalidInput(field="starts_on", problem=N_("不能早于今天"))
    at = orgs.org(entered.at_org_id, by=by)
    staff = orgs.staff(entered.staff_id, by=by) if entered.staff_id else None
    made = Rung.objects.create(
        org_id=by.org_id, after_minutes=entered.after_minutes, at_org=at, staff=staff,
        role="" if staff else entered.role, title=entered.title.strip()[:60], starts_on=starts_on, set_at=by.now,
        set_by_id=by.user_id,
    )  # fmt: skip
    audit.record(events.RungSet(rung_id=made.id, org_id=made.org_id), by=by, subject_id=made.id)
    return made


@transaction.atomic
def end_rung(*, rung_id: UUID, by: Actor) -> None:
    """Take a rung out of the chain today; without any the usual chain counts again.

    Raises:
        NotFound: not one of the actor's own.  NotPermitted: the post sets none.
    """
    require(by, Action.MANAGE_CRITICAL)
    found = rung(rung_id, by=by)
    found.ends_before, found.ended_at, found.ended_by_id = max(by.today, found.starts_on), by.now, by.user_id
    found.save(update_fields=["ends_before", "ended_at", "ended_by"])
    audit.record(events.RungEnded(rung_id=found.id, org_id=found.org_id), by=by, subject_id=found.id)


def _tidy(entered: LimitInput) -> LimitInput:
    """A limit on an item that we know is in its unit, unless another one is said."""
    item, unit = entered.item.strip().lower(), entered.unit.strip()
    return replace(entered, item=item, unit=unit or usual_unit(item), source=entered.source.strip())


def _check_limit(entered: LimitInput, starts_on: date, by: Actor) -> None:
    if not entered.item:
        raise InvalidInput(field="item", problem=N_("请选择或填写项目"))
    if (
        entered.item in ITEMS
        and converted(Decimal(1), ITEMS[entered.item].unit, item=entered.item, to=entered.unit) is None
    ):
        raise InvalidInput(field="unit", problem=N_("这个单位无法换算，结果不会被判断；请改用项目通常的单位"))
    if entered.low is not None and entered.high is not None and entered.low >= entered.high:
        raise InvalidInput(field="high", problem=N_("高限须大于低限"))
    if not entered.age_from_days < entered.age_before_days:
        raise InvalidInput(field="age_before_days", problem=N_("年龄上限须大于下限"))
    if not entered.source:
        raise InvalidInput(field="source", problem=N_("请写明依据"))
    if starts_on < by.today:
        raise InvalidInput(field="starts_on", problem=N_("不能早于今天"))


def _led(by: Actor) -> UUID:
    for alliance in selectors.alliances_of(by.org_id, by.today) if by.org_id else []:
        lead = selectors.alliance_lead(alliance.id, by.today)
        if lead is not None and lead.id == by.org_id:
            return alliance.id
    raise NotPermitted(action=Action.MANAGE_CRITICAL)
