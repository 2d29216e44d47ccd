"""Who belongs to whom, and where a resident may be sent: each answer is one or two queries, as frozen values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.foundation.orgs.models import (
    Alliance,
    CatchmentArea,
    Department,
    Membership,
    Org,
    Post,
    Staff,
    User,
    valid_on,
)
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import NotFound

# How high a level stands in the chain; a referral goes up along it.
HEIGHT = {Org.Level.VILLAGE: 0, Org.Level.TOWNSHIP: 1, Org.Level.COUNTY: 2, Org.Level.OUTSIDE: 3}

# The order in which an organisation's alliances are asked: the tight county community decides before looser ties.
_FORM_ORDER = [
    Alliance.Form.COUNTY_COMMUNITY,
    Alliance.Form.URBAN_GROUP,
    Alliance.Form.SPECIALTY_ALLIANCE,
    Alliance.Form.TELEMEDICINE_NETWORK,
]


@dataclass(frozen=True)
class OrgBrief:
    """What others need to know of an organisation to name it and to place it in the chain."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    class_code: str
    grade: str
    county_code: str
    division_code: str
    parent_id: UUID | None
    is_active: bool

    @property
    def height(self) -> int:
        """Return 0 for a village, 1 township, 2 county, 3 outside."""
        return HEIGHT[Org.Level(self.level)]


@dataclass(frozen=True)
class AllianceBrief:
    """An alliance as one organisation sees it: `part` is its own part in it, `through_id` the township that brings it in."""

    id: UUID
    code: str
    name: str
    form: str
    tightness: str
    county_code: str
    specialty_code: str
    part: str = ""
    through_id: UUID | None = None


@dataclass(frozen=True)
class Member:
    """An organisation's time in an alliance.  A village clinic comes in through its township: `through_id`."""

    org: OrgBrief
    part: str
    starts_on: date
    ends_before: date | None
    membership_id: UUID | None
    through_id: UUID | None = None


@dataclass(frozen=True)
class Destination:
    """Where a referral may go, and how near it is: `alliance`, then `county`, then `outside`."""

    org: OrgBrief
    nearness: str


@dataclass(frozen=True)
class DepartmentBrief:
    id: UUID
    org_id: UUID
    code: str
    name: str
    is_active: bool


@dataclass(frozen=True)
class PostBrief:
    """One post of a person, with the names that a list shows."""

    id: UUID
    staff_id: UUID
    staff_number: str
    staff_name: str
    grade: str
    role: str
    org_id: UUID
    org_name: str
    department_id: UUID | None
    department_name: str
    agreement_id: UUID | None
    posting: str
    is_main: bool
    starts_on: date
    ends_before: date | None


_ORG_FIELDS = tuple(OrgBrief.__dataclass_fields__)


def org_brief(org_id: UUID) -> OrgBrief:
    """Return the organisation.

    Raises:
        NotFound: there is none with this id.
    """
    found = briefs([org_id])
    if org_id not in found:
        raise NotFound()
    return found[org_id]


def briefs(org_ids: Iterable[UUID]) -> dict[UUID, OrgBrief]:
    """Return the organisations by id, in one query; ids that do not exist are left out."""
    return {row["id"]: OrgBrief(**row) for row in Org.objects.filter(id__in=set(org_ids)).values(*_ORG_FIELDS)}


def staff_of_username(username: str) -> UUID | None:
    """Return who signs in by this name, None when it is nobody of the staff; for operators on the server."""
    return User.objects.filter(username=username).values_list("staff_id", flat=True).first()


def counties() -> list[str]:
    """Return the counties that have organisations here, by code; places outside every county do not count."""
    rows = Org.objects.exclude(level=Org.Level.OUTSIDE).exclude(county_code="")
    return list(rows.order_by("county_code").values_list("county_code", flat=True).distinct())


def chain_parent(org_id: UUID) -> OrgBrief | None:
    """Return the organisation above in the county's chain (a village's township), else None."""
    row = Org.objects.filter(children__id=org_id).values(*_ORG_FIELDS).first()
    return OrgBrief(**row) if row else None


def children(org_id: UUID) -> list[OrgBrief]:
    """Return the active organisations below in the chain (a township's village clinics), by code."""
    return [OrgBrief(**row) for row in Org.objects.filter(parent_id=org_id, is_active=True).values(*_ORG_FIELDS)]


def alliances_of(org_id: UUID, on: date) -> list[AllianceBrief]:
    """Return the alliances that the organisation belongs to on that day, the county community first.

    A village clinic belongs where its township belongs: its own membership is found first, then the township's.
    """
    return _alliances_of_all([org_id], on)[org_id]


def in_same_alliance(a: UUID, b: UUID, on: date) -> bool:
    """Whether both organisations belong to one alliance on that day; an organisation is with itself if it is in any."""
    found = _alliances_of_all([a, b], on)
    return bool({each.id for each in found[a]} & {each.id for each in found[b]})


def alliance_lead(alliance_id: UUID, on: date) -> OrgBrief | None:
    """Return who leads the alliance on that day; None in a gap between two leads."""
    row = (
        Org.objects.filter(
            id__in=_memberships(on).filter(alliance_id=alliance_id, part=Membership.Part.LEAD).values("org")
        )
        .values(*_ORG_FIELDS)
        .first()
    )
    return OrgBrief(**row) if row else None


def members(alliance_id: UUID, on: date) -> list[Member]:
    """Return who belongs to the alliance on that day: the lead, then by level from county to village, then by code.

    Village clinics without a membership of their own come in through their township.
    """
    own = {m.org_id: m for m in _memberships(on).filter(alliance_id=alliance_id)}
    orgs = Org.objects.filter(Q(id__in=own) | Q(parent_id__in=own, level=Org.Level.VILLAGE, is_active=True))
    found = [_member(OrgBrief(**row), own) for row in orgs.values(*_ORG_FIELDS)]
    return sorted(found, key=lambda m: (m.part != Membership.Part.LEAD, -m.org.height, m.org.code))


def upper_orgs(org_id: UUID, on: date) -> list[Destination]:
    """Return where a referral from the organisation may go, nearest first.

    Order: within its alliances, then the rest of the county, then outside; in each by level, lowest first, then code.
    Below the county level only organisations that stand higher are named, and of townships only the village's own;
    a county-level organisation may also send to its peers.
    """
    sender = org_brief(org_id)
    least = min(sender.height + 1, HEIGHT[Org.Level.COUNTY])
    rows = _facilities_around(sender).exclude(id=org_id)
    candidates = [
        org
        for org in (OrgBrief(**row) for row in rows.values(*_ORG_FIELDS))
        if org.height >= least and (org.level != Org.Level.TOWNSHIP or org.id == sender.parent_id)
    ]
    return _by_nearness(sender, candidates, on, lowest_first=True)


def lower_orgs(org_id: UUID, on: date) -> list[Destination]:
    """Return where the organisation may send a resident down: alliance first, then the county; highest level first.

    From outside the county the county's own organisations are found through shared alliances, then all others.
    """
    sender = org_brief(org_id)
    if sender.level == Org.Level.OUTSIDE:
        rows = Org.objects.filter(kind=Org.Kind.FACILITY, is_active=True).exclude(level=Org.Level.OUTSIDE)
    else:
        rows = _facilities_around(sender)
    candidates = [org for org in (OrgBrief(**row) for row in rows.values(*_ORG_FIELDS)) if org.height < sender.height]
    return _by_nearness(sender, candidates, on, lowest_first=False)


def departments(org_id: UUID, *, only_active: bool = True) -> list[DepartmentBrief]:
    """Return the departments of an organisation, by code and name."""
    rows = Department.objects.filter(org_id=org_id).order_by("code", "name")
    if only_active:
        rows = rows.filter(is_active=True)
    return [DepartmentBrief(**row) for row in rows.values("id", "org_id", "code", "name", "is_active")]


def catchment_orgs(division_code: str, on: date) -> list[OrgBrief]:
    """Return who looks after the residents of a division, the most local first.

    A catchment covers its division and all below it; codes are compared without their trailing zeros by level
    (2, 4, 6, 9, 12 digits).
    """
    above = [division_code[:n] for n in (12, 9, 6, 4, 2) if len(division_code) >= n]
    rows = CatchmentArea.objects.filter(valid_on(on), division_code__in=above, org__is_active=True)
    found = sorted(rows.values_list("org_id", "division_code"), key=lambda row: (-len(row[1]), row[0]))
    by_id = briefs(org_id for org_id, _ in found)
    return [by_id[org_id] for org_id in dict.fromkeys(org_id for org_id, _ in found)]


def staff_of(org_id: UUID, on: date) -> list[PostBrief]:
    """Return the posts held at an organisation on that day, by role and staff number; one row per post."""
    rows = Post.objects.filter(valid_on(on), org_id=org_id, staff__is_active=True)
    return [
        post_brief(post) for post in rows.select_related("staff", "org", "department").order_by("role", "staff__number")
    ]


def posts_of_staff(staff_id: UUID, *, on: date | None = None) -> list[PostBrief]:
    """Return the posts of a person, the latest first; with `on` only those valid that day."""
    rows = Post.objects.filter(staff_id=staff_id).select_related("staff", "org", "department")
    if on is not None:
        rows = rows.filter(valid_on(on))
    return [post_brief(post) for post in rows.order_by("-starts_on", "id")]


def staff_name(staff_id: UUID) -> str:
    """Return the person's name, or "" when there is none with this id."""
    return Staff.objects.filter(id=staff_id).values_list("name", flat=True).first() or ""


def post_brief(post: Post) -> PostBrief:
    """Return the values of a post fetched with its staff, organisation and department."""
    return PostBrief(
        id=post.id,
        staff_id=post.staff_id,
        staff_number=post.staff.number,
        staff_name=post.staff.name,
        grade=post.staff.grade,
        role=post.role,
        org_id=post.org_id,
        org_name=post.org.name,
        department_id=post.department_id,
        department_name=post.department.name if post.department else "",
        agreement_id=post.agreement_id,
        posting=post.posting,
        is_main=post.is_main,
        starts_on=post.starts_on,
        ends_before=post.ends_before,
    )


def _memberships(on: date):
    return Membership.objects.filter(valid_on(on), valid_on(on, "alliance__"))


def _alliances_of_all(org_ids: Iterable[UUID], on: date) -> dict[UUID, list[AllianceBrief]]:
    """Return the alliances of each organisation, in two queries whatever their number."""
    places = {
        row["id"]: [row["id"], row["parent_id"]] if row["level"] == Org.Level.VILLAGE else [row["id"]]
        for row in Org.objects.filter(id__in=set(org_ids)).values("id", "parent_id", "level")
    }
    wanted = {place for chain in places.values() for place in chain if place}
    held: dict[UUID, list[Membership]] = {}
    for membership in _memberships(on).filter(org_id__in=wanted).select_related("alliance"):
        held.setdefault(membership.org_id, []).append(membership)
    return {org_id: _alliances_through(org_id, places.get(org_id, []), held) for org_id in org_ids}


def _alliances_through(org_id: UUID, places: list[UUID], held: dict[UUID, list[Membership]]) -> list[AllianceBrief]:
    found: dict[UUID, AllianceBrief] = {}
    for place in places:
        for membership in held.get(place, []):
            found.setdefault(membership.alliance_id, _alliance_brief(membership, org_id))
    return sorted(found.values(), key=lambda a: (_FORM_ORDER.index(Alliance.Form(a.form)), a.code))


def _alliance_brief(membership: Membership, org_id: UUID) -> AllianceBrief:
    own = membership.org_id == org_id
    alliance = membership.alliance
    return AllianceBrief(
        id=alliance.id,
        code=alliance.code,
        name=alliance.name,
        form=alliance.form,
        tightness=alliance.tightness,
        county_code=alliance.county_code,
        specialty_code=alliance.specialty_code,
        part=membership.part if own else Membership.Part.MEMBER,
        through_id=None if own else membership.org_id,
    )


def _member(org: OrgBrief, own: dict[UUID, Membership]) -> Member:
    membership = own.get(org.id)
    through = membership or own[org.parent_id]
    return Member(
        org=org,
        part=membership.part if membership else Membership.Part.MEMBER,
        starts_on=through.starts_on,
        ends_before=through.ends_before,
        membership_id=membership.id if membership else None,
        through_id=None if membership else org.parent_id,
    )


def _facilities_around(org: OrgBrief):
    return Org.objects.filter(
        Q(county_code=org.county_code) | Q(level=Org.Level.OUTSIDE), kind=Org.Kind.FACILITY, is_active=True
    )


def _by_nearness(sender: OrgBrief, candidates: list[OrgBrief], on: date, *, lowest_first: bool) -> list[Destination]:
    alliances = _alliances_of_all([sender.id, *(org.id for org in candidates)], on)
    mine = {each.id for each in alliances[sender.id]}

    def nearness(org: OrgBrief) -> str:
        if mine & {each.id for each in alliances[org.id]}:
            return "alliance"
        return "outside" if Org.Level.OUTSIDE in (org.level, sender.level) else "county"

    order = ["alliance", "county", "outside"]
    found = [Destination(org=org, nearness=nearness(org)) for org in candidates]
    sign = 1 if lowest_first else -1
    return sorted(found, key=lambda d: (order.index(d.nearness), sign * d.org.height, d.org.code))


def username_of_resident(resident_id: UUID) -> str:
    """Return the user name of a resident's own sign-in; "" where she has none.  The caller has opened her identity."""
    return next((name for (name,) in _USERNAME.rows(resident_id=resident_id)), "")


def _username(by: None, *, resident_id: UUID) -> QuerySet:
    return User.objects.filter(resident_id=resident_id).order_by("id").values_list("username")[:1]


_USERNAME = Prepared(_username)
