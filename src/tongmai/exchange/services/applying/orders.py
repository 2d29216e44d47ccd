"""ORM O01, OMP O09, RDE: what a member's system ordered."""

from tongmai.commons.results import services as results
from tongmai.exchange.hl7v2 import orders_in
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import codes, people
from tongmai.exchange.services.arrival import Arrival, NotApplied
from tongmai.foundation.terminology.choices import CodeSet

# Which unified set the code of an order belongs to, by what is ordered.
CODE_SETS = {"examination": CodeSet.CHARGES, "medicine": CodeSet.DRUGS, "supply": CodeSet.CONSUMABLES}


def apply(arrival: Arrival) -> str:
    """Keep the orders of the message, each by its number."""
    orders, fault = orders_in.orders(arrival.read)
    if fault is not None:
        raise NotApplied(fault)
    keys = [(objects.REQUEST, order.key) for order in orders]
    objects.lock(arrival, *keys, visit=objects.visit_number(arrival.read))
    resident_id = people.resident_of(arrival)
    encounter_id = objects.encounter_of(arrival)
    n_applied = 0
    for order in orders:
        entry = objects.locked(arrival, objects.REQUEST, order.key)
        if objects.is_old(entry, arrival.said_at):
            continue
        facts = {name: value for name, value in vars(order).items() if name != "location"}
        stored = results.store_request(
            resident_id, org_id=arrival.source.org_id, by=arrival.by, request_id=entry.target_id,
            facts=facts | ({"encounter_id": encounter_id} if encounter_id else {}),
        )  # fmt: skip
        objects.note(entry, said_at=arrival.said_at, target_id=stored.id)
        n_applied += 1
    codes.note(
        arrival, [(CODE_SETS[each.category], each.code, each.name, each.system, each.location) for each in orders]
    )
    return "order" if n_applied else "stale"
