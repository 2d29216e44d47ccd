"""One row of a plan of sessions: the resource is found or offered anew, the session published, or its places changed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from tongmai.commons.capacity import access, services
from tongmai.commons.capacity.models import Pool, Resource
from tongmai.commons.capacity.services.sessions import instant
from tongmai.commons.capacity.states import Kind
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Cells, Refused, check_cells, day, day_of, or_problem
from tongmai.exchange.tabular.verdicts import Row, Verdict, held, settled
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department
from tongmai.foundation.orgs.permissions import Action

_CLOCK = re.compile(r"(?:\d{4}-\d{1,2}-\d{1,2}[ T])?([01]?\d|2[0-4])[:：时.]?([0-5]\d)?分?(?::\d\d)?")
_BOOKED_KINDS = {kind.value for kind in Kind}


@dataclass(frozen=True)
class SessionFacts:
    """A session as a plan states it.  Without `starts` and `ends` it is a whole day, as of a ward's beds."""

    resource: str
    department: str
    kind: str
    day: date
    starts: time | None
    ends: time | None
    total: int


def identity_of(cells: Cells) -> str:
    """Return by what a row is recognised the next time: the resource, the day and when it begins."""
    said = day(cells.get("day", ""))
    when = said.isoformat() if said else cells.get("day", "")
    named = cells.get("resource", "")
    return f"{named[:48]}|{when[:16]}|{_tidy_clock(cells.get('starts', ''))}" if named else ""


@or_problem
def session_facts(cells: Cells) -> SessionFacts:
    """Return what a row of a plan says, or the first thing that is wrong with it."""
    check_cells(cells)
    if not cells.get("resource", ""):
        raise Refused("no-resource")
    on = day_of(cells.get("day", ""))
    if on is None:
        raise Refused("no-day")
    starts, ends = _clock(cells.get("starts", "")), _clock(cells.get("ends", ""))
    if (starts is None) != (ends is None):
        raise Refused("half-hours")
    total = re.fullmatch(r"(\d{1,4})(?:\.0+)?[个张人次号]?", cells.get("total", ""))
    if not total:
        raise Refused("bad-total", given=cells.get("total", "")[:20])
    return SessionFacts(
        cells["resource"][:60],
        cells.get("department", ""),
        cells.get("kind", ""),
        on,
        starts,
        ends,
        int(total.group(1)),
    )


def settler(by: Actor) -> Callable[[Row], Verdict]:
    """Return what does what a row asks for, and tells its fate."""
    return lambda row: settled(row, session_facts(row.cells), lambda facts, digest: _settle(row, facts, digest, by))


def _settle(row: Row, facts: SessionFacts, digest: str, by: Actor) -> Verdict:
    own = access.visible_resources(by).filter(org_id=by.org_id, name=facts.resource)
    found = list(own.select_related("org")[:2])
    if len(found) > 1:
        return held(row.identity, "several-resources", said=facts.resource)
    resource = found[0] if found else _offered(row, facts, by)
    if isinstance(resource, Verdict):
        return resource
    starts_at, ends_at = _hours(facts, resource)
    pool = Pool.objects.filter(resource=resource, starts_at=starts_at).first()
    if pool is None:
        made = services.publish(
            resource_id=resource.id, starts_at=starts_at, ends_at=ends_at, total=facts.total, by=by
        )  # fmt: skip
        return Verdict(Fate.NEW, row.identity, digest, made.id)
    if pool.ends_at != ends_at:
        return held(row.identity, "other-hours")
    access.pool(pool.id, by=by, to=Action.MANAGE_CAPACITY)
    if pool.total == facts.total:
        return Verdict(Fate.SAME, row.identity, digest, pool.id)
    services.change_total(pool_id=pool.id, total=facts.total, version=pool.version, by=by)
    return Verdict(Fate.UPDATED, row.identity, digest, pool.id)


def _offered(row: Row, facts: SessionFacts, by: Actor) -> Resource | Verdict:
    """Offer a resource that there is not yet, where the row says of which department and kind it is."""
    if not (facts.department and facts.kind):
        return held(row.identity, "unknown-resource", said=facts.resource)
    called = Q(name=facts.department) | Q(code=facts.department)
    department = Department.objects.filter(called, org_id=by.org_id, is_active=True).first()
    if department is None:
        return held(row.identity, "unknown-department", org=by.org_name, said=facts.department[:60])
    kinds = [each for each in catalog.resource_kinds(by.today) if facts.kind in (each.name, each.code)]
    if len(kinds) != 1 or kinds[0].group not in _BOOKED_KINDS:
        return held(row.identity, "unknown-kind", said=facts.kind[:60])
    return services.create_resource(
        department_id=department.id, kind=Kind(kinds[0].group), catalog_code=kinds[0].code, name=facts.resource, by=by
    )


def _hours(facts: SessionFacts, resource: Resource) -> tuple[datetime, datetime]:
    if resource.kind == Kind.BED or facts.starts is None or facts.ends is None:
        return instant(facts.day, time.min), instant(facts.day + timedelta(days=1), time.min)
    ends_on = facts.day + timedelta(days=1) if facts.ends == time.min else facts.day
    return instant(facts.day, facts.starts), instant(ends_on, facts.ends)


def _clock(text: str) -> time | None:
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    if not found:
        raise Refused("bad-clock", given=text[:20])
    hours, minutes = int(found.group(1)), int(found.group(2) or 0)
    if hours == 24 and minutes:
        raise Refused("bad-clock", given=text[:20])
    return time(hours % 24, minutes)


def _tidy_clock(text: str) -> str:
    try:
        at = _clock(text)
    except Refused:
        return text[:8]
    return f"{at:%H:%M}" if at else ""
