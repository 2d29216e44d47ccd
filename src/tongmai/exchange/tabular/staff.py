"""One row of a staff list: the person and her post, recognised by the staff number."""

from collections.abc import Callable

from django.db.models import Q

from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import StaffFacts, staff_facts
from tongmai.exchange.tabular.verdicts import Row, Verdict, held, settled
from tongmai.foundation.orgs import access
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org, Post, Staff
from tongmai.foundation.orgs.services.posts import PostEntry, give_post
from tongmai.foundation.orgs.services.staff import StaffEntry, change_staff, hire


def settler(by: Actor) -> Callable[[Row], Verdict]:
    """Return what does what a row asks for, and tells its fate."""
    return lambda row: settled(row, staff_facts(row.cells), lambda facts, digest: _settle(facts, digest, by))


def _settle(facts: StaffFacts, digest: str, by: Actor) -> Verdict:
    org = _org(facts, by)
    if org is None:
        said = facts.org_name or facts.org_code
        return held(facts.number, "unknown-org", said=said)
    department = _department(facts, org)
    if facts.department and department is None:
        return held(facts.number, "unknown-department", org=org.name, said=facts.department)
    person = access.visible_staff(by).filter(number=facts.number).first()
    if person is not None and person.name != facts.name:
        return held(facts.number, "other-staff-name")
    member, is_changed = _person(facts, person, org, by)
    is_new_post = _post(facts, member, org, department, by)
    fate = Fate.NEW if person is None else Fate.UPDATED if is_changed or is_new_post else Fate.SAME
    return Verdict(fate, facts.number, digest, member.id)


def _org(facts: StaffFacts, by: Actor) -> Org | None:
    called = Q(code=facts.org_code) if facts.org_code else Q(name=facts.org_name) | Q(short_name=facts.org_name)
    found = list(access.staffed_orgs(by).filter(called)[:2])
    return found[0] if len(found) == 1 else None


def _department(facts: StaffFacts, org: Org) -> Department | None:
    called = Q(name=facts.department) | Q(code=facts.department)
    return Department.objects.filter(called, org=org, is_active=True).first() if facts.department else None


def _person(facts: StaffFacts, person: Staff | None, org: Org, by: Actor) -> tuple[Staff, bool]:
    """What the list leaves blank stays; where the person is registered is not changed by a list of another place."""
    entry = StaffEntry(
        name=facts.name,
        practice_org_id=person.practice_org_id if person else org.id,
        grade=facts.grade if facts.grade != "none" or person is None else person.grade,
        licence_number=facts.licence or (person.licence_number if person else ""),
        phone=facts.phone or (person.phone if person else ""),
    )
    if person is None:
        return hire(by=by, number=facts.number, entry=entry), True
    fields = {name: getattr(entry, name) for name in ("grade", "licence_number", "phone")}
    if all(getattr(person, name) == value for name, value in fields.items()):
        return person, False
    return change_staff(by=by, staff_id=person.id, version=person.version, entry=entry), True


def _post(facts: StaffFacts, person: Staff, org: Org, department: Department | None, by: Actor) -> bool:
    """Give the post, unless she holds it already (whenever it began).  Posts that a list does not name are not ended."""
    lasting = Post.objects.filter(staff=person, org=org, role=facts.role, department=department).filter(
        Q(ends_before__isnull=True) | Q(ends_before__gt=by.today)
    )
    if lasting.exists():
        return False
    entry = PostEntry(
        staff_id=person.id,
        org_id=org.id,
        role=facts.role,
        starts_on=facts.starts_on or by.today,
        department_id=department.id if department else None,
    )
    give_post(by=by, entry=entry)
    return True
