"""The sign-ins that the demonstration prints: one for each role."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from tongmai.commons.residents import access, selectors
from tongmai.commons.residents import services as residents
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.staffing import Hiring
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org, Post
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.sessions import actor_in

# User name → role, and which organisation: that of the first group's chain, or the second's.
WHO: tuple[tuple[str, Role, str], ...] = (
    ("village", Role.VILLAGE_DOCTOR, "village"),
    ("township", Role.GENERAL_PRACTITIONER, "township"),
    ("township-nurse", Role.NURSE, "township"),
    ("technician", Role.TECHNICIAN, "township"),
    ("specialist", Role.SPECIALIST, "lead"),
    ("coordinator", Role.REFERRAL_COORDINATOR, "lead"),
    ("registrar", Role.REGISTRAR, "lead"),
    ("resources", Role.RESOURCE_MANAGER, "lead"),
    ("reporting", Role.REPORTING_DOCTOR, "lead"),
    ("reporting2", Role.REPORTING_DOCTOR, "lead"),  # who verifies is never who wrote
    ("pharmacist", Role.PHARMACIST, "lead"),
    ("insurance", Role.INSURANCE_OFFICER, "lead"),
    ("manager", Role.MANAGER, "lead"),
    ("commission", Role.HEALTH_COMMISSION, "commission"),
    ("cdc", Role.CDC_OFFICER, "cdc"),
    ("village2", Role.VILLAGE_DOCTOR, "village2"),
    ("township2", Role.GENERAL_PRACTITIONER, "township2"),
    ("coordinator2", Role.REFERRAL_COORDINATOR, "lead2"),
)
ADMINISTRATORS = (
    ("system", Role.SYSTEM_ADMIN),
    ("security", Role.SECURITY_ADMIN),
    ("audit", Role.AUDIT_ADMIN),
)


@dataclass(frozen=True)
class Account:
    """A line of what the demonstration prints."""

    username: str
    role: str
    org: str
    name: str
    note: str = ""


def open_staff(cast: Cast, hiring: Hiring, stage: dict[str, Org], password: str) -> list[Account]:
    """Give one person of each role a sign-in with the demonstration's password; return the accounts."""
    posts: Counter[tuple[Role, str]] = Counter()
    opened = []
    for username, role, place in WHO:
        if place in stage:
            post = cast.posts[stage[place].id, role][posts[role, place]]
            posts[role, place] += 1
            opened.append(_open(hiring, post, username, password))
    lead = stage["lead"]
    return opened + [_open(hiring, hiring.take_on(lead, role), username, password) for username, role in ADMINISTRATORS]


def open_resident(hiring: Hiring, resident_id: UUID, name: str, password: str) -> Account:
    """Give a resident her own sign-in."""
    made = services.create_resident_account(
        by=hiring.by, resident_id=resident_id, display_name=name, username="resident"
    )
    herself = Actor(role=Role.RESIDENT, now=hiring.by.now, user_id=made.user_id, resident_id=resident_id, name=name)
    services.change_password(by=herself, current=made.password, new=password)
    return Account("resident", Role.RESIDENT, "", name, note=f"身份证 {_with_phone(hiring, resident_id)}")


def open_family(hiring: Hiring, resident_id: UUID, name: str, *, child_id: UUID, relation: str) -> None:
    """Let a resident look after a child, so that her pages have a second person."""
    residents.add_guardian(child_id, by=hiring.by, name=name, relation=relation, guardian_resident_id=resident_id)


def _with_phone(hiring: Hiring, resident_id: UUID) -> str:
    """Check her phone face to face, so that a code lets her in; return her citizen's number, which asks for one."""
    for phone in selectors.phones_of(resident_id):
        residents.check_phone(phone.id, by=hiring.by)
    page = selectors.identity_page(access.get(resident_id, by=hiring.by))
    return next(each.value for each in page.identifiers if each.kind == "citizen_id")


def _open(hiring: Hiring, post: Post, username: str, password: str) -> Account:
    made = services.create_account(by=hiring.by, staff_id=post.staff_id, username=username)
    hiring.cast.users[post.staff_id] = made.user_id
    actor = actor_in(post, user_id=made.user_id, now=hiring.by.now)
    services.change_password(by=actor, current=made.password, new=password)
    return Account(username, post.role, post.org.short_name, post.staff.name)
