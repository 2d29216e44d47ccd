"""Phones and guardians."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.residents import access, minors, rules
from tongmai.commons.residents.events import GuardianAdded, GuardianEnded, PhoneAdded, PhoneChecked, PhoneClosed
from tongmai.commons.residents.models import Guardian, Phone
from tongmai.commons.residents.models.contact import Relation
from tongmai.commons.residents.services.keys import rewrite_keys
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound
from tongmai.kernel.text import N_


@transaction.atomic
def add_phone(
    resident_id: UUID,
    *,
    by: Actor,
    number: str,
    whose: str = Relation.SELF,
    holder_name: str = "",
    is_main: bool = True,
) -> Phone:
    """Add a phone; one that the person has already is changed instead.  A new main phone takes the place of the old.

    Raises:
        NotFound, NotPermitted; InvalidInput: not a phone number.
    """
    require(by, Action.REGISTER_RESIDENT)
    digits = rules.phone(number)
    resident = access.get(resident_id, by=by, lock=True)
    current = Phone.objects.filter(resident=resident, closed_at=None)
    if is_main:
        current.exclude(number=digits).filter(is_main=True).update(is_main=False)
    phone, is_new = Phone.objects.update_or_create(
        resident=resident,
        number=digits,
        closed_at=None,
        defaults={"whose": Relation(whose), "holder_name": holder_name.strip(), "is_main": is_main},
        create_defaults={
            "whose": Relation(whose),
            "holder_name": holder_name.strip(),
            "is_main": is_main or not current.exists(),
            "added_at": by.now,
            "added_by_id": by.user_id,
        },
    )
    rewrite_keys(resident.id)
    if is_new:
        audit.record(PhoneAdded(resident_id=resident.id, phone_id=phone.id), by=by, subject_id=resident.id)
    return phone


@transaction.atomic
def close_phone(phone_id: UUID, *, by: Actor) -> Phone:
    """End the use of a phone number for this person; the next oldest becomes the main one.

    Raises:
        NotFound, NotPermitted; Conflict: closed already.
    """
    require(by, Action.REGISTER_RESIDENT)
    phone = Phone.objects.filter(access.reach(by, "resident__"), id=phone_id).first()
    if phone is None:
        raise NotFound()
    access.get(phone.resident_id, by=by, lock=True)
    if not Phone.objects.filter(id=phone_id, closed_at=None).update(closed_at=by.now, closed_by_id=by.user_id):
        raise Conflict()
    rest = Phone.objects.filter(resident_id=phone.resident_id, closed_at=None)
    if phone.is_main and (heir := rest.order_by("added_at", "id").first()):
        Phone.objects.filter(id=heir.id).update(is_main=True)
    rewrite_keys(phone.resident_id)
    audit.record(
        PhoneClosed(resident_id=phone.resident_id, phone_id=phone.id), by=by, subject_id=phone.resident_id
    )  # fmt: skip
    phone.refresh_from_db()
    return phone


@transaction.atomic
def check_phone(phone_id: UUID, *, by: Actor) -> Phone:
    """Write down that the person, her papers and this phone were seen together: from now on it may let her in.

    Checked again, the first check stands.

    Raises:
        NotFound, NotPermitted; Conflict: the number is closed.
    """
    require(by, Action.REGISTER_RESIDENT)
    phone = Phone.objects.filter(access.reach(by, "resident__"), id=phone_id).first()
    if phone is None:
        raise NotFound()
    access.identity(phone.resident_id, by=by, what="phone", lock=True)
    if phone.closed_at is not None:
        raise Conflict()
    if Phone.objects.filter(id=phone_id, checked_at=None).update(checked_at=by.now, checked_by_id=by.user_id):
        checked = PhoneChecked(resident_id=phone.resident_id, phone_id=phone.id)
        audit.record(checked, by=by, subject_id=phone.resident_id)
    phone.refresh_from_db()
    return phone


def add_guardian(
    resident_id: UUID,
    *,
    by: Actor,
    name: str,
    relation: str,
    phone: str = "",
    guardian_resident_id: UUID | None = None,
    starts_on: date | None = None,
) -> Guardian:
    """Add a guardian; one who is a resident here may see the ward's record herself.

    Raises:
        NotFound, NotPermitted; InvalidInput: no name, or the person herself.
        Conflict: the same guardian stands there already.
    """
    require(by, Action.REGISTER_RESIDENT)
    if not name.strip():
        raise InvalidInput(field="name", problem=N_("请填写监护人姓名"))
    if relation == Relation.SELF or guardian_resident_id == resident_id:
        raise InvalidInput(field="relation", problem=N_("监护人不能是本人"))
    digits = rules.phone(phone) if phone.strip() else ""
    try:
        with transaction.atomic():
            resident = access.get(resident_id, by=by, lock=True)
            if guardian_resident_id is not None:
                access.get(guardian_resident_id, by=by)
            begins = starts_on or by.today
            guardian = Guardian.objects.create(
                resident=resident, guardian_resident_id=guardian_resident_id, name=name.strip(),
                relation=Relation(relation), phone=digits, starts_on=begins,
                grown_up_on=minors.end_of_guardianship(resident.born_on, starts_on=begins, on=by.today),
                added_at=by.now, added_by_id=by.user_id,
            )  # fmt: skip
            audit.record(
                GuardianAdded(resident_id=resident.id, guardian_id=guardian.id), by=by, subject_id=resident.id
            )  # fmt: skip
            return guardian
    except IntegrityError:
        raise Conflict() from None


@transaction.atomic
def end_guardian(guardian_id: UUID, *, by: Actor, ends_before: date | None = None) -> Guardian:
    """End a guardianship, from today unless another day is given.

    Raises:
        NotFound, NotPermitted; InvalidInput: a day before it began.  Conflict: ended already.
    """
    require(by, Action.REGISTER_RESIDENT)
    guardian = Guardian.objects.filter(access.reach(by, "resident__"), id=guardian_id).first()
    if guardian is None:
        raise NotFound()
    day = ends_before or by.today
    if day < guardian.starts_on:
        raise InvalidInput(field="ends_before", problem=N_("结束日期早于开始日期"))
    if not Guardian.objects.filter(id=guardian_id, ends_before=None).update(ends_before=day):
        raise Conflict()
    audit.record(
        GuardianEnded(resident_id=guardian.resident_id, guardian_id=guardian.id), by=by, subject_id=guardian.resident_id
    )
    guardian.refresh_from_db()
    return guardian
