"""Answering a critical value: reading it back, acting on it, closing it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tongmai.care.critical_values import access, errors, rules
from tongmai.care.critical_values.choices import Measure
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.services.taking import end_as_wrong, take
from tongmai.care.critical_values.states import State, Step
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


@transaction.atomic
def acknowledge(*, value_id: UUID, read_back: str, by: Actor) -> CriticalValue:
    """Somebody who was told reads the value back; from now on it is hers.

    Raises:
        NotFound, StepNotAllowed: not told of it, or nothing to acknowledge.
        AlreadyAcknowledged: somebody was faster (who, and when).
        ReadBackDiffers: it is not what was told.
    """
    value = access.get(value_id, by=by, step=Step.ACKNOWLEDGE, lock=True)
    _read_back(value, read_back)
    value.acknowledged_name, value.acknowledged_org_id = by.name[:60], by.org_id
    _acknowledged(value, Step.ACKNOWLEDGE, read_back, by=by)
    return value


@transaction.atomic
def phone(*, value_id: UUID, read_back: str, to: str, by: Actor) -> CriticalValue:
    """Who found it reached somebody by telephone, who read it back; `to` is her name.

    Raises:
        NotFound, StepNotAllowed, AlreadyAcknowledged, ReadBackDiffers: as in `acknowledge`.
        InvalidInput: no name.
    """
    value = access.get(value_id, by=by, step=Step.PHONE, lock=True)
    if not to.strip():
        raise InvalidInput(field="to", problem=N_("请填写接听并复述的人"))
    _read_back(value, read_back)
    value.acknowledged_name, value.acknowledged_org_id = to.strip()[:60], value.site_id
    _acknowledged(value, Step.PHONE, read_back, by=by, to=to.strip())
    return value


@transaction.atomic
def act(*, value_id: UUID, measure: str, text: str = "", by: Actor) -> CriticalValue:
    """A doctor writes what was done; again where more was done.

    Raises:
        NotFound, StepNotAllowed.  InvalidInput: no measure, or "other" without words.
    """
    value = access.get(value_id, by=by, step=Step.ACT, lock=True)
    if measure not in Measure.values:
        raise InvalidInput(field="measure", problem=N_("请选择处置"))
    if measure == Measure.OTHER and not text.strip():
        raise InvalidInput(field="text", problem=N_("请写明做了什么"))
    value.acted_at, value.acted_by_id = by.now, by.user_id
    value.measure, value.measure_text, value.due_at = measure, text.strip()[:500], None
    take(value, Step.ACT, by=by, facts=f"{measure} {text.strip()}".strip())
    return value


@transaction.atomic
def close(*, value_id: UUID, by: Actor) -> CriticalValue:
    """It was acted on, nothing more is to be done.

    Raises:
        NotFound, StepNotAllowed.
    """
    value = access.get(value_id, by=by, step=Step.CLOSE, lock=True)
    value.closed_at, value.closed_by_id, value.due_at = by.now, by.user_id, None
    take(value, Step.CLOSE, by=by)
    return value


@transaction.atomic
def dismiss(*, value_id: UUID, reason: str, by: Actor) -> CriticalValue:
    """It was no critical value; who acknowledged it says why.

    Raises:
        NotFound, StepNotAllowed, ReasonMissing.
    """
    value = access.get(value_id, by=by, step=Step.DISMISS, lock=True)
    end_as_wrong(value, Step.DISMISS, reason=reason, by=by)
    return value


def _read_back(value: CriticalValue, said: str) -> None:
    if value.acknowledged_at is not None:
        at = f"{timezone.localtime(value.acknowledged_at):%H:%M}"
        org = value.acknowledged_org.short_name if value.acknowledged_org else ""
        raise errors.AlreadyAcknowledged(name=value.acknowledged_name, org=org, at=at)
    if value.state == State.NOTIFIED and not rules.reads_back(said, text=value.text, name=value.name):
        raise errors.ReadBackDiffers(field="read_back")


def _acknowledged(value: CriticalValue, step: Step, said: str, *, by: Actor, to: str = "") -> None:
    limit = policy.value("critical_values.act", on=by.today, at=value.site_id).timedelta()
    value.acknowledged_at, value.acknowledged_by_id = by.now, by.user_id
    value.read_back, value.due_at = said.strip()[:300], by.now + limit
    value.clock_from, value.escalated_minutes = by.now, 0  # from now on an action is owed
    take(value, step, by=by, facts=f"{said.strip()} · {to}" if to else said.strip())
