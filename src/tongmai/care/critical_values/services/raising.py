"""Finding a critical value, releasing it, and writing down what a later report says of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.care.critical_values import access, errors, events, recipients, telling
from tongmai.care.critical_values.choices import Source
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.recipients import Ordered
from tongmai.care.critical_values.rules import Hit
from tongmai.care.critical_values.services.taking import end_as_wrong, remember, take
from tongmai.care.critical_values.states import Step
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role


@dataclass(frozen=True)
class Origin:
    """Where a value was found.  `key` names it once: heard twice, it is raised once."""

    source: str
    key: str
    org_id: UUID
    found_at: datetime
    report_id: UUID | None = None
    report_version: int | None = None
    order_number: str = ""
    recording_id: UUID | None = None


@transaction.atomic
def raise_value(
    resident_id: UUID | None, *, hit: Hit, origin: Origin, ordered: Ordered, by: Actor, is_drill: bool = False
) -> CriticalValue:
    """Raise a critical value and tell at once whom it concerns, unless a second person has to release it.

    Raised before from the same origin, it stays as it is.  For the platform and for drills; nobody's page calls it.
    """
    known = CriticalValue.objects.filter(source_key=origin.key).first()
    if known is not None:
        return known
    value = _new(resident_id, hit, origin, ordered, by, is_drill)
    try:
        with transaction.atomic():
            value.save(force_insert=True)
    except IntegrityError:  # heard a second time at this very moment
        return CriticalValue.objects.get(source_key=origin.key)
    remember(value, "raise", "", by=by)
    raised = events.CriticalValueRaised(value_id=value.id, resident_id=resident_id, org_id=origin.org_id)
    audit.record(raised, by=by, subject_id=value.id)
    if not _needs_second(value, by):
        _tell_first(value, by=by)
    return value


@transaction.atomic
def release(*, value_id: UUID, by: Actor) -> CriticalValue:
    """A second person where it was found has verified it: whom it concerns is told now.

    Raises:
        NotFound, StepNotAllowed: not hers to release.  SamePerson: she raised it herself.
    """
    value = access.get(value_id, by=by, step=Step.RELEASE, lock=True)
    if value.raised_by_id is not None and value.raised_by_id == by.user_id:
        raise errors.SamePerson()
    _tell_first(value, by=by)
    return value


@transaction.atomic
def reject(*, value_id: UUID, reason: str, by: Actor) -> CriticalValue:
    """The second person finds it wrong before anybody was told.

    Raises:
        NotFound, StepNotAllowed, ReasonMissing.
    """
    value = access.get(value_id, by=by, step=Step.REJECT, lock=True)
    end_as_wrong(value, Step.REJECT, reason=reason, by=by)
    return value


@transaction.atomic
def correct(*, value_id: UUID, text: str, by: Actor) -> CriticalValue:
    """Write down what a later version of the report says.  The value stays where it stands: people decide.

    Raises:
        NotFound: no such value.  StepNotAllowed: for the platform alone.
    """
    value = access.get(value_id, by=by, step=Step.CORRECT, lock=True)
    if value.is_corrected and value.corrected_text == text[:300]:
        return value
    value.is_corrected, value.corrected_text = True, text[:300]
    take(value, Step.CORRECT, by=by, facts=text)
    return value


def _new(
    resident_id: UUID | None, hit: Hit, origin: Origin, ordered: Ordered, by: Actor, is_drill: bool
) -> CriticalValue:
    limit = hit.limit
    return CriticalValue(
        source=Source.DRILL if is_drill else origin.source, source_key=origin.key, is_drill=is_drill,
        resident_id=resident_id, report_id=origin.report_id, report_version=origin.report_version,
        recording_id=origin.recording_id, order_number=origin.order_number, encounter_id=ordered.encounter_id,
        setting=ordered.setting, org_id=origin.org_id, site_id=ordered.site_id, doctor_id=ordered.doctor_id,
        doctor_name=ordered.doctor_name[:60], item=hit.item[:120], name=hit.name[:200], text=hit.text[:300],
        number=hit.number, unit=hit.unit, direction=hit.direction, rule_kind=hit.kind,
        rule_ref=limit.ref if limit else hit.item[:120], rule_version=limit.version if limit else 1,
        low=limit.low if limit else None, high=limit.high if limit else None, limit_unit=limit.unit if limit else "",
        limit_level=limit.level if limit else "", limit_source=limit.source if limit else "",
        found_at=origin.found_at, raised_at=by.now, raised_by_id=by.user_id,
    )  # fmt: skip


def _needs_second(value: CriticalValue, by: Actor) -> bool:
    if value.is_drill:
        return False
    return policy.value("critical_values.two_person", on=by.today, at=value.org_id).yes


def _tell_first(value: CriticalValue, *, by: Actor) -> None:
    limit = policy.value(f"critical_values.acknowledge.{value.setting}", on=by.today, at=value.site_id)
    value.notified_at, value.notified_by_id, value.clock_from = by.now, by.user_id, by.now
    value.due_at = by.now + limit.timedelta()
    take(value, Step.RELEASE, by=by)
    for recipient in recipients.first(value):
        telling.tell(value, recipient, by=by)


def of_the_platform(by: Actor) -> Actor:
    """Return the platform at the actor's instant: a rule raises, whoever brought the result."""
    return by if by.role == Role.SYSTEM else Actor.system(now=by.now, org_id=by.org_id)
