"""Making an entry for a person, exactly one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from tongmai.commons.residents import access, rules
from tongmai.commons.residents.errors import AlreadyRegistered, DoesNotMatch, IdentifierTaken
from tongmai.commons.residents.events import MediumIssued, ResidentIntroduced, ResidentRegistered, TagAdded
from tongmai.commons.residents.models import Coverage, Identifier, KnownTo, Medium, Phone, Resident, Sex, Tag
from tongmai.commons.residents.models.contact import Relation
from tongmai.commons.residents.services.entering import Newcomer, copy_people
from tongmai.commons.residents.services.indexing import facts_of_new
from tongmai.commons.residents.services.keys import masked_number, write_keys_of_new
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.bulk import can_copy
from tongmai.foundation.audit.together import flush, fresh, insert, together
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel import citizen_id
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.ids import new_id
from tongmai.kernel.text import N_

UNNAMED = N_("无名氏")
FEW = 8  # people that one statement writes faster than a dozen
_HOLDERS = f"""
SELECT value, kind, resident_id FROM "{Identifier._meta.db_table}"
WHERE value = ANY(%s::varchar[]) AND issuer = '' AND is_current"""  # nosec B608
_SEXES = frozenset(Sex.values)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be registered already: her numbers as (kind, issuer, value) in any spelling."""

    numbers: Sequence[tuple[str, str, str]]


def find_same_person(candidate: Candidate) -> list[UUID]:
    """Return the residents who hold one of the candidate's numbers now, in no order; by exact numbers only.

    The door of matching: what finds the same person by likeness is called from here, and `register` asks only this.
    """
    found: set[UUID] = set()
    for kind, issuer, value in candidate.numbers:
        number = rules.number(kind, value, issuer=issuer)
        holders = Identifier.objects.filter(
            kind=number.kind, issuer=number.issuer, value=number.value, is_current=True
        ).values_list("resident_id", flat=True)
        found |= set(holders)
    return sorted(found)


def find_by_citizen_numbers(numbers: Iterable[str]) -> dict[str, UUID]:
    """Return who holds these citizen's numbers (in normal form) now; those that nobody holds are left out."""
    wanted = sorted(set(numbers))
    if wanted and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_HOLDERS, [wanted])
            return {value: holder for value, kind, holder in cursor.fetchall() if kind in rules.CHECKED_KINDS}
    rows = Identifier.objects.filter(kind__in=rules.CHECKED_KINDS, issuer="", value__in=wanted, is_current=True)
    return dict(rows.values_list("value", "resident_id"))


def register(*, by: Actor, resident_id: UUID | None = None, **facts: Any) -> Resident:
    """Register a person and return her entry; `facts` as in `newcomer`.

    `resident_id` is an id that the caller chose: sent twice with the same id, the second call returns what the first made.

    Raises:
        NotPermitted: this post registers nobody.
        InvalidInput, CitizenIdError: a field cannot be right; all are checked before anything is written.
        AlreadyRegistered: the number belongs to a resident in reach (fact `resident_id`).
        IdentifierTaken: the number belongs to somebody out of reach; see `introduce`.
    """
    require(by, Action.REGISTER_RESIDENT)
    if resident_id is not None and (made := _made_before(resident_id, by)):
        return made
    return _inserted(newcomer(by=by, resident_id=resident_id, **facts), by=by)


def newcomer(
    *,
    by: Actor,
    name: str = "",
    sex: str = "",
    born_on: date | None = None,
    id_kind: str = Identifier.Kind.CITIZEN_ID,
    id_number: str = "",
    id_issuer: str = "",
    village_code: str = "",
    address: str = "",
    phone: str = "",
    phone_whose: str = Relation.SELF,
    scheme: str = "",
    insurance_area: str = "",
    is_unnamed: bool = False,
    is_born_on_estimated: bool = False,
    resident_id: UUID | None = None,
    tags: Iterable[str] = (),
    card: str = "",
) -> Newcomer:
    """Return a new person whose facts are checked, to be written with many others; the database is not asked.

    Sex and birth may be left out where the citizen's number states them.  A newborn needs no number.  An unnamed
    patient needs nothing: she is called so until `amend_identity` completes her.

    Raises:
        NotPermitted: this post registers nobody, or puts nobody into a group.
        InvalidInput, CitizenIdError: a field cannot be right.
    """
    require(by, Action.REGISTER_RESIDENT)
    groups = tuple(map(Tag.Kind, tags))
    if groups:
        require(by, Action.WRITE_RECORD)
    number = rules.number(id_kind, id_number, issuer=id_issuer, today=by.today) if id_number.strip() else None
    person = _person(
        name=name, sex=sex, born_on=born_on, is_unnamed=is_unnamed, number=number, village_code=village_code,
        address=address, is_born_on_estimated=is_born_on_estimated, resident_id=resident_id, by=by,
    )  # fmt: skip
    contact = (rules.phone(phone), Relation(phone_whose)) if phone.strip() else None
    facts = facts_of_new(person, number, contact[0] if contact else "", card)
    return Newcomer(person, number, contact, _checked_coverage(scheme, insurance_area, by), groups, card, facts)


def introduce(*, name: str, id_kind: str, id_number: str, by: Actor, id_issuer: str = "") -> Resident:
    """Make a resident of elsewhere known to the actor's organisation: she stands there with her document.

    The full number and the name must both be right, so that nobody can go fishing.  Opening the record still needs a
    basis.

    Raises:
        NotPermitted: this post registers nobody.
        DoesNotMatch: nobody has this number and this name.
    """
    require(by, Action.REGISTER_RESIDENT)
    held = find_same_person(Candidate(numbers=[(id_kind, id_issuer, id_number)]))
    found = Resident.objects.filter(id__in=held, name=name.strip()).first()
    if found is None or by.org_id is None:
        raise DoesNotMatch(field="id_number")
    with transaction.atomic():
        make_known(found.id, org_id=by.org_id, via=KnownTo.Via.DOCUMENT, by=by)
        audit.record(ResidentIntroduced(resident_id=found.id, org_id=by.org_id), by=by)
    return found


_ID_KIND = {
    citizen_id.Kind.CITIZEN: Identifier.Kind.CITIZEN_ID,
    citizen_id.Kind.HONG_KONG_MACAO_TAIWAN: Identifier.Kind.HK_MO_TW_PERMIT,
    citizen_id.Kind.FOREIGNER: Identifier.Kind.FOREIGN_PERMANENT_ID,
}


@transaction.atomic
def introduce_newcomer(
    *, name: str, sex: str, born_on: date | None, number: str, by: Actor, address: str = ""
) -> Resident:
    """Register a person whom another system brings, and make her known to the organisation that stands for it.

    Nobody sees her document here, so her identity must be whole: name, sex and birth are given, and are those that
    her number states.

    Raises:
        NotPermitted: this post registers nobody.
        InvalidInput, CitizenIdError: something is missing or does not agree.
        AlreadyRegistered, IdentifierTaken: somebody has the number.
    """
    if by.org_id is None or sex not in (Sex.MALE, Sex.FEMALE) or born_on is None:
        raise InvalidInput(field="identity", problem=N_("身份不完整，不能据此建档"))
    kind = _ID_KIND[citizen_id.parse(number).kind]
    made = register(by=by, name=name, sex=sex, born_on=born_on, id_kind=kind, id_number=number, address=address)
    audit.record(ResidentIntroduced(resident_id=made.id, org_id=by.org_id), by=by)
    return made


def make_known(resident_id: UUID, *, org_id: UUID, via: str, by: Actor) -> None:
    """Let an organisation find this person from now on; said twice, it holds once.

    Called by the services that bring the two together (a visit, a booking, a referral); who may do that is decided there.
    """
    insert(fresh(KnownTo, resident_id=resident_id, org_id=org_id, via=via, since=by.now), once=True)


def _person(
    *, name, sex, born_on, is_unnamed, number, village_code, address, is_born_on_estimated, resident_id, by
) -> Resident:  # fmt: skip
    stated = number.stated if number else None
    born_on = born_on or (stated.born_on if stated else None)
    sex = sex or (str(stated.sex) if stated else Sex.UNKNOWN)
    name = name.strip() or (UNNAMED if is_unnamed else "")
    wrong = rules.why_identity_is_wrong(
        name=name, sex=sex, born_on=born_on, is_unnamed=is_unnamed, stated=stated, today=by.today
    )
    if sex not in _SEXES:
        wrong.append(("sex", N_("请选择性别")))
    if wrong:
        raise InvalidInput(field=wrong[0][0], problem=wrong[0][1])
    village = rules.village(village_code) if village_code else ""
    return fresh(
        Resident,
        id=resident_id or new_id(),
        name=name,
        sex=sex,
        born_on=born_on,
        is_born_on_estimated=is_born_on_estimated,
        is_unnamed=is_unnamed,
        village_code=village,
        county_code=village[:6] or by.county_code,
        address=address.strip(),
        registered_at=by.now,
        registered_by_id=by.user_id,
        registered_org_id=by.org_id,
    )


def _checked_coverage(scheme: str, area: str, by: Actor) -> Coverage | None:
    if not scheme:
        return None
    insured = scheme in (Coverage.Scheme.EMPLOYEE, Coverage.Scheme.RESIDENT)
    return fresh(
        Coverage,
        scheme=Coverage.Scheme(scheme),
        area_code=(area or by.county_code) if insured else "",
        starts_on=by.today,
        added_at=by.now,
        added_by_id=by.user_id,
    )


def _inserted(new: Newcomer, *, by: Actor) -> Resident:
    try:
        with transaction.atomic():
            insert_people([new], by=by)
    except IntegrityError:
        # Somebody else was faster: the same request, or another entry for the same number.  The rows tell which.
        if made := _made_before(new.person.id, by):
            return made
        raise _clash(new.number, by) from None
    return Resident.objects.get(id=new.person.id)


def insert_people(people: Sequence[Newcomer], *, by: Actor) -> None:
    """Write new people whose facts are checked, inside the caller's transaction: all of them, or none."""
    if len(people) >= FEW and can_copy():
        copy_people(people, by=by)
        return
    with together():
        for new in people:
            _insert_person(new, by)
        flush()


def _insert_person(new: Newcomer, by: Actor) -> None:
    person, number, added = new.person, new.number, {"added_at": by.now, "added_by_id": by.user_id}
    person.id_masked = masked_number(number)
    rows: list[Model] = [person]
    if number:
        rows.append(Identifier(resident=person, kind=number.kind, issuer=number.issuer, value=number.value, **added))
    if new.contact:
        digits, whose = new.contact
        rows.append(Phone(resident=person, number=digits, whose=whose, is_main=True, **added))
    if new.coverage:
        new.coverage.resident = person
        rows.append(new.coverage)
    insert(*rows)
    if by.org_id:
        make_known(person.id, org_id=by.org_id, via=KnownTo.Via.REGISTRATION, by=by)
    write_keys_of_new(person, number, new.contact[0] if new.contact else "", new.card, new.facts)
    audit.record(ResidentRegistered(resident_id=person.id, is_unnamed=person.is_unnamed), by=by, subject_id=person.id)
    for kind in new.tags:
        tag = Tag(resident=person, kind=kind, source=Tag.Source.IMPORT, starts_on=by.today, **added)
        insert(tag)
        audit.record(TagAdded(resident_id=person.id, tag_id=tag.id, kind=str(kind)), by=by, subject_id=person.id)
    if new.card:
        kind = Medium.Kind.INSURANCE_CARD
        card = Medium(resident=person, kind=kind, number=new.card, issued_at=by.now, issued_by_id=by.user_id)
        insert(card)
        issued = MediumIssued(resident_id=person.id, medium_id=card.id, kind=str(kind))
        audit.record(issued, by=by, subject_id=person.id)


def _made_before(resident_id: UUID, by: Actor) -> Resident | None:
    """What an earlier call of the same actor made; the id of somebody else's entry is no way to it."""
    return Resident.objects.filter(
        id=resident_id, registered_org_id=by.org_id, registered_by_id=by.user_id
    ).first()  # fmt: skip


def _clash(number, by: Actor) -> Exception:
    holders = find_same_person(Candidate(numbers=[(number.kind, number.issuer, number.value)])) if number else []
    in_reach = access.visible(by).filter(id__in=holders).values_list("id", flat=True).first()
    if in_reach:
        return AlreadyRegistered(resident_id=in_reach)
    return IdentifierTaken()
