"""Homes: the village clinic and the health centre that look after a resident, and who works there.

A life that was played at one home is copied to another of the same lead hospital: whoever acted as the second doctor of
the one health centre is replaced by the second doctor of the other.
"""

from collections import defaultdict
from dataclasses import dataclass

from tongmai.care.family_doctors.models import Team
from tongmai.foundation.orgs.models import Department, Membership, Org, Post, User


@dataclass(frozen=True)
class Home:
    """What a copy needs to know of a place, in words as the database writes them: `values` by what they are."""

    clinic_id: str
    lead_id: str
    values: dict[str, str]


@dataclass
class _Staff:
    posts: dict[str, dict[str, list[Post]]]  # organisation → role → posts
    users: dict[str, str]
    departments: dict[str, dict[str, str]]  # organisation → code → id


def homes(write_id) -> list[Home]:
    """Return the homes of all village clinics with a team, under a health centre of an alliance.

    `write_id` puts an id into words as the database does.
    """
    staff = _staff(write_id)
    leads = {
        m.org_id: m.alliance.memberships.get(part="lead", ends_before=None).org_id
        for m in Membership.objects.filter(alliance__form="county_community").select_related("alliance", "org")
    }
    teams = {team.org_id: team for team in Team.objects.select_related("leader")}
    clinics = Org.objects.filter(level=Org.Level.VILLAGE).select_related("parent").order_by("code")
    return [
        Home(write_id(c.id), write_id(leads[c.parent_id]), _values(c, teams[c.id], staff, write_id))
        for c in clinics
        if c.id in teams and c.parent_id in leads
    ]


def _staff(write_id) -> _Staff:
    posts: dict[str, dict[str, list[Post]]] = defaultdict(lambda: defaultdict(list))
    for post in Post.objects.select_related("staff").order_by("staff__number", "id"):
        posts[write_id(post.org_id)][post.role].append(post)
    departments: dict[str, dict[str, str]] = defaultdict(dict)
    for department in Department.objects.all():
        departments[write_id(department.org_id)][department.code] = write_id(department.id)
    users = {write_id(u.staff_id): write_id(u.id) for u in User.objects.filter(staff__isnull=False)}
    return _Staff(posts, users, departments)


def _values(clinic: Org, team: Team, staff: _Staff, write_id) -> dict[str, str]:
    values = {"team.id": write_id(team.id), "team.name": team.name, "village": clinic.division_code}
    for part, org in (("clinic", clinic), ("centre", clinic.parent)):
        key = write_id(org.id)
        values |= {f"{part}.id": key, f"{part}.name": org.name, f"{part}.short_name": org.short_name}
        values |= {f"{part}.department.{code}": found for code, found in staff.departments[key].items()}
        for role, posts in staff.posts[key].items():
            for number, post in enumerate(posts):
                who = write_id(post.staff_id)
                at = f"{part}.{role}.{number}"
                values |= {f"{at}.post": write_id(post.id), f"{at}.staff": who, f"{at}.name": post.staff.name}
                values |= {f"{at}.user": staff.users[who]} if who in staff.users else {}
    return values


def fitted(home: Home, wanted: list[str]) -> tuple[str, ...]:
    """Return the values that a life asks for by name; where a place has fewer people in a role, the first acts."""
    return tuple(home.values.get(name) or home.values[_first(name)] for name in wanted)


def _first(name: str) -> str:
    parts = name.split(".")
    return ".".join([*parts[:2], "0", *parts[3:]]) if len(parts) == 4 else name
