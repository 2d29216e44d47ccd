"""The smallest county that has everything: two alliances, a chain down to the villages, and a stranger next door.

All of it is invented: the area codes 340199 and 340198 belong to no county.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from tongmai.foundation.catalog.models import DepartmentType, FacilityClass
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import (
    Alliance,
    CatchmentArea,
    Department,
    Membership,
    Org,
    Post,
    Staff,
    User,
)
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.sessions import actor_in

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
COUNTY = "340199"
OTHER_COUNTY = "340198"
LONG_AGO = date(2020, 1, 1)
PASSWORD = "demonstration-2026"

_numbers = count(1)

# Where the post of each role stands in the smallest county.
_PLACES = {
    Role.VILLAGE_DOCTOR: ("village", None),
    Role.GENERAL_PRACTITIONER: ("township", "general"),
    Role.NURSE: ("township", "general"),
    Role.REGISTRAR: ("township", None),
    Role.TECHNICIAN: ("township", None),
    Role.SPECIALIST: ("lead", "cardiology"),
    Role.REPORTING_DOCTOR: ("lead", "imaging"),
    Role.PHARMACIST: ("lead", None),
    Role.REFERRAL_COORDINATOR: ("lead", None),
    Role.RESOURCE_MANAGER: ("lead", None),
    Role.INSURANCE_OFFICER: ("lead", None),
    Role.MANAGER: ("lead", None),
    Role.HEALTH_COMMISSION: ("commission", None),
    Role.CDC_OFFICER: ("cdc", None),
    Role.SYSTEM_ADMIN: ("lead", None),
    Role.SECURITY_ADMIN: ("lead", None),
    Role.AUDIT_ADMIN: ("lead", None),
}


@dataclass
class CountyWorld:
    """The organisations of the smallest county by what they are for, and the actors who work there."""

    lead: Org  # 县人民医院, leads `alliance`
    tcm: Org  # 县中医院, leads `tcm_alliance`
    township: Org  # member of `alliance`
    other_township: Org  # member of `tcm_alliance`
    village: Org  # below `township`
    other_village: Org  # below `other_township`
    outside: Org  # 市级医院, in no alliance of the county
    stranger: Org  # a hospital of another county
    commission: Org
    cdc: Org
    alliance: Alliance
    tcm_alliance: Alliance
    departments: dict[str, Department] = field(default_factory=dict)  # cardiology, surgery, imaging, general, tcm
    now: datetime = NOW

    def actor(self, role: Role | str, *, org: Org | None = None, now: datetime | None = None, **facts) -> Actor:
        """Return an actor in `role`, at its usual organisation unless `org` is given."""
        role = Role(role)
        if role in (Role.SYSTEM, Role.RESIDENT):
            return actor(role, now=now or self.now, **facts)
        place, department = _PLACES[role]
        usual = getattr(self, place)
        at_usual = org is None or org.id == usual.id
        found = self.departments.get(department) if department and at_usual else None
        return actor(role, org=org or usual, department=found, now=now or self.now, **facts)

    def user(self, role: Role | str, *, org: Org | None = None) -> User:
        """Return the sign-in of the person whom `actor(role, org=org)` is."""
        return User.objects.get(id=self.actor(role, org=org).user_id)

    @property
    def orgs(self) -> list[Org]:
        return [
            self.lead, self.tcm, self.township, self.other_township, self.village, self.other_village,
            self.outside, self.stranger, self.commission, self.cdc,
        ]  # fmt: skip


def county_world(*, now: datetime = NOW) -> CountyWorld:
    """Build the smallest county, with one person in each role and her sign-in (password: `PASSWORD` after `sign_in_as`)."""
    level, kind = Org.Level, Org.Kind
    lead = org("示例县人民医院", level.COUNTY, division=COUNTY, class_code="A100", grade="二级甲等")
    tcm = org("示例县中医院", level.COUNTY, division=COUNTY, class_code="A210", grade="二级甲等")
    township = org("甲镇卫生院", level.TOWNSHIP, division=f"{COUNTY}101", class_code="C210", parent=lead)
    other_township = org("乙镇卫生院", level.TOWNSHIP, division=f"{COUNTY}102", class_code="C210", parent=tcm)
    village = org("甲镇示例村卫生室", level.VILLAGE, division=f"{COUNTY}101201", class_code="D600", parent=township)
    other_village = org(
        "乙镇示例村卫生室", level.VILLAGE, division=f"{COUNTY}102201", class_code="D600", parent=other_township
    )
    world = CountyWorld(
        lead=lead,
        tcm=tcm,
        township=township,
        other_township=other_township,
        village=village,
        other_village=other_village,
        outside=org("示例市立医院", level.OUTSIDE, division="340104", class_code="A100", grade="三级甲等"),
        stranger=org("邻县人民医院", level.COUNTY, division=OTHER_COUNTY, class_code="A100", grade="二级甲等"),
        commission=org("示例县卫生健康委员会", level.COUNTY, division=COUNTY, kind=kind.COMMISSION),
        cdc=org("示例县疾病预防控制中心", level.COUNTY, division=COUNTY, kind=kind.CDC, class_code="Q100"),
        alliance=alliance("示例县人民医院医共体"),
        tcm_alliance=alliance("示例县中医院医共体"),
        now=now,
    )
    _join(world.alliance, lead, township)
    _join(world.tcm_alliance, tcm, other_township)
    world.departments = {
        "cardiology": department(lead, "03.04", "心血管内科"),
        "surgery": department(lead, "04.01", "普外科"),
        "imaging": department(lead, "32", "医学影像科"),
        "general": department(township, "02", "全科医疗科"),
        "tcm": department(tcm, "50.01", "中医内科"),
    }
    CatchmentArea.objects.bulk_create(
        CatchmentArea(org=place, division_code=place.division_code, starts_on=LONG_AGO)
        for place in (township, other_township, village, other_village)
    )
    _people(world)
    return world


def kinds() -> None:
    """Put a few specialties and facility classes into the catalogue, as what is entered is checked against it."""
    common = {"search": "", "source": "", "starts_on": LONG_AGO}
    specialties = {"02": "全科医疗科", "03": "内科", "03.04": "心血管内科专业", "04": "外科"}
    DepartmentType.objects.bulk_create(DepartmentType(code=c, name=n, **common) for c, n in specialties.items())
    classes = {"A100": "综合医院", "C220": "乡卫生院", "D600": "村卫生室"}
    FacilityClass.objects.bulk_create(FacilityClass(code=c, name=n, **common) for c, n in classes.items())


def org(name: str, level: str = Org.Level.TOWNSHIP, *, division: str = COUNTY, **fields) -> Org:
    """Return a new organisation standing in `division` (its first six digits are the county)."""
    number = next(_numbers)
    values = {
        "code": f"ORG{number:05}",
        "name": name,
        "short_name": name[:20],
        "search_keys": f"{name} ORG{number:05}",
        "kind": Org.Kind.FACILITY,
        "level": level,
        "county_code": division[:6],
        "division_code": division,
    }
    return Org.objects.create(**(values | fields))


def alliance(name: str = "示例医共体", *, county_code: str = COUNTY, **fields) -> Alliance:
    """Return a new alliance, a tight county community unless told otherwise."""
    values = {
        "code": f"ALL{next(_numbers):05}",
        "name": name,
        "form": Alliance.Form.COUNTY_COMMUNITY,
        "tightness": Alliance.Tightness.TIGHT,
        "county_code": county_code,
        "starts_on": LONG_AGO,
    }
    return Alliance.objects.create(**(values | fields))


def membership(in_alliance: Alliance, member: Org, part: str = Membership.Part.MEMBER, **fields) -> Membership:
    """Return a new membership since `LONG_AGO`, without an end."""
    return Membership.objects.create(
        **({"alliance": in_alliance, "org": member, "part": part, "starts_on": LONG_AGO} | fields)
    )


def department(of: Org, code: str = "03", name: str = "内科") -> Department:
    """Return a new department."""
    return Department.objects.create(org=of, code=code, name=name)


def staff(name: str = "示例医生", *, at: Org, **fields) -> Staff:
    """Return a new member of staff, registered at `at`."""
    number = f"S{next(_numbers):06}"
    return Staff.objects.create(**({"number": number, "name": name, "practice_org": at} | fields))


def user(of: Staff, **fields) -> User:
    """Return a sign-in for `of`, with `PASSWORD`."""
    return User.objects.create_user(of.number.lower(), PASSWORD, staff=of, display_name=of.name, **fields)


def post(role: Role | str, *, at: Org, of: Staff | None = None, **fields) -> Post:
    """Return a new post since `LONG_AGO`, its holder made unless given."""
    holder = of or staff(f"示例{Role(role).label}", at=at)
    return Post.objects.create(
        **({"staff": holder, "org": at, "role": role, "is_main": True, "starts_on": LONG_AGO} | fields)
    )


def actor(
    role: Role | str,
    *,
    org: Org | None = None,
    department: Department | None = None,
    now: datetime = NOW,
    resident_id: UUID | None = None,
    channel: str = "page",
) -> Actor:
    """Return an actor in `role` at `org`: whoever holds that post there already, else a new person who does."""
    role = Role(role)
    if role == Role.SYSTEM:
        return Actor.system(now=now)
    if role == Role.RESIDENT:
        return _resident(resident_id, now, channel)
    assert org is not None, f"the post of a {role} stands at an organisation"
    held = Post.objects.filter(role=role, org=org).select_related("staff", "org")
    found = (held.filter(department=department) if department else held).first()
    found = found or post(role, at=org, department=department)
    account = User.objects.filter(staff_id=found.staff_id).first() or user(found.staff)
    return actor_in(found, user_id=account.id, now=now, channel=channel)


def sign_in_as(client, role: Role | str, *, org: Org, department: Department | None = None) -> Actor:
    """Sign `client` in as the person who holds that post, acting in it; return the actor."""
    who = actor(role, org=org, department=department)
    client.force_login(User.objects.get(id=who.user_id))
    session = client.session
    session["post_id"] = str(who.post_id)
    session.save()
    return who


def _resident(resident_id: UUID | None, now: datetime, channel: str) -> Actor:
    assert resident_id is not None, "a resident acts for herself: give resident_id"
    account, _ = User.objects.get_or_create(
        resident_id=resident_id, defaults={"username": f"r{next(_numbers):06}", "display_name": "示例居民"}
    )
    return Actor(
        role=Role.RESIDENT, now=now, user_id=account.id, resident_id=resident_id, name="示例居民", channel=channel
    )


def _join(into: Alliance, lead: Org, *others: Org) -> None:
    membership(into, lead, Membership.Part.LEAD)
    for other in others:
        membership(into, other)


def _people(world: CountyWorld) -> None:
    """One person in each role, in three statements."""
    people, posts, users = [], [], []
    for role, (place, department_key) in _PLACES.items():
        at = getattr(world, place)
        person = Staff(number=f"S{next(_numbers):06}", name=f"示例{role.label}", practice_org=at, search_keys=str(role))
        people.append(person)
        posts.append(
            Post(
                staff=person,
                org=at,
                role=role,
                is_main=True,
                starts_on=LONG_AGO,
                department=world.departments.get(department_key) if department_key else None,
            )  # fmt: skip
        )
        users.append(User(username=person.number.lower(), staff=person, display_name=person.name, password="!"))
    Staff.objects.bulk_create(people)
    Post.objects.bulk_create(posts)
    User.objects.bulk_create(users)
