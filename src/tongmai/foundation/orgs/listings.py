"""Lists for pages and the API: built on the doors of `access`, searched by name, pinyin, initials or code."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from tongmai.foundation.catalog.models import Division
from tongmai.foundation.catalog.search import terms_of
from tongmai.foundation.catalog.selectors import in_force, places
from tongmai.foundation.orgs import access, selectors
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import (
    Agreement,
    Alliance,
    ApiToken,
    CatchmentArea,
    Membership,
    Org,
    Post,
    Staff,
    User,
    valid_on,
)
from tongmai.ui import sorting
from tongmai.ui.sorting import UNSORTED, Sorting


@dataclass(frozen=True)
class OrgsSought:
    """What an organisation is looked for by; blank means any."""

    q: str = ""
    level: str = ""
    kind: str = ""
    alliance_id: UUID | None = None
    parent_id: UUID | None = None
    with_closed: bool = False


@dataclass(frozen=True)
class StaffSought:
    """What people are looked for by; blank means any."""

    q: str = ""
    org_id: UUID | None = None
    role: str = ""
    with_inactive: bool = False
    sort: Sorting = UNSORTED


STAFF_COLUMNS: sorting.Columns = {
    "name": ["name"],
    "number": ["number"],
    "grade": ["grade", "number"],
    "practice": ["practice_org__code", "number"],
}


_ROWS = (Org.Level.OUTSIDE, Org.Level.COUNTY, Org.Level.TOWNSHIP, Org.Level.VILLAGE)


@dataclass(frozen=True)
class AllianceMap:
    """An alliance on a day: the lead, and below each member the village clinics that come in through it."""

    alliance: Alliance
    lead: selectors.Member | None
    branches: list[tuple[selectors.Member, list[selectors.Member]]]

    @property
    def n_members(self) -> int:
        """The lead and all members, village clinics included."""
        return (self.lead is not None) + sum(1 + len(below) for _, below in self.branches)

    @property
    def by_level(self) -> list[tuple[str, list[tuple[selectors.Member, list[selectors.Member]]]]]:
        """The branches in rows, the highest level first."""
        rows = [(level, [branch for branch in self.branches if branch[0].org.level == level]) for level in _ROWS]
        return [(str(level), branches) for level, branches in rows if branches]


def orgs(sought: OrgsSought, *, by: Actor) -> QuerySet[Org]:
    """Return the organisations in reach that match, by code."""
    rows = access.visible_orgs(by).select_related("parent").filter(_found_by(sought.q))
    if not sought.with_closed:
        rows = rows.filter(is_active=True)
    if sought.level:
        rows = rows.filter(level=sought.level)
    if sought.kind:
        rows = rows.filter(kind=sought.kind)
    if sought.parent_id:
        rows = rows.filter(parent_id=sought.parent_id)
    if sought.alliance_id:
        inside = [m.org.id for m in selectors.members(sought.alliance_id, by.today)]
        rows = rows.filter(id__in=inside)
    return rows.order_by("code")


def org_choices(*, by: Actor, managed: bool = False, level: str = "") -> list[tuple[str, str]]:
    """Return (id, name) of the organisations in use that may be chosen, by level and code; with `managed` only those
    whose people `by` administers."""
    rows = (access.staffed_orgs(by) if managed else access.visible_orgs(by)).filter(is_active=True)
    if level:
        rows = rows.filter(level=level)
    found = sorted(rows.values_list("level", "code", "id", "name"), key=lambda row: (-_height(row[0]), row[1]))
    return [(str(row[2]), row[3]) for row in found]


def alliances(*, by: Actor, on: date | None = None) -> QuerySet[Alliance]:
    """Return the alliances in reach, with the number of organisations that have joined by `on` themselves."""
    rows = access.visible_alliances(by)
    if on is not None:
        rows = rows.filter(valid_on(on))
        joined = Q(memberships__starts_on__lte=on) & (
            Q(memberships__ends_before__isnull=True) | Q(memberships__ends_before__gt=on)
        )
        rows = rows.annotate(n_members=Count("memberships", filter=joined))
    return rows.order_by("form", "code")


def alliance_map(alliance: Alliance, on: date) -> AllianceMap:
    """Return who belongs to whom in the alliance on that day."""
    found = selectors.members(alliance.id, on)
    lead = next((m for m in found if m.part == Membership.Part.LEAD), None)
    inside = {m.org.id for m in found}

    def hangs_below_a_member(m: selectors.Member) -> bool:
        return m.org.level == Org.Level.VILLAGE and m.org.parent_id in inside

    tops = [m for m in found if m is not lead and not hangs_below_a_member(m)]
    below: dict[UUID, list[selectors.Member]] = {}
    for member in found:
        if member is not lead and hangs_below_a_member(member):
            below.setdefault(member.org.parent_id, []).append(member)
    of_lead = [(member, []) for member in below.pop(lead.org.id, [])] if lead else []
    return AllianceMap(alliance, lead, [(top, below.get(top.org.id, [])) for top in tops] + of_lead)


def memberships_of_alliance(alliance_id: UUID, *, by: Actor) -> QuerySet[Membership]:
    """Return every membership the alliance ever had, the latest first."""
    access.alliance(alliance_id, by=by)
    rows = Membership.objects.filter(alliance_id=alliance_id).select_related("org")
    return rows.order_by("-starts_on", "org__code")


def memberships_of(org_id: UUID, *, by: Actor) -> QuerySet[Membership]:
    """Return every membership an organisation ever had, the latest first."""
    access.org(org_id, by=by)
    return Membership.objects.filter(org_id=org_id).select_related("alliance").order_by("-starts_on")


def agreements(*, by: Actor, on: date | None = None, org_id: UUID | None = None, kind: str = "") -> QuerySet[Agreement]:
    """Return the agreements in reach, the latest first; with `on` those in force that day."""
    rows = access.visible_agreements(by)
    if on is not None:
        rows = rows.filter(valid_on(on))
    if org_id is not None:
        rows = rows.filter(Q(from_org_id=org_id) | Q(to_org_id=org_id))
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-starts_on", "-id")


def posts_under(agreement_id: UUID, *, by: Actor) -> list[selectors.PostBrief]:
    """Return the posts that rest on an agreement, the latest first."""
    access.agreement(agreement_id, by=by)
    rows = Post.objects.filter(agreement_id=agreement_id).select_related("staff", "org", "department")
    return [selectors.post_brief(post) for post in rows.order_by("-starts_on", "id")]


def catchments_of(org_id: UUID, *, by: Actor) -> QuerySet[CatchmentArea]:
    """Return the divisions that an organisation looks after or looked after, those without an end first."""
    access.org(org_id, by=by)
    return CatchmentArea.objects.filter(org_id=org_id).order_by("-ends_before", "division_code")


def place_names(codes: list[str], on: date) -> dict[str, str]:
    """Return the full names of divisions by code, e.g. 庐江县 泥河镇; codes that are not in force are left out."""
    rows = list(Division.objects.filter(in_force(on), code__in=set(codes)))
    return {place.code: f"{place.path}（{place.code}）" for place in places(rows, on)}


def staff(sought: StaffSought, *, by: Actor) -> QuerySet[Staff]:
    """Return the people in reach, by staff number unless sorted otherwise, each with `current_posts` of today."""
    current = (
        Post.objects.filter(valid_on(by.today)).select_related("org", "department").order_by("-is_main", "starts_on")
    )
    rows = access.visible_staff(by).filter(_found_by(sought.q))
    if not sought.with_inactive:
        rows = rows.filter(is_active=True)
    if sought.org_id or sought.role:
        held = Post.objects.filter(valid_on(by.today))
        held = held.filter(org_id=sought.org_id) if sought.org_id else held
        held = held.filter(role=sought.role) if sought.role else held
        rows = rows.filter(id__in=held.values("staff"))
    rows = rows.prefetch_related(Prefetch("posts", queryset=current, to_attr="current_posts"))
    return sorting.ordered(rows.order_by("number"), sought.sort, STAFF_COLUMNS)


def posts_of(staff_id: UUID, *, by: Actor) -> list[selectors.PostBrief]:
    """Return every post of a person in reach, the latest first."""
    access.staff(staff_id, by=by)
    return selectors.posts_of_staff(staff_id)


def account_of(staff_id: UUID, *, by: Actor) -> User | None:
    """Return the sign-in of a person in reach, None when she has none."""
    return User.objects.filter(staff=access.staff(staff_id, by=by)).first()


def tokens(*, by: Actor, staff_id: UUID | None = None) -> QuerySet[ApiToken]:
    """Return the tokens that `by` administers, the newest first."""
    rows = access.visible_tokens(by)
    return (rows.filter(post__staff_id=staff_id) if staff_id else rows).order_by("-created_at", "-id")


def token_posts(*, by: Actor) -> list[tuple[str, str]]:
    """Return (id, words) of the posts in force that a token can be issued for: their holders can sign in."""
    rows = access.visible_posts(by).filter(valid_on(by.today), staff__is_active=True, staff__user__is_active=True)
    rows = rows.exclude(staff_id=by.staff_id).order_by("org__code", "staff__number")
    return [(str(row.id), f"{row.org.name} · {row.staff.name} · {row.get_role_display()}") for row in rows]


def agreement_choices(staff_row: Staff, *, by: Actor) -> list[tuple[str, str]]:
    """Return (id, words) of the agreements under which a person could work elsewhere from today on."""
    rows = access.visible_agreements(by).filter(from_org_id=staff_row.practice_org_id)
    rows = rows.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=by.today)).order_by("starts_on")
    return [(str(row.id), f"{row.get_kind_display()} · {row.to_org.name} · {row.starts_on}") for row in rows]


def department_choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return (id, words) of the departments in use of the organisations whose people `by` administers."""
    rows = access.visible_departments(by).filter(is_active=True, org__is_active=True, org__in=access.staffed_orgs(by))
    return [(str(row.id), f"{row.org.name} · {row.name}") for row in rows.order_by("org__code", "code", "name")]


def _found_by(q: str) -> Q:
    condition = Q()
    for term in terms_of(q):
        condition &= Q(search_keys__contains=term) | Q(name__icontains=term)
    return condition


def _height(level: str) -> int:
    return selectors.HEIGHT[Org.Level(level)]
