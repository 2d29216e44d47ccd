"""Drills: the whole chain without a patient, marked as such, in no figure."""

from uuid import UUID

from django.db import transaction

from tongmai.care.critical_values.choices import Source
from tongmai.care.critical_values.models import CriticalValue
from tongmai.care.critical_values.recipients import Ordered
from tongmai.care.critical_values.rules import Hit, RuleKind
from tongmai.care.critical_values.services.raising import Origin, raise_value
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.ids import new_id
from tongmai.kernel.text import N_


@transaction.atomic
def start_drill(
    *, site_id: UUID, name: str, text: str, unit: str = "", doctor_id: UUID | None = None, by: Actor
) -> CriticalValue:
    """Raise a drill at an organisation in reach, as if the actor's own had found it.

    Raises:
        NotPermitted: the post starts none.  NotFound: no such organisation or doctor in reach.
        InvalidInput: no item, or no value to read back.
    """
    require(by, Action.MANAGE_CRITICAL)
    if not name.strip() or not text.strip():
        raise InvalidInput(field="text", problem=N_("请填写演练的项目和结果"))
    site = orgs.org(site_id, by=by)
    doctor = orgs.staff(doctor_id, by=by) if doctor_id else None
    assert by.org_id is not None
    hit = Hit(0, "drill", name.strip(), text.strip(), unit.strip(), "", RuleKind.BY_HAND)
    origin = Origin(Source.DRILL, f"drill:{new_id()}", by.org_id, by.now)
    ordered = Ordered(site.id, doctor.id if doctor else None, doctor.name if doctor else "")
    return raise_value(None, hit=hit, origin=origin, ordered=ordered, by=by, is_drill=True)
