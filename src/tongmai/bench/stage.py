"""The county in which a bench takes place: the demonstration's own, with a resident or two in every village.

Everything here is made by the services.  What follows is copied from these residents (lives.py).
"""

from datetime import datetime, time, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from tongmai.commons.capacity import services as capacity
from tongmai.commons.residents.models import Resident
from tongmai.config.demo import building
from tongmai.config.demo.county import load
from tongmai.config.demo.offers import HALF_DAYS
from tongmai.config.progress import progress
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org, Post, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.sessions import actor_in

PASSWORD = "tongmai-bench-2026"
LARGE_CLINIC = "转诊专用门诊"  # so large that a run never meets the last place
LARGE_CLINIC_PLACES = 500
AHEAD_DAYS = 14
WORKDAYS = range(5)


class NotEmpty(Exception):
    """The database holds somebody's data."""


def build(county_file: Path, *, now: datetime, size: building.Size) -> None:
    """Create the tables and the county, play its six weeks up to `now`, and let its staff sign in with PASSWORD.

    Raises:
        NotEmpty: there are organisations already.
    """
    call_command("migrate", verbosity=0, interactive=False)
    if Org.objects.exists() or Resident.objects.exists():
        raise NotEmpty("the database is not empty; a bench loads into one of its own")
    building.build(load(county_file), now=now, size=size, password=PASSWORD)
    _large_clinics(now)
    # One hash for everybody: hundreds of separate ones would take a minute and prove nothing.
    User.objects.filter(staff__isnull=False).update(password=make_password(PASSWORD), must_change_password=False)


def _large_clinics(now: datetime) -> None:
    """Give every department of the leads that has a clinic a large one, on weekdays."""
    wanted = Department.objects.filter(resources__kind="clinic", org__level=Org.Level.COUNTY).distinct()
    for department in progress(list(wanted.select_related("org")), "large clinics"):
        by = _manager(department.org, now)
        clinic = capacity.create_resource(
            department_id=department.id, kind="clinic", catalog_code="clinic-specialist",
            name=f"{department.name}{LARGE_CLINIC}", by=by,
        )  # fmt: skip
        for weekday in WORKDAYS:
            for starts, ends in HALF_DAYS:
                _weekly(clinic.id, weekday, starts, ends, by)
    publish_ahead(now)


def publish_ahead(now: datetime) -> None:
    """Publish what the weekly templates of the leads say for the days to come; what is published stays as it is.

    A database that was loaded some days ago is brought up to today by this.
    """
    leads = Org.objects.filter(resources__name__endswith=LARGE_CLINIC).distinct()
    for org in leads:
        by = _manager(org, now)
        capacity.publish_weeks(from_day=by.today + timedelta(days=1), days=AHEAD_DAYS, by=by)


def _weekly(resource_id, weekday: int, starts: time, ends: time, by: Actor) -> None:
    capacity.set_weekly(
        resource_id=resource_id, weekday=weekday, starts_time=starts, ends_time=ends, total=LARGE_CLINIC_PLACES, by=by
    )


def _manager(org: Org, now: datetime) -> Actor:
    post = Post.objects.filter(org=org, role=Role.RESOURCE_MANAGER).select_related("org", "staff", "department").first()
    if post is None:
        return Actor.system(now=now, org_id=org.id)
    user = User.objects.filter(staff=post.staff).first()
    return actor_in(post, user_id=user.id if user else None, now=now)
