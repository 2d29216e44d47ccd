"""The doors to critical values: who found them, who ordered, and who was told."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongmai.care.critical_values.models import CriticalValue, Notice
from tongmai.care.critical_values.states import LIFE, Owed, Side, State, Step
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.access import OpenedRecord
from tongmai.commons.residents.bases import Basis
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, StepNotAllowed


def visible(by: Actor) -> QuerySet[CriticalValue]:
    """Return the critical values that the actor's organisation found or ordered, and those of which she was told."""
    if by.role == Role.SYSTEM:
        return CriticalValue.objects.all()
    if by.org_id is None or not by.may(Action.SEE_CRITICAL):
        return CriticalValue.objects.none()
    return CriticalValue.objects.filter(Q(org_id=by.org_id) | Q(site_id=by.org_id) | told(by))


def told(by: Actor, owed: Owed | None = None) -> Q:
    """Return the condition of the values of which the actor was told, of what is `owed`: she herself, or her post."""
    rows = Notice.objects.filter(
        Q(staff__isnull=False, staff_id=by.staff_id)
        | Q(staff__isnull=True, org_id=by.org_id, role__in=["", str(by.role)]),
        value=OuterRef("pk"),
        **({"owed": owed} if owed else {}),
    )
    return Q(Exists(rows))


def get(value_id: UUID, *, by: Actor, step: Step | None = None, lock: bool = False) -> CriticalValue:
    """Return the value; with `step` also check that `by` stands on the side that takes it.

    Raises:
        NotFound: absent, or out of reach.
        StepNotAllowed: her role or side does not take the step; whether the state does is asked of the table.
    """
    rows = visible(by).filter(id=value_id).select_related("resident", "org", "site", "doctor", "acknowledged_org")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound()
    if step is not None and not LIFE.may(step, sides=sides(found, by=by), role=by.role):
        raise StepNotAllowed(state=found.state, step=step)
    return found


def sides(value: CriticalValue, *, by: Actor) -> list[Side]:
    """Return on which sides of a value the actor stands."""
    if by.role == Role.SYSTEM:
        return list(Side)
    found = [Side.FINDER] if value.org_id == by.org_id else []
    if CriticalValue.objects.filter(told(by), id=value.id).exists():
        found.append(Side.RECEIVER)
    return found


def may_refer(value: CriticalValue, *, by: Actor) -> bool:
    """Whether the actor may begin a referral of the person: from the alarm on, whether or not it is read back."""
    return value.resident_id is not None and value.is_told and by.may(Action.WRITE_REFERRAL)


def possible_steps(value: CriticalValue, *, by: Actor) -> list[Step]:
    """Return the steps that `by` may take now."""
    return LIFE.open_to(State(value.state), sides=sides(value, by=by), role=by.role)


def read(value_id: UUID, *, by: Actor) -> tuple[CriticalValue, OpenedRecord | None]:
    """Return one value to be read, and the person's record that was opened for it; that is logged.

    Somebody of the chain whose post opens no records sees the value alone; that is logged too.  A drill is nobody's.

    Raises:
        NotFound: absent, or out of reach.
    """
    found = get(value_id, by=by)
    if found.resident_id is None:
        return found, None
    opened = None
    if by.may(Action.OPEN_RECORD):
        opened = residents.open_where_there_is_reason(found.resident_id, by=by, what="critical_value")
    if opened is None:
        audit.log_access(resident_id=found.resident_id, by=by, basis=Basis.ORDER, what="critical_value")
    return found, opened
