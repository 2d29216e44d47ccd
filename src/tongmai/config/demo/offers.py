"""What the facilities of the demonstration offer for booking: weekly templates, published ahead."""

from datetime import datetime, time
from random import Random

from tongmai.commons.capacity import services as capacity
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.county import County, Facility
from tongmai.config.demo.places import departments_of
from tongmai.config.demo.plans import MACHINES_OF_LEAD, MACHINES_OF_TOWNSHIP, DepartmentPlan, MachinePlan
from tongmai.config.progress import progress
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org
from tongmai.foundation.orgs.roles import Role

HALF_DAYS = ((time(8), time(11, 30)), (time(14), time(17)))
MIDNIGHT = time(0)


def build(county: County, cast: Cast, *, days: int, now: datetime, random: Random) -> None:
    """Offer clinics, wards and examinations of the leads, examinations of the townships; publish `days` days."""
    leads = {group.lead for group in county.groups if group.form == "county_community"}
    offering = [f for f in county.facilities if f.key in leads or f.level == "township"]
    for facility in progress(offering, "sessions"):
        org = cast.orgs[facility.key]
        by = _manager(cast, org, now, random)
        wards = {department.code: department for department in org.departments.all()}
        for machine in MACHINES_OF_LEAD if facility.key in leads else MACHINES_OF_TOWNSHIP:
            _machine(machine, wards[machine.department], by)
        if facility.key in leads:
            _departments(county, facility, wards, by)
        capacity.publish_weeks(from_day=by.today, days=days, by=by)


def _manager(cast: Cast, org: Org, now: datetime, random: Random) -> Actor:
    if cast.has(org.id, Role.RESOURCE_MANAGER):
        return cast.actor(org.id, Role.RESOURCE_MANAGER, now, random=random)
    return Actor.system(now=now, org_id=org.id)


def _departments(county: County, facility: Facility, wards: dict[str, Department], by: Actor) -> None:
    for plan in departments_of(county, facility):
        if plan.clinic:
            _clinic(plan, wards[plan.code], by)
        if plan.beds:
            ward = capacity.create_resource(
                department_id=wards[plan.code].id,
                kind="bed",
                catalog_code=plan.bed_kind,
                name=f"{plan.name}病区",
                by=by,
            )
            for weekday in range(7):
                capacity.set_weekly(
                    resource_id=ward.id,
                    weekday=weekday,
                    starts_time=MIDNIGHT,
                    ends_time=MIDNIGHT,
                    total=plan.beds,
                    by=by,
                )


def _clinic(plan: DepartmentPlan, department: Department, by: Actor) -> None:
    clinic = capacity.create_resource(
        department_id=department.id, kind="clinic", catalog_code=plan.clinic_kind, name=f"{plan.name}专家门诊", by=by
    )
    for weekday in range(6):
        for starts, ends in HALF_DAYS[: 1 if weekday == 5 else 2]:
            capacity.set_weekly(
                resource_id=clinic.id, weekday=weekday, starts_time=starts, ends_time=ends, total=plan.clinic, by=by
            )


def _machine(plan: MachinePlan, department: Department, by: Actor) -> None:
    machine = capacity.create_resource(
        department_id=department.id, kind="exam", catalog_code=plan.kind, name=plan.name, by=by
    )
    for weekday in range(6):
        for starts, ends in HALF_DAYS:
            capacity.set_weekly(
                resource_id=machine.id, weekday=weekday, starts_time=starts, ends_time=ends, total=plan.places, by=by
            )
