"""The organisations of a described county: divisions, facilities, alliances, departments, catchments, agreements."""

from datetime import date, datetime

from tongmai.config.demo.county import County, Facility
from tongmai.config.demo.plans import GENERAL_HOSPITAL, OUTSIDE, TCM_HOSPITAL, TOWNSHIP, DepartmentPlan
from tongmai.config.progress import progress
from tongmai.foundation.catalog import services as catalog
from tongmai.foundation.catalog.services import DivisionRow
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.services.facilities import OrgEntry

SINCE = date(2019, 7, 29)


def build(county: County, *, now: datetime) -> dict[str, Org]:
    """Enter everything that the file says; return the organisations by their keys."""
    by = Actor.system(now=now)
    catalog.load_starter(by)
    _divisions(county, by)
    orgs = _orgs(county, by)
    _alliances(county, orgs, by)
    for facility in county.facilities:
        for plan in departments_of(county, facility):
            services.create_department(by=by, org_id=orgs[facility.key].id, code=plan.code, name=plan.name)
    _catchments(county, orgs, by)
    return orgs


def departments_of(county: County, facility: Facility) -> tuple[DepartmentPlan, ...]:
    """Return the departments that a facility of the demonstration has."""
    if facility.kind != "facility":
        return ()
    if facility.level == "township":
        return TOWNSHIP
    if facility.level == "outside":
        return OUTSIDE
    is_tcm = (facility.facility_class or "").startswith("A2")
    return TCM_HOSPITAL if is_tcm else GENERAL_HOSPITAL


def _divisions(county: County, by: Actor) -> None:
    head = county.county
    rows = [DivisionRow(code=head.code, name=head.name)]
    for town in county.towns:
        rows.append(
            DivisionRow(
                code=town.code,
                name=town.name,
                succeeds_code=town.succeeds or "",
                medical_parent_code=town.served_by or "",
                starts_on=town.since,
            )
        )
        rows += [DivisionRow(code=code, name=name) for code, name in town.villages.items()]
    catalog.put_divisions(rows, starts_on=date(2000, 1, 1), source=(head.source or head.name)[:60], by=by)


def _orgs(county: County, by: Actor) -> dict[str, Org]:
    orgs: dict[str, Org] = {}
    for facility in sorted(county.facilities, key=lambda f: f.level != "county"):
        orgs[facility.key] = _org(facility, county, by, parent=None)
    for clinic in progress(county.clinics(), "village clinics"):
        parent = county.parent_of(clinic)
        orgs[clinic.key] = _org(clinic, county, by, parent=orgs[parent.key] if parent else None)
    return orgs


def _org(facility: Facility, county: County, by: Actor, *, parent: Org | None) -> Org:
    place = facility.village or facility.town or facility.code[:4] or county.county.code[:4]
    return services.create_org(
        by=by,
        code=facility.code or f"{county.county.code}-{facility.key}",
        level=facility.level,
        kind=facility.kind,
        entry=OrgEntry(
            name=facility.name,
            short_name=facility.short_name,
            division_code=place,
            class_code=facility.facility_class or "",
            grade=facility.grade,
            parent_id=parent.id if parent else None,
        ),
    )


def _alliances(county: County, orgs: dict[str, Org], by: Actor) -> None:
    for group in county.groups:
        alliance = services.create_alliance(
            by=by,
            code=f"{county.county.code}-{group.key}",
            name=group.name,
            form=group.form,
            tightness=group.tightness,
            lead_id=orgs[group.lead].id,
            starts_on=group.starts_on,
            county_code=county.county.code if orgs[group.lead].level != "outside" else "",
            specialty_code=group.specialty,
        )
        for member in county.members_of(group):
            if member.level != "village":  # a village clinic comes in through its township
                services.join(by=by, alliance_id=alliance.id, org_id=orgs[member.key].id, starts_on=group.starts_on)


def _catchments(county: County, orgs: dict[str, Org], by: Actor) -> None:
    for town in county.towns:
        centre = next((f for f in county.facilities if f.level == "township" and f.town == town.medical_town), None)
        if centre:
            services.give_catchment(by=by, org_id=orgs[centre.key].id, division_code=town.code, starts_on=SINCE)
    for clinic in county.clinics():
        if clinic.village:
            services.give_catchment(by=by, org_id=orgs[clinic.key].id, division_code=clinic.village, starts_on=SINCE)
