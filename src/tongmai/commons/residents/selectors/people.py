"""What is known of one person, or of the people of one list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from tongmai.commons.residents import access, fast, rules, words
from tongmai.commons.residents.models import CareRelation, Coverage, Guardian, Phone, Resident, Tag
from tongmai.commons.residents.models.contact import Relation
from tongmai.commons.residents.selectors.entries import entry_ids
from tongmai.commons.residents.selectors.places import place_names
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound


@dataclass(frozen=True)
class FamilyDoctor:
    """Who looks after a person under a contract valid on the day asked for."""

    org_id: UUID
    org_name: str
    staff_id: UUID | None
    staff_name: str
    team_id: UUID | None
    team_name: str
    contract_id: UUID
    starts_on: date
    ends_before: date | None


@dataclass(frozen=True)
class ResidentSummary:
    """The head of a resident's page.  Allergies belong to the record: encounters.selectors.allergies_of."""

    id: UUID
    name: str
    sex: str
    sex_text: str
    born_on: date | None
    age_text: str
    id_masked: str
    county_code: str
    village_code: str
    town: str
    village: str
    address: str
    phone: str
    phone_whose: str
    insurance: str
    insurance_scheme: str
    family_doctor: FamilyDoctor | None
    groups: tuple[str, ...]  # stored and derived kinds: "hypertension", "elderly"
    group_names: tuple[str, ...]
    died_on: date | None
    is_unnamed: bool
    version: int


@dataclass(frozen=True)
class AccessEntry:
    """One time that somebody opened the record."""

    at: datetime
    by_name: str
    by_org_name: str
    by_role: str
    basis: str
    reason: str
    what: str


def summary(resident_id: UUID, on: date) -> ResidentSummary:
    """Return the head of a person's page as of a day.  The caller has opened the record, or is finding her.

    Raises:
        NotFound: there is nobody with this id.
    """
    found = (
        _fast_summary(resident_id, on)
        if connection.vendor == "postgresql"
        else summaries([resident_id], on).get(resident_id)
    )
    if found is None:
        raise NotFound()
    return found


def summaries(resident_ids: Iterable[UUID], on: date) -> dict[UUID, ResidentSummary]:
    """Return the heads of many people by id, in six queries whatever their number."""
    people = Resident.objects.in_bulk(list(set(resident_ids)))
    ids = list(people)
    doctors = _family_doctors(ids, on)
    groups = groups_of(people.values(), on)
    phones = {row.resident_id: row for row in Phone.objects.filter(resident__in=ids, closed_at=None, is_main=True)}
    schemes = {
        row.resident_id: row.scheme
        for row in Coverage.objects.filter(valid_on(on), resident__in=ids).order_by("starts_on", "added_at")
    }
    names = place_names({each.village_code for each in people.values()}, on)
    return {
        each.id: _summary(
            each,
            on,
            place=names.get(each.village_code, ("", "")),
            phone=(phones[each.id].number, phones[each.id].whose) if each.id in phones else None,
            scheme=schemes.get(each.id, ""),
            doctor=doctors.get(each.id),
            groups=groups[each.id],
        )
        for each in people.values()
    }


def family_doctor_of(resident_id: UUID, on: date) -> FamilyDoctor | None:
    """Return who looks after the person on that day; the latest contract where two overlap; None without one."""
    return _family_doctors([resident_id], on).get(resident_id)


def has_family_doctor_at(resident_id: UUID, org_id: UUID, on: date) -> bool:
    """Whether the person is looked after by a team of this organisation on that day."""
    doctor = family_doctor_of(resident_id, on)
    return doctor is not None and doctor.org_id == org_id


def groups_of(people: Iterable[Resident], on: date) -> dict[UUID, tuple[str, ...]]:
    """Return the groups of each person on a day: those that follow from the age first, then the stored ones."""
    people = list(people)
    stored: dict[UUID, list[str]] = {}
    rows = Tag.objects.filter(valid_on(on), resident__in=[each.id for each in people]).order_by("kind")
    for resident_id, kind in rows.values_list("resident_id", "kind"):
        stored.setdefault(resident_id, []).append(kind)
    return {each.id: _groups(each.born_on, stored.get(each.id, []), on) for each in people}


def phones_of(resident_id: UUID) -> list[Phone]:
    """Return the phones in use, the main one first."""
    return list(Phone.objects.filter(resident_id=resident_id, closed_at=None))


def guardians_of(resident_id: UUID, on: date) -> list[Guardian]:
    """Return who decides for the person on that day, the latest first."""
    still_child = Q(grown_up_on__isnull=True) | Q(grown_up_on__gt=on)
    return list(Guardian.objects.filter(valid_on(on), still_child, resident_id=resident_id))


def tags_of(resident_id: UUID) -> list[Tag]:
    """Return every entry of a group, ended ones too, by group and from the latest."""
    return list(Tag.objects.filter(resident_id=resident_id).select_related("added_by", "ended_by"))


def access_log(resident_id: UUID, *, by: Actor, limit: int = 200) -> list[AccessEntry]:
    """Return who opened the person's record, the latest first: for herself, her guardian, and who may read audit.

    Raises:
        NotFound: `by` is none of these, or the person is out of reach.
    """
    rows = access_rows(resident_id, by=by)[:limit]
    fields = ("at", "by_name", "by_org_name", "by_role", "basis", "reason", "what")
    return [AccessEntry(**row) for row in rows.values(*fields)]


def access_rows(resident_id: UUID, *, by: Actor) -> QuerySet[AccessLog]:
    """Return the rows of `access_log`, for a reader who turns pages (errors as there)."""
    if not may_read_access_log(resident_id, by=by):
        raise NotFound()
    return AccessLog.objects.filter(resident_id__in=entry_ids(resident_id)).order_by("-id")


def may_read_access_log(resident_id: UUID, *, by: Actor) -> bool:
    """Whether `by` is the resident, her guardian, or the audit administrator of her county."""
    if by.may(Action.SEE_OWN) and access.visible(by).filter(id=resident_id).exists():
        return True
    in_county = Resident.objects.filter(id=resident_id, county_code=by.county_code)
    return by.may(Action.READ_AUDIT) and (by.county_code != "" and in_county.exists())


def _family_doctors(resident_ids: list[UUID], on: date) -> dict[UUID, FamilyDoctor]:
    rows = (
        CareRelation.objects.filter(
            valid_on(on), resident__in=resident_ids, kind=CareRelation.Kind.FAMILY_DOCTOR
        )
        .select_related("org", "staff")
        .order_by("starts_on", "id")
    )  # fmt: skip
    return {
        row.resident_id: FamilyDoctor(
            org_id=row.org_id,
            org_name=row.org.name,
            staff_id=row.staff_id,
            staff_name=row.staff.name if row.staff else "",
            team_id=row.team_id,
            team_name=row.team_name,
            contract_id=row.source_id,
            starts_on=row.starts_on,
            ends_before=row.ends_before,
        )
        for row in rows
    }


def _groups(born_on: date | None, stored: list[str], on: date) -> tuple[str, ...]:
    elderly = policy.value("residents.elderly_age", on=on).int
    child = policy.value("residents.child_before", on=on).int
    return (*rules.age_groups(born_on, on, elderly_age=elderly, child_before=child), *dict.fromkeys(stored))


def _fast_summary(resident_id: UUID, on: date) -> ResidentSummary | None:
    row = fast.head(resident_id, on)
    if row is None:
        return None
    number, whose, scheme, doctor, tags = row[len(fast.HEAD) :]
    each = SimpleNamespace(**dict(zip(fast.HEAD, row, strict=False)))
    return _summary(
        each,
        on,
        place=place_names([each.village_code], on).get(each.village_code, ("", "")),
        phone=(number, whose) if number is not None else None,
        scheme=scheme or "",
        doctor=_doctor_of(doctor) if doctor else None,
        groups=_groups(each.born_on, tags, on),
    )


def _doctor_of(said: dict[str, str | None]) -> FamilyDoctor:
    """Return the doctor as the database wrote her in JSON."""
    ids = {name: UUID(said[name]) for name in ("org_id", "staff_id", "team_id", "contract_id") if said[name]}
    days = {name: date.fromisoformat(said[name]) for name in ("starts_on", "ends_before") if said[name]}
    return FamilyDoctor(**(said | ids | days | {"staff_name": said["staff_name"] or ""}))


def _summary(each: Resident | SimpleNamespace, on: date, *, place, phone, scheme, doctor, groups) -> ResidentSummary:
    return ResidentSummary(
        id=each.id,
        name=each.name,
        sex=each.sex,
        sex_text=words.sex(each.sex),
        born_on=each.born_on,
        age_text=words.age(each.born_on, each.died_on or on),
        id_masked=each.id_masked,
        county_code=each.county_code,
        village_code=each.village_code,
        town=place[0],
        village=place[1],
        address=each.address,
        phone=phone[0] if phone else "",
        phone_whose=str(dict(Relation.choices).get(phone[1], phone[1])) if phone else "",
        insurance=words.insurance(scheme),
        insurance_scheme=scheme,
        family_doctor=doctor,
        groups=groups,
        group_names=tuple(words.group(kind) for kind in groups),
        died_on=each.died_on,
        is_unnamed=each.is_unnamed,
        version=each.version,
    )
