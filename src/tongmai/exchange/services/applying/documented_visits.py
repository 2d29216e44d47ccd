"""Which visit a document was written of.  One that nobody has told us of is entered only where the document says enough."""

from uuid import UUID

from tongmai.commons.encounters import services as record
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.services import Reported
from tongmai.commons.encounters.states import State
from tongmai.exchange.cda.header import Visit
from tongmai.exchange.models import SourceObject
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import codes
from tongmai.exchange.services.arrival import Arrival


def encounter_of(arrival: Arrival, said: Visit | None, resident_id: UUID) -> UUID | None:
    """Return the visit as it is known here, by its number in any system of the same member; None where it is not."""
    numbers = [each.number[:64] for each in said.ids] if said else []
    if said is None or not numbers:
        return None
    told = SourceObject.objects.filter(source__org_id=arrival.source.org_id, kind=objects.VISIT)
    targets = told.filter(key__in=numbers).exclude(target_id=None).values_list("target_id", flat=True)
    hers = list(
        Encounter.objects.filter(id__in=list(targets), resident_id=resident_id).values_list("id", flat=True)[:2]
    )
    if hers:
        return hers[0] if len(hers) == 1 else None
    return _entered(arrival, said, numbers[0], resident_id) if _says_enough(arrival, said) else None


def _says_enough(arrival: Arrival, said: Visit) -> bool:
    """A visit that is over, with both its ends; and only where no other system of this member tells of its visits."""
    if not said.kind or said.started_at is None or said.ended_at is None:
        return False
    if not said.started_at <= said.ended_at <= arrival.message.received_at:
        return False
    others = SourceObject.objects.filter(source__org_id=arrival.source.org_id, kind=objects.VISIT)
    return not others.exclude(source=arrival.source).exists()


def _entered(arrival: Arrival, said: Visit, number: str, resident_id: UUID) -> UUID | None:
    entry = objects.locked(arrival, objects.VISIT, number)
    if entry.target_id is not None:
        return None  # somebody else's visit of the same number
    visit = Reported(
        state=State.FINISHED, kind=said.kind, started_at=said.started_at, ended_at=said.ended_at,
        department_id=codes.department(arrival.source.org_id, said.departments),
    )  # fmt: skip
    made = record.report_visit(
        resident_id, org_id=arrival.source.org_id, visit=visit, at=arrival.said_at, by=arrival.by
    )
    objects.note(entry, said_at=arrival.said_at, target_id=made.id)
    return made.id
