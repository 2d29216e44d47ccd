"""The plan of a run: who signs in, whom she may find, who comes for the first time."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import cycle, islice
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from tongmai.bench import stage
from tongmai.bench.identities import LOADED_PAIRS
from tongmai.care.referrals.models import Referral
from tongmai.care.referrals.states import OPEN_STATES
from tongmai.commons.residents.models import CareRelation, Identifier, Resident
from tongmai.config.demo import people
from tongmai.config.demo.cases import CASES
from tongmai.foundation.orgs.models import Department, Membership, Org, Post, User
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.months import local_day
from tongmai.kernel.pinyin import keys

PARTS = {"doctor": 0.6, "village": 0.3, "desk": 0.1}
ROLES = {
    "doctor": Role.GENERAL_PRACTITIONER,
    "village": Role.VILLAGE_DOCTOR,
    "desk": Role.REFERRAL_COORDINATOR,
}
SAMPLED = 200  # patients of one place whom users look for
REFERRED = 40  # patients for each doctor to send up in a run
NEWCOMERS_EACH = 20
GROWN_YEARS = 19


def plan(
    steps: list[dict[str, float]], *, port: int, seed: int = 1, until_p95_ms: float | None = None
) -> dict[str, Any]:
    """Return what the generator needs for the largest of the steps (users, seconds)."""
    now = timezone.now()
    stage.publish_ahead(now)
    random = Random(seed)
    n = int(max(step["users"] for step in steps))
    posts = _posts(n)
    leads = _leads()
    patients = {str(org.id): _patients(org, random) for org in {post.org.id: post.org for post in posts}.values()}
    pools = _to_refer({post.org_id: post.org for post in posts if post.role == ROLES["doctor"]}.values(), now, n)
    users = [_user(post, leads, pools) for post in posts]
    connection.close()
    return {
        "port": port, "password": stage.PASSWORD, "seed": seed, "steps": steps, "until_p95_ms": until_p95_ms,
        "users": users, "patients": patients, "newcomers": _newcomers(n * NEWCOMERS_EACH, random, now),
        "receivers": {key: _departments(key) for key in set(leads.values())},
        "diagnoses": [case.code for case in CASES if case.wants == "clinic" and case.youngest <= GROWN_YEARS * 2],
    }  # fmt: skip


def _posts(n: int) -> list[Post]:
    """Return the posts of so many users, the parts mixed; where people are fewer, some sign in twice."""
    counts = {part: max(1, round(n * share)) for part, share in PARTS.items()}
    counts["doctor"] = n - counts["village"] - counts["desk"]
    working = set(User.objects.exclude(staff=None).values_list("staff_id", flat=True))
    parts = []
    for part, count in counts.items():
        held = Post.objects.filter(role=ROLES[part], is_main=True).select_related("org__parent", "staff")
        fitting = [post for post in held.order_by("org__code", "id") if post.staff_id in working and _is_stage(post)]
        Random(part).shuffle(fitting)
        parts += list(islice(cycle(fitting), count))
    Random(n).shuffle(parts)
    return parts


def _is_stage(post: Post) -> bool:
    """Whether the post is at a place of the loaded county with people around it."""
    return post.org.level in {Org.Level.TOWNSHIP, Org.Level.VILLAGE, Org.Level.COUNTY}


def _leads() -> dict[str, str]:
    """Return for each organisation the lead hospital to which it refers (a lead: itself)."""
    leads = {}
    for member in Membership.objects.filter(alliance__form="county_community", ends_before=None):
        lead = member.alliance.memberships.get(part="lead", ends_before=None).org_id
        leads[str(member.org_id)] = str(lead)
    return leads


def _departments(org_id: str) -> list[str]:
    found = Department.objects.filter(org_id=org_id, resources__name__endswith=stage.LARGE_CLINIC).distinct()
    return [str(key) for key in found.values_list("id", flat=True)]


def _villages(org: Org) -> list[str]:
    """Return the villages that an organisation of the county looks after."""
    if org.level == Org.Level.VILLAGE:
        return [org.division_code]
    children = Org.objects.filter(parent=org, level=Org.Level.VILLAGE)
    return list(children.values_list("division_code", flat=True))


def _patients(org: Org, random: Random) -> list[dict[str, str]]:
    found = Resident.objects.filter(village_code__in=_villages(org), identifiers__kind="citizen_id")
    rows = list(
        found.values_list("id", "name", "born_on", "village_code", "identifiers__value").order_by("?")[:SAMPLED]
    )
    random.shuffle(rows)
    return [
        {
            "id": str(key), "name": name, "number": number, "village": village, "year": str(born_on.year),
            "initials": keys(name).initials[0],
        }
        for key, name, born_on, village, number in rows
    ]  # fmt: skip


def _to_refer(centres: Iterable[Org], now: datetime, n: int) -> dict[str, list[dict[str, str]]]:
    """Return for each health centre grown-ups with a family doctor there and no open referral."""
    grown = date(local_day(now).year - GROWN_YEARS, 1, 1)
    busy = Referral.objects.filter(state__in=OPEN_STATES).values("resident")
    pools = {}
    for centre in centres:
        signed = CareRelation.objects.filter(
            resident__village_code__in=_villages(centre),
            resident__born_on__lt=grown,
            resident__born_on__gte="1945-01-01",
        )
        rows = signed.exclude(resident__in=busy).values_list("resident_id", "resident__name").distinct()
        pools[str(centre.id)] = [{"id": str(key), "name": name} for key, name in rows.order_by("?")[: REFERRED * n]]
    return pools


def _user(post: Post, leads: dict[str, str], pools: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    part = next(part for part, role in ROLES.items() if role == post.role)
    own = pools.get(str(post.org_id), [])
    mine, own[:REFERRED] = own[:REFERRED], []
    centre = post.org.parent_id if post.org.level == Org.Level.VILLAGE else post.org_id
    return {
        "username": User.objects.get(staff=post.staff).username, "part": part, "receiver_id": leads[str(centre)],
        "patients": str(post.org_id), "to_refer": mine if part == "doctor" else [],
    }  # fmt: skip


def _newcomers(n: int, random: Random, now: datetime) -> list[dict[str, str]]:
    """Return people whose numbers nobody has: from the part of each birthday that a load leaves free."""
    salted = Random(now.timestamp())  # another run on the same database needs others
    found: dict[str, dict[str, str]] = {}
    while len(found) < n:
        who = people.invent(salted, today=local_day(now), youngest=1)
        number = people.citizen_number(who.born_on, who.sex, salted.randrange(LOADED_PAIRS, 500))
        found[number] = {"name": who.name, "number": number, "phone": f"198{random.randrange(10_000_000, 99_999_999)}"}
    for start in range(0, n, 500):
        some = list(found)[start : start + 500]
        for taken in Identifier.objects.filter(value__in=some).values_list("value", flat=True):
            found.pop(taken)
    return list(found.values())
