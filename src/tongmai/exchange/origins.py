"""Under which number of which system something came in: asked when a merge is undone and things are to be told apart."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from tongmai.exchange import formats
from tongmai.exchange.cda.document import ClinicalDocument
from tongmai.exchange.hl7v2 import appointments_in, documents_in, orders_in, results_in, visits_in
from tongmai.exchange.hl7v2.faults import Fault
from tongmai.exchange.hl7v2.reading import Message
from tongmai.exchange.models import InboundMessage, SourceObject
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying.people import name_of_source
from tongmai.exchange.states import MessageState

MOST = 2_000  # messages that are read again; of what came before these nobody is told a number


def numbers_of(resident_id: UUID, since: datetime, wanted: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return (system, its number for the person) of the messages and of what they brought, as far as `wanted` names them.

    The system is called as the index calls it.  A thing of which two messages tell has the number of the first.
    """
    things = {
        (row.source_id, row.kind, row.key): row.target_id
        for row in SourceObject.objects.filter(target_id__in=wanted).exclude(kind=objects.PERSON)
    }
    told = InboundMessage.objects.filter(resident_id=resident_id, received_at__gte=since, state=MessageState.DONE)
    found: dict[UUID, tuple[str, str]] = {}
    for message in told.exclude(source=None).order_by("received_at", "id")[:MOST]:
        read = formats.opened(message.text_bytes, message.format)
        if isinstance(read, Fault):
            continue
        person = read.patient()
        number = name_of_source(message.source_id), person.local_number or person.citizen_number
        ids = {things.get((message.source_id, *thing)) for thing in told_of(read.body)}
        for each in (ids | {message.id}) & wanted:
            found.setdefault(each, number)
    return found


def told_of(read: Message | ClinicalDocument) -> Iterator[tuple[str, str]]:
    """Yield kind and key of the things that a message or document tells of, as `objects` knows them."""
    if isinstance(read, ClinicalDocument):
        header = read.header
        yield from ((objects.DOCUMENT, str(each)[:199]) for each in (header.set_id, header.id) if each.number)
        yield from ((objects.VISIT, each.number[:64]) for each in (header.visit.ids if header.visit else ()))
        return
    if (visit := visits_in.visit(read)) is not None and visit.number:
        yield objects.VISIT, visit.number[:199]
    if (appointment := appointments_in.appointment(read)[0]) is not None:
        yield objects.APPOINTMENT, appointment.number[:199]
    if (document := documents_in.document(read)[0]) is not None:
        yield objects.DOCUMENT, document.number[:199]
    for report in results_in.reports(read)[0]:
        yield objects.REPORT, report.key[:199]
    for order in orders_in.orders(read)[0]:
        yield objects.REQUEST, order.key[:199]
