"""The systems that send to us: which of them a message comes from, and how they are entered."""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from tongmai.exchange import access, errors, events, fast
from tongmai.exchange.hl7v2 import resolving
from tongmai.exchange.hl7v2.faults import Code, Fault
from tongmai.exchange.hl7v2.referral_in import system_of
from tongmai.exchange.models import Channel, InboundMessage, SourceSystem
from tongmai.exchange.telling import Opened
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.errors import InvalidInput, VersionConflict
from tongmai.kernel.text import N_

EVERY = "*"  # the facility of a system that speaks for all of them


@dataclass(frozen=True)
class Details:
    """What is entered of a system.  `address`: one address or a network; "" asks for none."""

    application: str
    facility: str
    name: str
    org_id: UUID
    address: str = ""
    certificate: str = ""
    answers_on: str = SourceSystem.AnswersOn.APPLIED
    is_active: bool = True


def source_of(message: InboundMessage, read: Opened, *, by: Actor) -> SourceSystem | Fault:
    """Return the system that a message comes from, or why it is none that may send.

    Over the network a system must have been entered.  A file is brought by somebody who answers for it: there a system
    whose facility (MSH-4) is one of our organisations is entered by its first message.
    """
    place, application = read.at("application"), read.application[:180]
    facilities = [*(text[:180] for text in read.facilities()), EVERY]
    if not application:
        return Fault(Code.REQUIRED_FIELD, place, "no-application")
    told = _SYSTEMS.rows(application=application) if message.systems is None else message.systems
    rows = {row[2]: row for row in told}
    row = next((rows[text] for text in facilities if text in rows), None)
    if row is None:
        return _introduced(message, read, by=by)
    found = _system(row)
    if not found.is_active:
        return Fault(Code.UNKNOWN_KEY, place, "stopped-system", {"name": found.name})
    if message.channel == Channel.MLLP and not sends_from(found, message.peer):
        return Fault(Code.UNKNOWN_KEY, place, "other-address", {"name": found.name})
    return found


def sends_from(source: SourceSystem, peer: str) -> bool:
    """Whether a message from `peer` (an address, or address and certificate) may be this system's."""
    address, _, certificate = peer.partition(" ")
    if source.certificate and certificate != source.certificate:
        return False
    try:
        return not source.address or ipaddress.ip_address(address) in ipaddress.ip_network(source.address, strict=False)
    except ValueError:
        return False


@transaction.atomic
def register(*, details: Details, by: Actor) -> SourceSystem:
    """Enter a system.

    Raises:
        NotPermitted: this post looks after no systems.  NotFound: the organisation is out of reach.
        InvalidInput: no application or name, or an address that is none.  SystemKnown: it is entered already.
    """
    orgs.require(by, Action.MANAGE_CONNECTIONS)
    values = _checked(details, by=by)
    try:
        with transaction.atomic():
            made = SourceSystem.objects.create(**values, registered_at=by.now, registered_by_id=by.user_id)
    except IntegrityError:
        raise errors.SystemKnown(field="application") from None
    audit.record(events.SystemRegistered(system_id=made.id, org_id=made.org_id), by=by, subject_id=made.id)
    return made


@transaction.atomic
def change(*, system_id: UUID, details: Details, version: int, by: Actor) -> SourceSystem:
    """Change what is entered of a system, or stop it (errors as in `register`; NotFound, VersionConflict)."""
    orgs.require(by, Action.MANAGE_CONNECTIONS)
    found = access.system(system_id, by=by, lock=True)
    values = _checked(details, by=by)
    if all(getattr(found, name) == value for name, value in values.items()):
        return found
    rows = SourceSystem.objects.filter(id=found.id, version=version)
    try:
        with transaction.atomic():
            if not rows.update(version=F("version") + 1, **values):
                raise VersionConflict(seen=version, current=found.version)
    except IntegrityError:
        raise errors.SystemKnown(field="application") from None
    audit.record(events.SystemChanged(system_id=found.id, org_id=details.org_id), by=by, subject_id=found.id)
    found.refresh_from_db()
    return found


@transaction.atomic
def switch(*, system_id: UUID, is_active: bool, version: int, by: Actor) -> SourceSystem:
    """Let a system send, or not: what it sends while it is off is kept and waits (errors as in `change`)."""
    orgs.require(by, Action.MANAGE_CONNECTIONS)
    found = access.system(system_id, by=by, lock=True)
    if found.is_active == is_active:
        return found
    rows = SourceSystem.objects.filter(id=found.id, version=version)
    if not rows.update(version=F("version") + 1, is_active=is_active):
        raise VersionConflict(seen=version, current=found.version)
    audit.record(events.SystemChanged(system_id=found.id, org_id=found.org_id), by=by, subject_id=found.id)
    found.refresh_from_db()
    return found


def _systems(by: None, *, application: str) -> QuerySet:
    rows = SourceSystem.objects.filter(application=application).order_by()
    return rows.values_list(*fast.OF_SYSTEM, *(f"org__{name}" for name in fast.OF_ORG))


_SYSTEMS = Prepared(_systems)


@lru_cache(maxsize=256)
def _system(row: tuple[Any, ...]) -> SourceSystem:
    """The system that a row tells of: every message has one, and most have the same."""
    values = dict(zip(fast.OF_SYSTEM, row, strict=False))
    org = Org(id=values.pop("org_id"), **dict(zip(fast.OF_ORG, row[len(fast.OF_SYSTEM) :], strict=True)))
    return SourceSystem(**values, org=org)


def _introduced(message: InboundMessage, read: Opened, *, by: Actor) -> SourceSystem | Fault:
    application, facility = read.application[:180], read.facility[:180]
    org = resolving.org_of(
        application, system_of(application, facility), read.named(), chosen=message.sender_id, system=by,
        only_remembered=message.channel == Channel.MLLP,
    )  # fmt: skip
    if org is None:
        said = system_of(application, facility)
        return Fault(
            Code.UNKNOWN_KEY, read.at("facility" if facility else "application"), "unknown-system", {"name": said[:120]}
        )
    made, _ = SourceSystem.objects.get_or_create(
        application=application,
        facility=facility,
        defaults={"name": system_of(application, facility)[:80], "org": org, "registered_at": by.now},
    )
    return made


def _checked(details: Details, *, by: Actor) -> dict:
    application, name = details.application.strip(), details.name.strip()
    if not application or not name:
        raise InvalidInput(field="application" if not application else "name", problem=N_("请填写"))
    try:
        address = str(ipaddress.ip_network(details.address.strip(), strict=False)) if details.address.strip() else ""
    except ValueError:
        raise InvalidInput(field="address", problem=N_("请填写 IP 地址或网段，如 10.1.2.3 或 10.1.2.0/24")) from None
    certificate = details.certificate.replace(":", "").strip().lower()
    if certificate and (len(certificate) != 64 or not set(certificate) <= set("0123456789abcdef")):
        raise InvalidInput(field="certificate", problem=N_("请填写证书的 SHA-256 指纹，64 位十六进制"))
    return {
        "application": application[:180], "facility": details.facility.strip()[:180], "name": name[:80],
        "org_id": orgs.org(details.org_id, by=by).id, "address": address, "certificate": certificate,
        "answers_on": SourceSystem.AnswersOn(details.answers_on), "is_active": details.is_active,
    }  # fmt: skip
