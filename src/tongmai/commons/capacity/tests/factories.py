"""The smallest valid resource, session, resident and booking.  Places taken are real bookings, made by the services."""

from datetime import datetime, timedelta
from itertools import count

from tongmai.commons.capacity import services
from tongmai.commons.capacity.models import Booking, Pool, Resource
from tongmai.commons.capacity.services import sessions
from tongmai.commons.capacity.sources import DESK, Source
from tongmai.commons.capacity.states import Kind, Share
from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.services.indexing import rewrite_index
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org
from tongmai.foundation.orgs.tests.factories import COUNTY, NOW

_numbers = count(1)
CATALOG_CODE = {Kind.CLINIC: "clinic-specialist", Kind.BED: "bed-general", Kind.EXAM: "exam-ct"}
SYSTEM = Actor.system(now=NOW)


def resident(name: str = "", **fields) -> Resident:
    """Return a new resident of the smallest county."""
    values = {
        "name": name or f"示例居民{next(_numbers)}",
        "sex": "female",
        "born_on": datetime(1960, 5, 1).date(),  # noqa: DTZ001  (a day, not an instant)
        "county_code": COUNTY,
        "village_code": f"{COUNTY}101201",
        "registered_at": NOW,
    }
    made = Resident.objects.create(**(values | fields))
    rewrite_index(made.id)
    return made


def resource(department: Department, kind: Kind = Kind.CLINIC, **fields) -> Resource:
    """Return a new resource of a department; its organisation is the department's."""
    values = {
        "org": department.org,
        "department": department,
        "kind": kind,
        "catalog_code": CATALOG_CODE[kind],
        "name": f"示例{kind}{next(_numbers)}",
    }
    return Resource.objects.create(**(values | fields))


def pool(
    of: Resource, *, starts_at: datetime = NOW + timedelta(days=3), hours: float = 3, total: int = 10, **fields
) -> Pool:
    """Publish a session at `starts_at`; `fields` are then set as they are (e.g. `reserved`)."""
    made = sessions.publish_all(
        [sessions.Session(of, starts_at, starts_at + timedelta(hours=hours), total)], by=SYSTEM
    )[0]
    if fields:
        Pool.objects.filter(id=made.id).update(**fields)
    return Pool.objects.get(id=made.id)


def bed_days(of: Resource, first: datetime, days: int, total: int = 4) -> list[Pool]:
    """Publish consecutive bed-days of a ward."""
    start = first.date()
    return sessions.publish_all(sessions.bed_days(of, start, start + timedelta(days=days - 1), total), by=SYSTEM)


def booking(
    *pools: Pool, by: Actor, of: Resident | None = None, share: Share = Share.PUBLIC, source: Source = DESK, **fields
) -> Booking:
    """Book a place in each of the pools, for a new resident unless given."""
    person = of or resident()
    return services.book(
        pool_ids=[each.id for each in pools], resident_id=person.id, share_wanted=share, source=source, by=by, **fields
    )


def clinic(org: Org, department: Department, total: int = 10, **fields) -> Pool:
    """Return a session of a new clinic, in three days."""
    assert department.org_id == org.id
    return pool(resource(department), total=total, **fields)
