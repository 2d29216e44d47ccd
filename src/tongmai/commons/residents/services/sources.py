"""Registrations that arrive from other systems: each is kept as received and linked to one resident."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from hashlib import blake2b, sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, QuerySet

from tongmai.commons.residents import rules
from tongmai.commons.residents.errors import MergeBlocked
from tongmai.commons.residents.events import SourceRegistrationChanged, SourceRegistrationReceived
from tongmai.commons.residents.matching import settings
from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.keys import stored_keys
from tongmai.commons.residents.matching.rules import Decision, of_pair
from tongmai.commons.residents.matching.rules import Zone as Decided
from tongmai.commons.residents.matching.scoring import score
from tongmai.commons.residents.models import (
    Identifier,
    IndexEntry,
    KnownTo,
    LinkDecision,
    ReceivedVersion,
    Resident,
    Sex,
    SourceRegistration,
    Zone,
)
from tongmai.commons.residents.models.contact import Relation
from tongmai.commons.residents.services.indexing import (
    add_to_index,
    digest_of,
    facts_of_new,
    facts_of_registration,
    limits,
    look_up,
    recognise,
    recognised,
    rewrite_index,
    take_turns,
)
from tongmai.commons.residents.services.merging import merge
from tongmai.commons.residents.services.registering import UNNAMED, Newcomer, insert_people, make_known
from tongmai.commons.residents.services.reviewing import open_review, told
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import fresh, insert, together
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.citizen_id import CitizenIdError
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.ids import new_id
from tongmai.kernel.text import N_

TRIES = 3
LEAST_OF_ALL = -1e9  # whatever the weight: only what speaks against it counts
SAID_BY_SOURCE = N_("{source} 将 {gone} 并入 {kept}")
_LONGEST = {
    "source": 60, "local_number": 64, "name": 60, "sex": 12, "id_number": 40, "phone": 40, "village_code": 12,
    "address": 200, "insurance_number": 40,
}  # fmt: skip


@dataclass(frozen=True)
class Arrived:
    """What another system says of a person, in its own spelling.  `raw` is all that it said: kept as evidence."""

    source: str
    local_number: str
    name: str = ""
    sex: str = ""
    born_on: date | None = None
    id_number: str = ""
    phone: str = ""
    village_code: str = ""
    address: str = ""
    insurance_number: str = ""
    is_unnamed: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Registered:
    """Whose the registration is.  `is_first`: this system's number was not known before."""

    registration_id: UUID
    resident_id: UUID
    zone: str
    is_first: bool


def register_from_source(arrived: Arrived, *, by: Actor, is_held: bool = False, is_apart: bool = True) -> Registered:
    """Keep a registration of another system as received, and link it to one resident: one who is here, or a new one.

    The same source and number again returns the same resident; what it says now takes the place of what it said, which
    is kept.  One that may be somebody who is here gets an entry of its own and waits for a person's decision.
    Said by many at once, it is one.

    `is_held`: the caller holds this number of the source, so that nobody else tells of it meanwhile.  `is_apart` False:
    the caller begins anew where somebody else enters the same person in this moment, which the end of its transaction
    tells (IntegrityError); else that is seen to here.

    Raises:
        NotPermitted: this post registers nobody.
        InvalidInput: source or number missing or too long; or somebody new whose birth is not known, nor her number.
    """
    require(by, Action.REGISTER_RESIDENT)
    said = _checked(arrived, by)
    if not is_apart:
        return _registered(said, by, is_held=is_held)
    for left in reversed(range(TRIES)):
        try:
            with together(apart=True):
                return _registered(said, by, is_held=is_held)
        except IntegrityError:
            # Somebody else entered the same number or the same registration meanwhile: now she is here.
            if not left:
                raise
    raise AssertionError


def resident_of_source(source: str, local_number: str) -> UUID | None:
    """Return whose a registration is; None when this system's number is not known."""
    known = _KNOWN.rows(source=source.strip(), local_number=local_number.strip())
    return known[0][1] if known else None


@transaction.atomic
def source_says_same(*, source: str, kept: str, gone: str, by: Actor) -> Registered:
    """Take over that a system merged two of its own numbers (`gone` into `kept`): the two residents become one.

    Where something speaks against it, or `by` does not decide who is who, a person is asked instead.  Said twice it is
    done once.

    Raises:
        NotPermitted: this post registers nobody.  NotFound: one of the numbers was never registered.
    """
    require(by, Action.REGISTER_RESIDENT)
    rows = {
        row.local_number: row for row in SourceRegistration.objects.filter(source=source, local_number__in=[kept, gone])
    }
    if not {kept, gone} <= rows.keys():
        raise NotFound()
    stays, goes = rows[kept], rows[gone]
    if stays.resident_id != goes.resident_id:
        a, b = facts_of_registration(goes), facts_of_registration(stays)
        alike = score(a, b)
        zone, why = of_pair(a, b, alike, replace(limits(by.today), link=LEAST_OF_ALL, review=LEAST_OF_ALL))
        is_merged = zone is Decided.LINKED and by.may(Action.MATCH_RESIDENTS) and _merges(goes, stays, by)
        if not is_merged:
            open_review(
                goes.resident_id,
                stays.resident_id,
                score=alike,
                why=why or "",
                registration=goes,
                by=by,
                kind="changed",
            )
    stays.refresh_from_db()
    return Registered(stays.id, stays.resident_id, str(stays.zone), is_first=False)


def _merges(goes: SourceRegistration, stays: SourceRegistration, by: Actor) -> bool:
    """Whether the two entries could be made one."""
    why = str(SAID_BY_SOURCE).format(source=stays.source, kept=stays.local_number, gone=goes.local_number)
    try:
        with transaction.atomic():
            merge(retired_id=goes.resident_id, survivor_id=stays.resident_id, reason=why, by=by)
    except MergeBlocked:
        return False
    return True


def _registered(said: Arrived, by: Actor, *, is_held: bool) -> Registered:
    digest = _digest(said)
    known = _KNOWN.rows(source=said.source, local_number=said.local_number)
    if (same := _said_before(known, digest, by)) is not None:
        return same
    row = fresh(
        SourceRegistration, **{each.name: getattr(said, each.name) for each in fields(said)},
        org_id=by.org_id, digest=digest, received_at=by.now, received_by_id=by.user_id,
        changed_at=by.now, changed_by_id=by.user_id,
    )  # fmt: skip
    facts = facts_of_registration(row)
    take_turns(_turn_of(said), *stored_keys(facts))
    if not is_held:
        known = _KNOWN.rows(source=said.source, local_number=said.local_number)
    if known:
        return _brought_up_to_date(SourceRegistration.objects.get(id=known[0][0]), row, facts, by)
    found = look_up(facts)
    decision = recognised(facts, found, limits(by.today))
    row.zone, is_indexed = Zone(decision.zone), False
    if decision.zone is Decided.LINKED and decision.best is not None:
        row.resident_id, is_indexed = _standing(decision.best.whose, digest_of(facts))
        if by.org_id:
            make_known(row.resident_id, org_id=by.org_id, via=KnownTo.Via.REGISTRATION, by=by)
    else:
        row.resident_id = _new_resident(said, facts, by).id
    insert(row)
    _note(row, decision, by)
    if not is_indexed:
        add_to_index(row.resident_id, facts)
    if decision.zone is Decided.REVIEW and decision.best is not None:
        open_review(
            row.resident_id, decision.best.whose, score=decision.best.score, why=decision.why or "",
            registration=row, by=by,
        )  # fmt: skip
    audit.record(
        SourceRegistrationReceived(resident_id=row.resident_id, registration_id=row.id, zone=str(row.zone)),
        by=by, subject_id=row.id,
    )  # fmt: skip
    return Registered(row.id, row.resident_id, str(row.zone), is_first=True)


def _said_before(known: Iterable[Sequence[Any]], digest: str, by: Actor) -> Registered | None:
    """Return what a registration that says nothing new is; the most frequent case, in one query."""
    for *found, said_then, org_id in known:
        if (said_then, org_id) == (digest, by.org_id):
            return Registered(*found, is_first=False)
    return None


def _standing(resident_id: UUID, digest: str) -> tuple[UUID, bool]:
    """Return the entry that stands for this one, and whether the index has what is said here of it already.

    It is held until the end: somebody may just be merging it into another.
    """
    ((at, is_indexed),) = _STANDS.rows(resident_id=resident_id, digest=digest)
    return _standing(at, digest) if at else (resident_id, is_indexed)


def _brought_up_to_date(known: SourceRegistration, new: SourceRegistration, facts: Facts, by: Actor) -> Registered:
    """Take over what the system says now.  The resident stays; when somebody else is more like her, a person decides."""
    if known.digest != new.digest:
        ReceivedVersion.objects.create(registration=known, raw=_evidence(known), digest=known.digest, at=by.now)
        for name in (*_LONGEST, "born_on", "is_unnamed", "raw", "digest", "changed_at", "changed_by_id"):
            setattr(known, name, getattr(new, name))
        known.save()
        rewrite_index(known.resident_id)
        other = recognise(facts, on=by.today, besides=[known.resident_id])
        if other.best is not None and other.zone is not Decided.NEW:
            open_review(
                known.resident_id, other.best.whose, score=other.best.score, why=other.why or "",
                registration=known, by=by, kind="changed",
            )  # fmt: skip
        audit.record(
            SourceRegistrationChanged(resident_id=known.resident_id, registration_id=known.id),
            by=by, subject_id=known.id,
        )  # fmt: skip
    if by.org_id:
        make_known(known.resident_id, org_id=by.org_id, via=KnownTo.Via.REGISTRATION, by=by)
    return Registered(known.id, known.resident_id, str(known.zone), is_first=False)


def _new_resident(said: Arrived, facts: Facts, by: Actor) -> Resident:
    number = _number(said, by)
    born_on = said.born_on or (number.stated.born_on if number and number.stated else None)
    sex = said.sex if said.sex in (Sex.MALE, Sex.FEMALE) else {"1": Sex.MALE, "2": Sex.FEMALE}.get(facts.sex, said.sex)
    sex = Sex(sex) if sex in Sex.values else Sex.UNKNOWN
    is_unnamed = said.is_unnamed or not said.name
    wrong = rules.why_identity_is_wrong(
        name=said.name or "-", sex=sex, born_on=born_on, is_unnamed=is_unnamed, stated=None, today=by.today
    )
    if wrong:
        raise InvalidInput(field=wrong[0][0], problem=wrong[0][1])
    if number and number.stated and (number.stated.born_on, number.stated.sex) != (born_on, sex):
        number = None  # the number says somebody else: it stays with the registration, for a person to look at
    village = said.village_code if len(said.village_code) == 12 and said.village_code.isdecimal() else ""
    person = Resident(
        id=new_id(), name=said.name or str(UNNAMED), sex=sex, born_on=born_on, is_unnamed=is_unnamed,
        village_code=village, county_code=village[:6] or by.county_code, address=said.address,
        registered_at=by.now, registered_by_id=by.user_id, registered_org_id=by.org_id,
    )  # fmt: skip
    contact = _contact(said)
    facts = facts_of_new(person, number, contact[0] if contact else "", "")
    insert_people([Newcomer(person, number, contact, facts=facts)], by=by)
    return person


def _number(said: Arrived, by: Actor) -> rules.Number | None:
    """Return the citizen's number that may stand with a new entry: a valid one that nobody holds."""
    try:
        number = rules.number("citizen_id", said.id_number, today=by.today)
    except CitizenIdError:
        return None
    held = Identifier.objects.filter(kind=number.kind, issuer="", value=number.value, is_current=True)
    return None if held.exists() else number


def _contact(said: Arrived) -> tuple[str, Relation] | None:
    try:
        return (rules.phone(said.phone), Relation.SELF) if said.phone else None
    except InvalidInput:
        return None  # it stays with the registration


def _note(row: SourceRegistration, decision: Decision, by: Actor) -> None:
    best = decision.best
    noted = fresh(
        LinkDecision, registration=row, to_resident_id=row.resident_id, zone=row.zone, at=by.now, by_user_id=by.user_id,
        weight=round(best.score.weight, 2) if best else None,
        margin=round(decision.margin, 2) if decision.margin is not None else None,
        parts=told(best.score) if best else [], why=decision.why or "", model_version=settings.version(),
    )  # fmt: skip
    insert(noted)


def _checked(arrived: Arrived, by: Actor) -> Arrived:
    values: dict[str, Any] = {each.name: getattr(arrived, each.name) for each in fields(arrived)}
    for name, longest in _LONGEST.items():
        text = "".join(ch for ch in values[name] if ch.isprintable()).strip()
        if name in ("source", "local_number") and not text:
            raise InvalidInput(field=name, problem=N_("来源系统和本地编号不能为空"))
        if name in ("source", "local_number", "name") and len(text) > longest:
            raise InvalidInput(field=name, problem=N_("内容过长"))
        values[name] = text[:longest]
    if arrived.born_on is not None and arrived.born_on > by.today:
        raise InvalidInput(field="born_on", problem=N_("出生日期晚于今天"))
    return Arrived(**values)


def _digest(said: Arrived) -> str:
    return sha256(
        "\x1f".join(str(getattr(said, each.name)) for each in fields(said) if each.name != "raw").encode()
    ).hexdigest()


def _evidence(row: SourceRegistration) -> dict[str, Any]:
    """What a version said, fields and all: the columns will hold the next one."""
    told_then = {name: str(getattr(row, name) or "") for name in (*_LONGEST, "born_on")}
    return {"fields": told_then, "raw": row.raw}


def _turn_of(said: Arrived) -> int:
    return int.from_bytes(blake2b(f"{said.source}\x1f{said.local_number}".encode(), digest_size=8).digest(), "big")


def _known(by: None, *, source: str, local_number: str) -> QuerySet:
    rows = SourceRegistration.objects.filter(source=source, local_number=local_number).order_by()
    return rows.values_list("id", "resident_id", "zone", "digest", "org_id")


def _stands(by: None, *, resident_id: UUID, digest: str) -> QuerySet:
    said = Exists(IndexEntry.objects.filter(resident_id=resident_id, digest=digest))
    return Resident.objects.select_for_update().filter(id=resident_id).order_by().values_list("merged_into_id", said)


_KNOWN, _STANDS = Prepared(_known), Prepared(_stands)
