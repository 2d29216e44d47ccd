"""Amending what identifies a person: every old value stays, with the reason for the new one."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from tongmai.commons.residents import access, minors, rules
from tongmai.commons.residents.errors import AlreadyRegistered, IdentifierTaken
from tongmai.commons.residents.events import (
    DeathRevoked,
    IdentifierAdded,
    IdentifierClosed,
    IdentityAmended,
    ResidentDied,
)
from tongmai.commons.residents.models import Guardian, Identifier, IdentityChange, Resident, Sex
from tongmai.commons.residents.services.keys import rewrite_keys
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound, VersionConflict, require_seen
from tongmai.kernel.text import N_

AMENDABLE = frozenset(
    {"name", "sex", "born_on", "is_born_on_estimated", "is_unnamed", "village_code", "address"}
)  # fmt: skip


@transaction.atomic
def amend_identity(resident_id: UUID, *, by: Actor, reason: str, version: int, **fields: Any) -> Resident:
    """Change some of name, sex, born_on, is_born_on_estimated, is_unnamed, village_code, address.

    Only what differs is written; each old value is kept with `reason`.  `version` is the one the caller saw.

    Raises:
        NotFound, NotPermitted: not in reach; this post registers nobody.
        InvalidInput: no reason, or a field that cannot be right.
        VersionConflict: somebody else changed the entry since.
    """
    require(by, Action.REGISTER_RESIDENT)
    assert AMENDABLE >= fields.keys(), fields.keys() - AMENDABLE
    resident = access.get(resident_id, by=by, lock=True)
    require_seen(version, resident.version)
    why = _reason(reason)
    changed = _changed(resident, fields)
    if not changed:
        return resident
    for field, value in changed.items():
        _note(resident, field, _written(getattr(resident, field)), _written(value), why, by)
        setattr(resident, field, value)
    _check(resident, by)
    if resident.village_code:
        resident.county_code = rules.village(resident.village_code)[:6]
    _save(resident, version, [*changed, "county_code"])
    if "born_on" in changed:
        _end_guardianships(resident, by)
    rewrite_keys(resident.id)
    audit.record(
        IdentityAmended(resident_id=resident.id, fields=" ".join(sorted(changed))), by=by, subject_id=resident.id
    )
    return resident


def _end_guardianships(resident: Resident, by: Actor) -> None:
    """A child's guardians decide until she has grown up: another birth, another day.  An adult's stay."""
    grown_up_on = minors.grown_up_on(resident.born_on, on=by.today)
    Guardian.objects.filter(resident=resident, grown_up_on__isnull=False).update(grown_up_on=grown_up_on)


def add_identifier(
    resident_id: UUID, *, by: Actor, kind: str, value: str, issuer: str = "", reason: str = ""
) -> Identifier:
    """Add a number.  A citizen's number must fit the entered birth and sex.

    Raises:
        NotFound, NotPermitted, InvalidInput, CitizenIdError: as in `register`.
        AlreadyRegistered, IdentifierTaken: somebody else holds it.
        Conflict: this person has another citizen's number already; close that first.
    """
    require(by, Action.REGISTER_RESIDENT)
    number = rules.number(kind, value, issuer=issuer, today=by.today)
    try:
        with transaction.atomic():
            return _add(resident_id, number, by, reason.strip() or str(N_("补录证件")))
    except IntegrityError:
        raise _taken(number, resident_id, by) from None


@transaction.atomic
def close_identifier(identifier_id: UUID, *, by: Actor, reason: str) -> Identifier:
    """End the use of a number: expired, entered by mistake, replaced.  It stays readable; another may use it.

    Raises:
        NotFound, NotPermitted; InvalidInput: no reason.
        Conflict: it is closed already.
    """
    require(by, Action.REGISTER_RESIDENT)
    identifier = Identifier.objects.filter(access.reach(by, "resident__"), id=identifier_id).first()
    if identifier is None:
        raise NotFound()
    access.get(identifier.resident_id, by=by, lock=True)
    why = _reason(reason)
    closed = Identifier.objects.filter(id=identifier_id, is_current=True).update(
        is_current=False, closed_at=by.now, closed_by_id=by.user_id, close_reason=why
    )
    if not closed:
        raise Conflict()
    _note(identifier.resident, f"identifier:{identifier.kind}", identifier.value, "", why, by)
    rewrite_keys(identifier.resident_id)
    audit.record(
        IdentifierClosed(resident_id=identifier.resident_id, identifier_id=identifier.id, kind=identifier.kind),
        by=by,
        subject_id=identifier.resident_id,
    )
    identifier.refresh_from_db()
    return identifier


@transaction.atomic
def mark_deceased(resident_id: UUID, *, by: Actor, died_on: date, reason: str) -> Resident:
    """Enter a death; `reason` says how it became known (certificate, family).

    Raises:
        NotFound, NotPermitted; InvalidInput: a day after today or before the birth, or no reason.
        Conflict: a death is entered already.
    """
    require(by, Action.REGISTER_RESIDENT)
    resident = access.get(resident_id, by=by, lock=True)
    why = _reason(reason)
    if died_on > by.today:
        raise InvalidInput(field="died_on", problem=N_("死亡日期晚于今天"))
    if resident.born_on and died_on < resident.born_on:
        raise InvalidInput(field="died_on", problem=N_("死亡日期早于出生日期"))
    if resident.died_on is not None:
        raise Conflict()
    _note(resident, "died_on", "", died_on.isoformat(), why, by)
    resident.died_on = died_on
    _save(resident, resident.version, ["died_on"])
    audit.record(ResidentDied(resident_id=resident.id, died_on=died_on), by=by, subject_id=resident.id)
    return resident


@transaction.atomic
def revoke_death(resident_id: UUID, *, by: Actor, reason: str) -> Resident:
    """Take back a death that was entered by mistake; the mistake stays readable.

    Raises:
        NotFound, NotPermitted; InvalidInput: no reason.
        Conflict: no death is entered.
    """
    require(by, Action.REGISTER_RESIDENT)
    resident = access.get(resident_id, by=by, lock=True)
    why = _reason(reason)
    if resident.died_on is None:
        raise Conflict()
    _note(resident, "died_on", resident.died_on.isoformat(), "", why, by)
    resident.died_on = None
    _save(resident, resident.version, ["died_on"])
    audit.record(DeathRevoked(resident_id=resident.id), by=by, subject_id=resident.id)
    return resident


def _add(resident_id: UUID, number: rules.Number, by: Actor, why: str) -> Identifier:
    resident = access.get(resident_id, by=by, lock=True)
    if number.stated:
        _check_fit(resident, number, by)
    identifier = Identifier.objects.create(
        resident=resident, kind=number.kind, issuer=number.issuer, value=number.value,
        added_at=by.now, added_by_id=by.user_id,
    )  # fmt: skip
    _note(resident, f"identifier:{number.kind}", "", number.value, why, by)
    rewrite_keys(resident.id)
    audit.record(
        IdentifierAdded(resident_id=resident.id, identifier_id=identifier.id, kind=number.kind),
        by=by,
        subject_id=resident.id,
    )
    return identifier


def _taken(number: rules.Number, resident_id: UUID, by: Actor) -> Conflict:
    holder = (
        Identifier.objects.filter(kind=number.kind, issuer=number.issuer, value=number.value, is_current=True)
        .values_list("resident_id", flat=True)
        .first()
    )
    if holder is None:
        return Conflict(problem=N_("该居民已有在用的身份证号码，请先停用"))
    if access.visible(by).filter(id=holder).exists():
        return AlreadyRegistered(resident_id=holder)
    return IdentifierTaken()


def _changed(resident: Resident, fields: dict[str, Any]) -> dict[str, Any]:
    clean = {field: value.strip() if isinstance(value, str) else value for field, value in fields.items()}
    return {field: value for field, value in clean.items() if getattr(resident, field) != value}


def _check(resident: Resident, by: Actor) -> None:
    held = Identifier.objects.filter(resident=resident, is_current=True, kind="citizen_id").first()
    stated = rules.number("citizen_id", held.value).stated if held else None
    wrong = rules.why_identity_is_wrong(
        name=resident.name,
        sex=resident.sex,
        born_on=resident.born_on,
        is_unnamed=resident.is_unnamed,
        stated=stated,
        today=by.today,
    )
    if resident.sex not in Sex.values:
        wrong.append(("sex", N_("请选择性别")))
    if wrong:
        raise InvalidInput(field=wrong[0][0], problem=wrong[0][1])


def _check_fit(resident: Resident, number: rules.Number, by: Actor) -> None:
    wrong = rules.why_identity_is_wrong(
        name=resident.name, sex=resident.sex, born_on=resident.born_on, is_unnamed=True,
        stated=number.stated, today=by.today,
    )  # fmt: skip
    if wrong:
        raise InvalidInput(field="value", problem=wrong[0][1])


def _save(resident: Resident, seen: int, fields: list[str]) -> None:
    values = {field: getattr(resident, field) for field in fields}
    if not Resident.objects.filter(id=resident.id, version=seen).update(version=F("version") + 1, **values):
        raise VersionConflict(seen=seen)
    resident.version = seen + 1


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    return text.strip()[:200]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)[:200]


def _note(resident: Resident, field: str, old: str, new: str, reason: str, by: Actor) -> None:
    IdentityChange.objects.create(
        resident=resident, field=field, old_value=old, new_value=new, reason=reason,
        at=by.now, by_user_id=by.user_id, by_name=by.name, by_org_name=by.org_name,
    )  # fmt: skip
