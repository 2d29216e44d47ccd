"""The people who work in the demonstration, their posts and sign-ins."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from random import Random

from tongmai.config.demo import people
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.county import County, Facility
from tongmai.config.demo.places import departments_of
from tongmai.config.demo.plans import (
    LEAD_POSTS,
    SPECIALISTS_PER_DEPARTMENT,
    TOWNSHIP_POSTS,
    VILLAGE_POSTS,
)
from tongmai.config.progress import progress
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Agreement, Department, Org, Post, Staff
from tongmai.foundation.orgs.roles import LICENSED, Role
from tongmai.foundation.orgs.services.posts import PostEntry
from tongmai.foundation.orgs.services.staff import StaffEntry

HIRED_ON = date(2024, 1, 1)


@dataclass
class Hiring:
    """Enters people and gives them their posts."""

    random: Random
    by: Actor
    cast: Cast

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def take_on(self, org: Org, role: Role, department: Department | None = None) -> Post:
        """Enter one person, with a post at `org`."""
        number = f"{self.cast.county_code}{next(self._numbers):05d}"
        born_year = self.random.randint(1966, 1996)
        sex = self.random.choice("12")
        licensed = role in LICENSED
        staff = services.hire(
            by=self.by,
            number=number,
            entry=StaffEntry(
                name=people.name(self.random, sex, born_year),
                practice_org_id=org.id,
                grade=self._grade(role, born_year),
                licence_number=f"DEMO{number}" if licensed else "",
            ),
        )
        return self.give(staff, org, role, department, is_main=True)

    def give(
        self,
        staff: Staff,
        org: Org,
        role: Role,
        department: Department | None = None,
        *,
        is_main: bool = False,
        agreement: Agreement | None = None,
    ) -> Post:
        post = services.give_post(
            by=self.by,
            entry=PostEntry(
                staff_id=staff.id,
                org_id=org.id,
                role=role,
                starts_on=HIRED_ON,
                ends_before=agreement.ends_before if agreement else None,
                department_id=department.id if department else None,
                agreement_id=agreement.id if agreement else None,
                posting="long_term" if agreement else "",
                is_main=is_main,
            ),
        )
        post = Post.objects.select_related("org", "staff", "department").get(id=post.id)
        self.cast.enter(post)
        return post

    def _grade(self, role: Role, born_year: int) -> str:
        if role not in LICENSED or role == Role.VILLAGE_DOCTOR:
            return Staff.Grade.JUNIOR if role == Role.VILLAGE_DOCTOR else Staff.Grade.NONE
        if born_year < 1974:
            return self.random.choice((Staff.Grade.DEPUTY_SENIOR, Staff.Grade.SENIOR))
        return Staff.Grade.INTERMEDIATE if born_year < 1988 else Staff.Grade.JUNIOR

    def sign_in(self, post: Post) -> None:
        """Give the holder of a post a sign-in, if she has none; nobody will use it, so it has no password."""
        if post.staff_id not in self.cast.users:
            made = services.create_account(by=self.by, staff_id=post.staff_id, with_password=False)
            self.cast.users[post.staff_id] = made.user_id


def build(county: County, orgs: dict[str, Org], *, now: datetime, random: Random) -> tuple[Cast, Hiring]:
    """Enter the staff of every facility; return who they are."""
    cast = Cast(county_code=county.county.code, orgs=orgs)
    hiring = Hiring(random=random, by=Actor.system(now=now), cast=cast)
    facilities = [*county.facilities, *county.clinics()]
    for facility in progress(facilities, "staff"):
        _staff(county, facility, orgs[facility.key], hiring)
    _agreements(county, orgs, hiring)
    return cast, hiring


def _staff(county: County, facility: Facility, org: Org, hiring: Hiring) -> None:
    wards = {department.code: department for department in org.departments.all()}
    for role, code, n in _posts(county, facility):
        for _ in range(n):
            hiring.take_on(org, role, wards.get(code) if code else None)


def _posts(county: County, facility: Facility) -> Iterator[tuple[Role, str | None, int]]:
    leads = {group.lead for group in county.groups if group.form == "county_community"}
    if facility.kind == "commission":
        yield (Role.HEALTH_COMMISSION, None, 1)
    elif facility.kind == "cdc":
        yield (Role.CDC_OFFICER, None, 1)
    elif facility.kind == "insurer":
        yield (Role.INSURANCE_OFFICER, None, 1)
    elif facility.level == "village":
        yield from VILLAGE_POSTS
    elif facility.level == "township":
        yield from TOWNSHIP_POSTS
    elif facility.key in leads:
        yield from LEAD_POSTS
        for plan in departments_of(county, facility):
            yield (Role.SPECIALIST, plan.code, SPECIALISTS_PER_DEPARTMENT)


def _agreements(county: County, orgs: dict[str, Org], hiring: Hiring) -> None:
    """Each lead sends a specialist to two of its townships; a township's doctor holds the village clinic nearby."""
    day = hiring.by.today
    for group in (g for g in county.groups if g.form == "county_community"):
        lead = orgs[group.lead]
        centres = [f for f in county.members_of(group) if f.level == "township"][:2]
        for centre, kind in zip(centres, (Agreement.Kind.POSTING, Agreement.Kind.SUPPORT), strict=False):
            agreement = services.sign_agreement(
                by=hiring.by, kind=kind, from_org_id=lead.id, to_org_id=orgs[centre.key].id, starts_on=HIRED_ON,
                ends_before=date(day.year + 2, 1, 1), number=f"DEMO-{centre.key}", subject="专科医师派驻，每周坐诊",
            )  # fmt: skip
            posted = hiring.cast.posts[lead.id, Role.SPECIALIST][0 if kind == Agreement.Kind.POSTING else 2].staff
            hiring.give(posted, orgs[centre.key], Role.GENERAL_PRACTITIONER, agreement=agreement)
